//! The access matrix: per action, the permissions it needs and how far each bearer reaches.

use super::Role;
use crate::permissions::Permission;

/// How far an action reaches for one kind of bearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Nothing.
    Never,
    /// Every record.
    All,
    /// The bearer's own: a product's records, a license and its records, what a user owns or
    /// shares the license of.
    Own,
    /// Whatever the bearer's own scope shows it; the look-up decided.
    Visible,
    /// What the scope shows, unless the product is closed.
    VisibleOpen,
    /// The bearer itself, and its credentials.
    Itself,
    /// A user without a staff role.
    RoleUser,
    /// The bearer itself, or a user without a staff role.
    ItselfOrRoleUser,
    /// Everything but what belongs to other members of staff.
    ItselfOrNoStaff,
    /// A product's licenses, and the users holding them.
    Customer,
    /// A user without a staff role who is no other product's customer.
    SoleCustomer,
    /// What the user owns, or belongs to a license it owns.
    Owner,
    /// What belongs to a license the user owns.
    LicenseOwner,
    /// [`Reach::Owner`], while the license is not protected.
    OwnerUnprotected,
    /// [`Reach::Owner`], while the policy is not protected.
    OwnerPolicyUnprotected,
    /// [`Reach::LicenseOwner`], while the license is not protected.
    LicenseOwnerUnprotected,
    /// [`Reach::Own`], while the license is not protected.
    OwnUnprotected,
    /// Everything, while the license or account is not protected.
    Unprotected,
    /// Everything, while the policy is not protected.
    PolicyUnprotected,
}

impl Reach {
    const fn words(self) -> &'static str {
        match self {
            Self::Never => "-",
            Self::All => "all",
            Self::Own => "own",
            Self::Visible => "visible",
            Self::VisibleOpen => "visible,open",
            Self::Itself => "itself",
            Self::RoleUser => "role-user",
            Self::ItselfOrRoleUser => "itself|role-user",
            Self::ItselfOrNoStaff => "itself|no-staff",
            Self::Customer => "customer",
            Self::SoleCustomer => "sole-customer",
            Self::Owner => "owner",
            Self::LicenseOwner => "license-owner",
            Self::OwnerUnprotected => "owner,unprotected",
            Self::OwnerPolicyUnprotected => "owner,policy-unprotected",
            Self::LicenseOwnerUnprotected => "license-owner,unprotected",
            Self::OwnUnprotected => "own,unprotected",
            Self::Unprotected => "unprotected",
            Self::PolicyUnprotected => "policy-unprotected",
        }
    }
}

/// In which environments an action may touch a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Wherever it may be read: a shared environment reaches global records.
    Read,
    /// Only in the record's own environment.
    Write,
    /// As [`Place::Write`], but the global environment reaches into all others.
    Issue,
    /// Anywhere: the record lives outside of environments.
    Any,
}

/// One row of the matrix.
pub(super) struct Rule {
    /// What bearer and token must hold, all of them.
    pub permissions: &'static [Permission],
    /// Which environments the action works in.
    pub place: Place,
    /// How far each bearer reaches, in the order of [`Role::ALL`].
    reaches: [Reach; 9],
    /// How far a request without credentials reaches.
    pub nobody: Reach,
}

impl Rule {
    pub fn reach(&self, role: Role) -> Reach {
        self.reaches[role as usize]
    }
}

macro_rules! reach {
    (-) => {
        Reach::Never
    };
    ($reach:ident) => {
        Reach::$reach
    };
}

/// Declares the matrix: action, permissions, place, nine reaches, and the reach of nobody.
macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident: $($permission:ident)* ; $place:ident
        | $a:tt $d:tt $s:tt $t:tt $r:tt $e:tt | $p:tt $u:tt $l:tt | $n:tt;)*) => {
        /// Something a bearer may do to records of one kind: one row of the matrix.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[$doc])* #[doc = concat!("Needs: ", stringify!($($permission)*), ".")] $action,)* }

        impl Action {
            /// Every action, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$action,)*];

            const fn name(self) -> &'static str {
                match self { $(Self::$action => stringify!($action),)* }
            }
        }

        const RULES: &[Rule] = &[$(Rule {
            permissions: &[$(Permission::$permission,)*],
            place: Place::$place,
            reaches: [
                reach!($a), reach!($d), reach!($s), reach!($t), reach!($r),
                reach!($e), reach!($p), reach!($u), reach!($l),
            ],
            nobody: reach!($n),
        },)*];
    };
}

include!("actions.rs");

impl Action {
    pub(super) fn rule(self) -> &'static Rule {
        &RULES[self as usize]
    }

    /// The permissions that bearer and token must hold, all of them.
    pub fn permissions(self) -> &'static [Permission] {
        self.rule().permissions
    }

    /// How far the action reaches for a bearer of this role, or for nobody.
    pub fn reach(self, role: Option<Role>) -> Reach {
        role.map_or(self.rule().nobody, |role| self.rule().reach(role))
    }
}

/// The whole matrix as text, for the golden file.
pub fn golden() -> String {
    use std::fmt::Write;

    let mut text = String::from(
        "# action [permissions] (environments): admin developer sales-agent support-agent read-only \
         environment product user license nobody\n",
    );
    for action in Action::ALL {
        let rule = action.rule();
        let permissions: Vec<_> = rule.permissions.iter().map(|p| p.as_str()).collect();
        let place = match rule.place {
            Place::Read => "read",
            Place::Write => "write",
            Place::Issue => "issue",
            Place::Any => "any",
        };
        let reaches: Vec<_> = rule
            .reaches
            .iter()
            .chain([&rule.nobody])
            .map(|r| r.words())
            .collect();
        let permissions = permissions.join("+");
        let (name, reaches) = (action.name(), reaches.join(" "));
        writeln!(text, "{name} [{permissions}] ({place}): {reaches}")
            .expect("writing to a string never fails");
    }
    text
}
