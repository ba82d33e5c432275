//! What hangs on accounts: settings, custom domains, and how their users sign on.

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Order, row, store};
use crate::fault::Outcome;
use crate::nouns::Row;
use crate::world::World;

pub(super) async fn setting(w: &mut World, order: Order) -> Outcome<Uuid> {
    let defaults = row(json!({
        "key": "default_license_permissions",
        "value": ["license.validate"],
    }));
    store(w, "setting", defaults, order).await
}

/// What the suite keeps in columns of an account and Keystead in tables of their own.
#[derive(Debug)]
pub(super) struct Extras {
    host: Option<Json>,
    sso: Row,
}

/// Takes the extras out of an account's order.
pub(super) fn extras(order: &mut Order) -> Extras {
    let mut sso = Row::new();
    for (name, column) in SSO {
        if let Some(value) = order.take(name).filter(|value| !value.is_null()) {
            sso.insert((*column).to_owned(), value);
        }
    }
    // A key that the original derives others from; ours is made with the account.
    order.take("secret_key");
    Extras {
        host: order.take("cname").filter(|host| !host.is_null()),
        sso,
    }
}

#[rustfmt::skip]
const SSO: &[(&str, &str)] = &[
    ("sso_organization_id",      "organization"),
    ("sso_organization_domains", "domains"),
    ("sso_session_duration",     "session_duration"),
    ("sso_jit_provisioning",     "jit_provisioning"),
    ("sso_external_authn",       "external_authn"),
    ("sso_sync_roles",           "sync_roles"),
    ("sso_idp_initiated_authn",  "idp_initiated"),
];

/// Gives an account its extras.
pub(super) async fn give(w: &mut World, account: Uuid, extras: Extras) -> Outcome {
    if let Some(host) = extras.host {
        let domain = Order::of(account).with("host", host);
        store(w, "account_domain", Row::new(), domain).await?;
    }
    let mut attributes = extras.sso;
    if attributes.contains_key("organization") {
        // Tables spell lists with commas.
        if let Some(Json::String(domains)) = attributes.get("domains") {
            let domains: Vec<&str> = domains.split(',').map(str::trim).collect();
            attributes.insert("domains".to_owned(), json!(domains));
        }
        let order = Order {
            attributes,
            ..Order::of(account)
        };
        sso(w, order).await?;
    }
    Ok(())
}

/// How an account signs on: by the installation's provider.
pub(super) async fn sso(w: &mut World, order: Order) -> Outcome<Uuid> {
    let defaults = row(json!({
        "domains": [],
        "jit_provisioning": false,
        "external_authn": false,
        "sync_roles": false,
        "idp_initiated": false,
    }));
    store(w, "account_sso", defaults, order).await
}
