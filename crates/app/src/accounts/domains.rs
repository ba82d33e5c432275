//! Custom domains of accounts: given by the hand of whoever runs the server, who knows that the
//! name's owner asked for it.

use chrono::{DateTime, Utc};
use keystead_domain::{Kind, Problem, Refused};
use keystead_store::entities::{Account, AccountDomain};
use keystead_store::{OnDuplicate, accounts, domains};

use crate::{App, Result, hosts};

/// Lets a host lead to the account with this id or slug.
///
/// # Errors
/// When there is no such account, the host is no name, ours, or somebody's already.
pub async fn add(app: &App, account: &str, host: &str, now: DateTime<Utc>) -> Result<()> {
    let account = existing(app, account).await?;
    let Some(name) = hosts::name_of(host).filter(|name| is_host(name)) else {
        return Err(refused(format!("{host:?} is no name of a host")));
    };
    if app.settings.hosts.own(&name) {
        return Err(refused(format!("{name} belongs to this installation")));
    }
    let row = AccountDomain {
        id: app.ids.next(),
        account_id: account.id,
        host: name.clone(),
        created_at: now,
        updated_at: now,
    };
    let detail = format!("{name} leads to an account already");
    let tx = app.db.begin().await?;
    domains::insert(&tx, row)
        .await
        .on_duplicate(Problem::new(Kind::Unprocessable, detail))?;
    tx.commit().await?;
    app.tenants.forget();
    Ok(())
}

/// Lets a host lead nowhere; whether it led to this account.
///
/// # Errors
/// When there is no such account, or the database fails.
pub async fn remove(app: &App, account: &str, host: &str) -> Result<bool> {
    let account = existing(app, account).await?;
    let name = hosts::name_of(host).unwrap_or_default();
    let tx = app.db.begin().await?;
    let removed = domains::delete(&tx, account.id, &name).await?;
    tx.commit().await?;
    app.tenants.forget();
    Ok(removed)
}

/// The hosts that lead to an account, the oldest first.
///
/// # Errors
/// When there is no such account, or the database fails.
pub async fn list(app: &App, account: &str) -> Result<Vec<AccountDomain>> {
    let account = existing(app, account).await?;
    Ok(domains::list(&app.db, account.id).await?)
}

/// The account with this id or slug.
///
/// # Errors
/// Not found when there is none.
pub async fn existing(app: &App, id_or_slug: &str) -> Result<Account> {
    let found = accounts::find(&app.db, id_or_slug).await?;
    found.ok_or_else(|| Refused::not_found("account", id_or_slug).into())
}

/// Labels of letters, digits and dashes, as DNS has them.
fn is_host(name: &str) -> bool {
    let label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len()) && label.bytes().all(plain) && !label.starts_with('-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

fn refused(detail: String) -> crate::Error {
    Problem::new(Kind::Unprocessable, detail).into()
}
