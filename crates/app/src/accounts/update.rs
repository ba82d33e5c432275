//! Changes the account.

use keystead_domain::access::Action;
use keystead_domain::code::judge_slug;
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::version::ApiVersion;
use keystead_domain::{AccountId, At, Code};
use keystead_store::entities::Account;
use keystead_store::{OnDuplicate, accounts, diff};

use crate::herald::Payload;
use crate::{Cx, Result};

/// What to change of an account: an absent attribute stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Its name.
    pub name: Option<String>,
    /// What names it in paths, beside its id.
    pub slug: Option<String>,
    /// Whether strangers are kept from creating users.
    pub protected: Option<bool>,
    /// The version for clients that ask for none.
    pub api_version: Option<ApiVersion>,
}

/// An account that the bearer may change.
#[derive(Debug)]
pub struct Changeable(AccountId);

/// The account of the request, if the bearer may change it: asked before the body is read.
///
/// # Errors
/// 401, 403 by the access matrix.
pub fn changeable(cx: &Cx) -> Result<Changeable> {
    cx.bearer()?;
    let account = cx.scope().seen(cx.tenant.account.clone());
    Ok(Changeable(cx.allow(Action::AccountUpdate, account)?.id))
}

/// Changes the account.
///
/// # Errors
/// 422 for the problems of what it would become.
pub async fn update(cx: &Cx, account: Changeable, change: Change) -> Result<Account> {
    let tx = cx.begin().await?;
    let was = accounts::lock(&tx, account.0).await?;
    let account = Account {
        name: change.name.unwrap_or_else(|| was.name.clone()),
        slug: change.slug.unwrap_or_else(|| was.slug.clone()),
        protected: change.protected.unwrap_or(was.protected),
        api_version: change
            .api_version
            .map_or_else(|| was.api_version.clone(), |v| v.to_string()),
        ..was.clone()
    };
    judge(&account)?;
    let account = accounts::update(&tx, account, cx.now)
        .await
        .on_duplicate(Code::SlugTaken.at(At::Attribute("slug".into())))?;
    let mut event = cx.event(EventName::AccountUpdated.as_str(), "accounts", account.id.0);
    event.metadata = Some(diff(&was, &account));
    cx.tell(&tx, event, Payload::Account(&account)).await?;
    tx.commit().await?;

    cx.tenants.forget();
    Ok(account)
}

fn judge(account: &Account) -> Result<()> {
    let mut problems = Problems::none();
    problems.require(!account.name.trim().is_empty(), Code::NameMissing, "name");
    problems.short(&account.name, Code::NameTooLong, "name");
    judge_slug(&account.slug, &mut problems);
    Ok(problems.into_result()?)
}
