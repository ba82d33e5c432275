//! How a set is stored: a JSON array of names, so that a person can read the column. What a role
//! holds by default goes by one name of its own, because nearly every license and user holds just
//! that, and every request reads its bearer's. So a permission that joins a role's defaults later
//! reaches those who never had any others.

use std::fmt;
use std::sync::LazyLock;

use super::PermissionSet;
use crate::access::Role;

/// Who has a name for its defaults, and which.
static DEFAULTS: LazyLock<[(&str, PermissionSet); 6]> = LazyLock::new(|| {
    [
        ("default:license", Role::License),
        ("default:user", Role::User),
        ("default:product", Role::Product),
        ("default:environment", Role::Environment),
        ("default:read-only", Role::ReadOnly),
        ("default:admin", Role::Admin),
    ]
    .map(|(name, role)| (name, PermissionSet::default_for(role)))
});

/// The names to store a set by.
#[cfg(feature = "orm")]
fn names(set: PermissionSet) -> serde_json::Value {
    match DEFAULTS.iter().find(|(_, defaults)| *defaults == set) {
        Some((name, _)) => serde_json::json!([name]),
        None => set.names().collect(),
    }
}

impl serde::Serialize for PermissionSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl<'de> serde::Deserialize<'de> for PermissionSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Names)
    }
}

/// Reads names without keeping them.
struct Names;

impl<'de> serde::de::Visitor<'de> for Names {
    type Value = PermissionSet;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of permissions")
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(
        self,
        mut names: A,
    ) -> Result<Self::Value, A::Error> {
        let mut set = PermissionSet::NONE;
        while let Some(set_with) = names.next_element_seed(Name(set))? {
            set = set_with;
        }
        Ok(set)
    }
}

/// Reads one more name into a set.
struct Name(PermissionSet);

impl<'de> serde::de::DeserializeSeed<'de> for Name {
    type Value = PermissionSet;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl serde::de::Visitor<'_> for Name {
    type Value = PermissionSet;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a permission")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        match DEFAULTS.iter().find(|(default, _)| *default == name) {
            Some((_, defaults)) => Ok(self.0.join(*defaults)),
            None => self.0.with(name).map_err(E::custom),
        }
    }
}

#[cfg(feature = "orm")]
impl sea_orm::TryGetableFromJson for PermissionSet {}

#[cfg(feature = "orm")]
column_values! {
    PermissionSet,
    serde_json::Value,
    |names| serde_json::from_value(names).map_err(|error: serde_json::Error| error.to_string()),
    |set| names(set)
}
