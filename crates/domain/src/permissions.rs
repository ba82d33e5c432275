//! Permissions: the closed list, who may hold which, and how sets of them combine.
//!
//! Identity reference §14.2 to §14.4.

mod stored;

use std::fmt;

use crate::access::Role;

/// What a kind of bearer may do with one permission.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grant {
    /// It may hold the permission, and does so unless told otherwise.
    Default,
    /// It may hold the permission when somebody grants it.
    Allowed,
    /// It never holds the permission.
    Denied,
}

macro_rules! grant {
    (D) => {
        Grant::Default
    };
    (A) => {
        Grant::Allowed
    };
    (-) => {
        Grant::Denied
    };
}

/// Declares the closed list of permissions: variant, name, and a cell per restricted kind of bearer.
macro_rules! permissions {
    ($($variant:ident = $name:literal $e:tt $p:tt $r:tt $u:tt $l:tt;)*) => {
        words! {
            /// A right to do one thing, as the contract spells it.
            Permission { $(#[doc = concat!("`", $name, "`.")] $variant = $name,)* }
        }

        /// Per permission, in order of declaration: environment, product, read-only, user, license.
        const GRANTS: &[[Grant; 5]] =
            &[$([grant!($e), grant!($p), grant!($r), grant!($u), grant!($l)],)*];
    };
}

include!("permissions/list.rs");

impl Permission {
    fn grant(self, role: Role) -> Grant {
        let column = match role {
            Role::Admin | Role::Developer | Role::SalesAgent | Role::SupportAgent => {
                return Grant::Default;
            }
            Role::Environment => 0,
            Role::Product => 1,
            Role::ReadOnly => 2,
            Role::User => 3,
            Role::License => 4,
        };
        GRANTS[self as usize][column]
    }

    /// Whether a bearer of this role may ever hold the permission.
    pub fn allowed_for(self, role: Role) -> bool {
        self.grant(role) != Grant::Denied
    }
}

/// The name of the wildcard permission.
pub const WILDCARD: &str = "*";

const WORDS: usize = 3;
const _: () = assert!(
    Permission::ALL.len() <= WORDS * 64,
    "the bit set is too short"
);

/// A set of permissions as it is stored and shown: names, the wildcard, or both.
///
/// The wildcard means "everything allowed for that kind of bearer", so what a set permits depends
/// on the role that holds it: ask [`PermissionSet::holds`].
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PermissionSet {
    bits: [u64; WORDS],
    wildcard: bool,
}

/// A list of permission names that is no set of permissions.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPermissions {
    /// No permission has this name.
    #[error("permission {0:?} does not exist")]
    Unknown(String),
    /// The name is there twice.
    #[error("permission {0:?} is given twice")]
    Duplicate(String),
}

impl PermissionSet {
    /// No permissions at all.
    pub const NONE: Self = Self {
        bits: [0; WORDS],
        wildcard: false,
    };

    /// The wildcard alone: whatever the holder's role allows.
    pub const ANY: Self = Self {
        bits: [0; WORDS],
        wildcard: true,
    };

    /// The set of these names, each a permission or `*`.
    ///
    /// # Errors
    /// When a name is unknown or given twice.
    pub fn parse<S: AsRef<str>>(
        names: impl IntoIterator<Item = S>,
    ) -> Result<Self, NotPermissions> {
        names
            .into_iter()
            .try_fold(Self::NONE, |set, name| set.with(name.as_ref()))
    }

    /// The set and one more, by name.
    fn with(self, name: &str) -> Result<Self, NotPermissions> {
        let mut set = self;
        if name == WILDCARD {
            set.wildcard = true;
        } else {
            let permission =
                Permission::parse(name).ok_or_else(|| NotPermissions::Unknown(name.to_owned()))?;
            set.insert(permission);
        }
        if set == self {
            return Err(NotPermissions::Duplicate(name.to_owned()));
        }
        Ok(set)
    }

    /// Every permission a bearer of this role may hold, by name.
    pub fn allowed_for(role: Role) -> Self {
        Permission::ALL
            .iter()
            .copied()
            .filter(|p| p.allowed_for(role))
            .collect()
    }

    /// What a bearer of this role holds when nobody says otherwise, by name.
    pub fn default_for(role: Role) -> Self {
        Permission::ALL
            .iter()
            .copied()
            .filter(|p| p.grant(role) == Grant::Default)
            .collect()
    }

    /// The names, ascending; the wildcard comes first.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let wildcard = self.wildcard.then_some(WILDCARD);
        wildcard
            .into_iter()
            .chain(self.listed().map(Permission::as_str))
    }

    /// Whether the set names the permission; the wildcard names none. See [`PermissionSet::holds`].
    pub fn contains(self, permission: Permission) -> bool {
        let (word, bit) = place(permission);
        self.bits[word] & bit != 0
    }

    /// Whether the wildcard is in the set.
    pub fn is_wildcard(self) -> bool {
        self.wildcard
    }

    /// Whether a bearer of this role with this set has the permission.
    ///
    /// A name that the role may not hold counts for nothing, however it got into the set.
    pub fn holds(self, permission: Permission, role: Role) -> bool {
        (self.wildcard || self.contains(permission)) && permission.allowed_for(role)
    }

    /// What the set comes to in the hands of this role: the wildcard spelled out.
    #[must_use]
    pub fn expand(self, role: Role) -> Self {
        Permission::ALL
            .iter()
            .copied()
            .filter(|&p| self.holds(p, role))
            .collect()
    }

    /// The wildcard, or every permission there is.
    pub fn is_full(self) -> bool {
        self.wildcard || self.listed().count() == Permission::ALL.len()
    }

    /// Whether everything in this set is in `other` too, both held by `role`.
    pub fn within(self, other: Self, role: Role) -> bool {
        let other = other.expand(role);
        self.expand(role)
            .listed()
            .all(|permission| other.contains(permission))
    }

    /// What both sets permit, the wildcard of one yielding to the names of the other.
    ///
    /// This is the effective set of a token and its bearer, and of a license and its owner.
    #[must_use]
    pub fn meet(self, other: Self) -> Self {
        match (self.wildcard, other.wildcard) {
            (true, _) => other,
            (false, true) => self,
            (false, false) => Self {
                bits: std::array::from_fn(|word| self.bits[word] & other.bits[word]),
                wildcard: false,
            },
        }
    }

    /// What either set permits.
    fn join(self, other: Self) -> Self {
        Self {
            bits: std::array::from_fn(|word| self.bits[word] | other.bits[word]),
            wildcard: self.wildcard || other.wildcard,
        }
    }

    /// What is left of a user's set when the user takes another role.
    #[must_use]
    pub fn after_role_change(self, role: Role) -> Self {
        let defaults = Self::default_for(role);
        Self {
            bits: std::array::from_fn(|word| self.bits[word] & defaults.bits[word]),
            wildcard: self.wildcard,
        }
    }

    /// Whether the set may be given to a bearer of this role.
    pub fn assignable_to(self, role: Role) -> bool {
        self.listed().all(|permission| permission.allowed_for(role))
    }

    /// Whether a token of a bearer with this role and set `bearer` may carry this set.
    pub fn grantable_by(self, bearer: Self, role: Role) -> bool {
        if bearer.wildcard {
            return self.assignable_to(role);
        }
        self.listed().all(|permission| bearer.contains(permission))
    }

    fn insert(&mut self, permission: Permission) {
        let (word, bit) = place(permission);
        self.bits[word] |= bit;
    }

    fn listed(self) -> impl Iterator<Item = Permission> {
        Permission::ALL
            .iter()
            .copied()
            .filter(move |&permission| self.contains(permission))
    }
}

fn place(permission: Permission) -> (usize, u64) {
    let index = permission as usize;
    (index / 64, 1 << (index % 64))
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        let mut set = Self::NONE;
        for permission in permissions {
            set.insert(permission);
        }
        set
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

/// The whole list as text, for the golden file.
pub fn golden() -> String {
    use std::fmt::Write;

    let mut text = String::from("# permission: environment product read-only user license\n");
    text.push_str("# D allowed and held by default, A allowed, - not allowed\n");
    for permission in Permission::ALL {
        write!(text, "{:<34}", permission.as_str()).expect("writing to a string never fails");
        for grant in GRANTS[*permission as usize] {
            text.push_str(match grant {
                Grant::Default => " D",
                Grant::Allowed => " A",
                Grant::Denied => " -",
            });
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests;
