//! How accounts sign on: set by the hand of whoever runs the server, who knows whose domains are
//! whose.

use chrono::{DateTime, Utc};
use keystead_domain::{Kind, Problem};
use keystead_signing::{Secret, SystemEntropy};
use keystead_store::entities::AccountSso;
use keystead_store::{OnDuplicate, sso};
use serde_json::json;

use super::{context, terms};
use crate::accounts::domains::existing;
use crate::{App, Result};

/// A provider that is one account's own.
#[derive(Clone, Debug)]
pub struct Own {
    /// Its issuer URL.
    pub issuer: String,
    /// The id that it gave this server.
    pub client_id: String,
    /// The secret that it gave this server; the one that is known when absent.
    pub client_secret: Option<Secret<String>>,
}

/// What to change of how an account signs on: what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The organization that the provider knows the account by.
    pub organization: Option<String>,
    /// The domains whose addresses sign on.
    pub domains: Option<Vec<String>>,
    /// Seconds that a session lives; the inner none is eight hours.
    pub session_seconds: Option<Option<i64>>,
    /// Whether users are made as they sign on.
    pub jit_provisioning: Option<bool>,
    /// Whether addresses outside of the domains may sign on.
    pub external_authn: Option<bool>,
    /// Whether the provider says who has which role.
    pub sync_roles: Option<bool>,
    /// Whether people may start at the provider.
    pub idp_initiated: Option<bool>,
    /// The account's own provider; the inner none is the installation's.
    pub provider: Option<Option<Own>>,
}

/// How the account with this id or slug signs on, if it does.
///
/// # Errors
/// When there is no such account, or the database fails.
pub async fn show(app: &App, account: &str) -> Result<Option<AccountSso>> {
    let account = existing(app, account).await?;
    Ok(sso::of(&app.db, account.id).await?)
}

/// Changes how the account with this id or slug signs on, and makes it sign on if it did not.
///
/// # Errors
/// When there is no such account, the organization is missing or another account's, or a value is
/// none.
pub async fn set(
    app: &App,
    account: &str,
    change: Change,
    now: DateTime<Utc>,
) -> Result<AccountSso> {
    let account = existing(app, account).await?;
    let tx = app.db.begin().await?;
    let known = sso::of(&tx, account.id).await?;
    let organization = change.organization.map(|name| name.trim().to_owned());
    let organization = organization.or_else(|| Some(known.as_ref()?.organization.clone()));
    let Some(organization) = organization.filter(|name| !name.is_empty()) else {
        let detail = "an organization is needed: what the provider knows the account by";
        return Err(refused(detail));
    };
    let fresh = known.is_none();
    let mut row = known.unwrap_or_else(|| AccountSso {
        id: app.ids.next(),
        account_id: account.id,
        organization: String::new(),
        issuer: None,
        client_id: None,
        client_secret: None,
        domains: json!([]),
        session_duration: None,
        jit_provisioning: false,
        external_authn: false,
        sync_roles: false,
        idp_initiated: false,
        created_at: now,
        updated_at: now,
    });
    row.organization = organization;
    row.updated_at = now;
    if let Some(domains) = change.domains {
        let domains = domains.iter().map(|domain| domain.trim().to_lowercase());
        row.domains = domains.collect();
    }
    if let Some(seconds) = change.session_seconds {
        row.session_duration = seconds;
    }
    for (flag, said) in [
        (&mut row.jit_provisioning, change.jit_provisioning),
        (&mut row.external_authn, change.external_authn),
        (&mut row.sync_roles, change.sync_roles),
        (&mut row.idp_initiated, change.idp_initiated),
    ] {
        *flag = said.unwrap_or(*flag);
    }
    if let Some(provider) = change.provider {
        provide(app, &mut row, provider)?;
    }
    terms(&row).judge()?;
    let taken = Problem::new(
        Kind::Unprocessable,
        format!(
            "the organization {:?} is another account's",
            row.organization
        ),
    );
    let written = match fresh {
        true => sso::insert(&tx, row).await,
        false => sso::update(&tx, row).await,
    };
    let written = written.on_duplicate(taken)?;
    tx.commit().await?;
    Ok(written)
}

/// The account signs on no more; whether it did.
///
/// # Errors
/// When there is no such account, or the database fails.
pub async fn remove(app: &App, account: &str) -> Result<bool> {
    let account = existing(app, account).await?;
    let tx = app.db.begin().await?;
    let removed = sso::delete(&tx, account.id).await?;
    tx.commit().await?;
    Ok(removed)
}

fn provide(app: &App, row: &mut AccountSso, provider: Option<Own>) -> Result<()> {
    let Some(own) = provider else {
        (row.issuer, row.client_id, row.client_secret) = (None, None, None);
        return Ok(());
    };
    // The secret is for one provider's ears.
    let kept = row.issuer.as_ref() == Some(&own.issuer);
    let sealed = match own.client_secret {
        Some(secret) => {
            let plain = secret.expose().as_bytes();
            let context = context(&row.account_id);
            Some(app.master_key.seal(&context, plain, &mut SystemEntropy))
        }
        None => row.client_secret.take().filter(|_| kept),
    };
    if sealed.is_none() {
        return Err(refused(
            "a client secret is needed for a provider of its own",
        ));
    }
    row.issuer = Some(own.issuer);
    row.client_id = Some(own.client_id);
    row.client_secret = sealed;
    Ok(())
}

fn refused(detail: &'static str) -> crate::Error {
    Problem::new(Kind::Unprocessable, detail).into()
}
