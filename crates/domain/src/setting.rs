//! Settings of an account (identity reference §16.2).

use serde_json::Value;

use crate::access::Role;
use crate::permissions::PermissionSet;
use crate::refusal::{At, Code, Problem, Refused};

words! {
    /// The name of a setting.
    SettingKey {
        /// What new licenses may do unless told otherwise.
        DefaultLicensePermissions = "default_license_permissions",
        /// What new users without a staff role may do unless told otherwise.
        DefaultUserPermissions = "default_user_permissions",
    }
}

impl SettingKey {
    const fn role(self) -> Role {
        match self {
            Self::DefaultLicensePermissions => Role::License,
            Self::DefaultUserPermissions => Role::User,
        }
    }
}

/// The setting of this name, in snake case, with this value.
///
/// # Errors
/// When there is no such setting, or the value is not one of its values.
pub fn check(key: &str, value: &Value) -> Result<(SettingKey, PermissionSet), Refused> {
    let at_value = || At::Attribute("value".into());
    let Some(key) = SettingKey::parse(key) else {
        let names: Vec<_> = SettingKey::ALL.iter().map(|key| key.as_str()).collect();
        let detail = format!("must be one of: {}", names.join(", "));
        return Err(Refused {
            problems: vec![
                Code::KeyNotAllowed.says(detail, At::Attribute("key".into())),
                Code::ValueNotAllowed.at(at_value()),
            ],
        });
    };
    let names = value
        .as_array()
        .ok_or_else(|| Code::ValueNotAllowed.at(at_value()))?;
    let role = key.role();
    let names: Option<Vec<_>> = names.iter().map(Value::as_str).collect();
    let set = names
        .and_then(|names| PermissionSet::parse(names).ok())
        .filter(|set| set.assignable_to(role));
    match set {
        Some(set) => Ok((key, set)),
        None => Err(invalid(role, at_value()).into()),
    }
}

fn invalid(role: Role, at: At) -> Problem {
    let detail = format!("must be an array of valid {} permissions", role.words());
    Code::ValueNotAllowed.says(detail, at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_setting_holds_permissions_that_its_bearers_may_hold() {
        let license = "default_license_permissions";
        let user = "default_user_permissions";
        let of_license = Some("must be an array of valid license permissions");
        let of_user = Some("must be an array of valid user permissions");

        #[rustfmt::skip]
        let table = [
            (license, json!(["license.read", "product.read"]),  None),
            (license, json!([]),                                None),
            (license, json!(["*"]),                             None),
            (license, json!(["license.create"]),                of_license),
            (license, json!(["license.read", "license.read"]),  of_license),
            (license, json!(["license.fly"]),                   of_license),
            (license, json!([null]),                            of_license),
            (license, json!("license.read"),                    Some("must be a valid setting")),
            (user,    json!(["license.create"]),                None),
            (user,    json!(["admin.create"]),                  of_user),
        ];
        for (key, value, detail) in table {
            let refused = check(key, &value).err();
            let told = refused
                .as_ref()
                .map(|refused| refused.problems[0].detail.as_ref());
            assert_eq!(told, detail, "{key} {value}");
        }
    }

    #[test]
    fn an_unknown_setting_breaks_two_rules() {
        let refused = check("theme", &json!([])).unwrap_err();

        let told: Vec<_> = refused
            .problems
            .iter()
            .map(|p| (p.code.unwrap(), p.detail.as_ref()))
            .collect();

        #[rustfmt::skip]
        assert_eq!(told, [
            (Code::KeyNotAllowed, "must be one of: default_license_permissions, default_user_permissions"),
            (Code::ValueNotAllowed, "must be a valid setting"),
        ]);
    }
}
