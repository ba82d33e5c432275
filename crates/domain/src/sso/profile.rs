//! Who somebody is to an identity provider: read from the claims of an ID token.

use serde_json::{Map, Value};

use super::Failure;
use crate::user::normalised_email;
use crate::words::UserRole;

/// The claims that no standard names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimNames {
    /// Names the organization, or several; none is asked for when absent.
    pub organization: Option<String>,
    /// Names the role, or several.
    pub role: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        Self {
            organization: None,
            role: "role".to_owned(),
        }
    }
}

/// A person, as a provider knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The person's id at the provider, which never changes.
    pub id: String,
    /// Which of a broker's connections vouches; the issuer itself when it brokers nothing.
    pub connection: String,
    /// The person's id where the connection leads.
    pub idp: String,
    /// The organizations that the person is of, as far as the provider tells.
    pub organizations: Vec<String>,
    /// The address, as it is stored.
    pub email: String,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The role, as the provider spells it.
    pub role: Option<String>,
}

impl Profile {
    /// The person that verified claims tell of.
    ///
    /// # Errors
    /// When they name nobody, nobody's address, or one that the provider says is not proven.
    pub fn read(
        claims: &Map<String, Value>,
        issuer: &str,
        names: &ClaimNames,
    ) -> Result<Self, Failure> {
        let text = |name: &str| {
            let text = claims.get(name)?.as_str()?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let id = text("sub").ok_or_else(Failure::invalid)?;
        let email = text("email").ok_or_else(Failure::user_invalid)?;
        // Who may type any address into a profile could otherwise become anybody.
        let proven = claims.get("email_verified").unwrap_or(&Value::Null);
        if *proven == Value::Bool(false) || *proven == "false" {
            return Err(Failure::user_not_allowed());
        }
        let organization = names.organization.as_deref();
        Ok(Self {
            connection: text("connection_id").unwrap_or_else(|| issuer.to_owned()),
            idp: text("idp_id").unwrap_or_else(|| id.clone()),
            organizations: organization
                .and_then(|name| claims.get(name))
                .map(names_in)
                .unwrap_or_default(),
            email: normalised_email(&email),
            first_name: text("given_name"),
            last_name: text("family_name"),
            role: claims.get(&names.role).and_then(role_in),
            id,
        })
    }
}

/// A text, the texts of a list, or the names of an object's members: providers differ.
fn names_in(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => {
            let texts = items.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        }
        Value::Object(members) => members.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

/// A role by its text or its slug; of a list the first that is one of ours, because the other
/// roles and groups of a person are none of our business.
fn role_in(value: &Value) -> Option<String> {
    match value {
        Value::Object(role) => role.get("slug")?.as_str().map(str::to_owned),
        Value::Array(_) => names_in(value)
            .into_iter()
            .find(|name| UserRole::parse(name).is_some()),
        other => other.as_str().map(str::to_owned),
    }
}
