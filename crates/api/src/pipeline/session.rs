//! Sessions on the way in and out: which cookies count, and which are taken away (identity §11).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use keystead_app::sessions::{self, Entered};
use keystead_app::{Client, Tenant};
use keystead_domain::access::{Bearer, Environment};
use keystead_domain::{Code, EnvironmentId};
use poem::http::{HeaderMap, StatusCode};

use super::{Gate, Known, text};
use crate::cookies::{self, Change};
use crate::problem::{Cause, Error, Result};

/// Notes the cookies of a page of the portal: the `Origin` must be the portal's to the letter. A
/// page of anybody else's can make a browser send the cookie, but not that header.
pub(super) fn look<E>(
    gate: &Gate<E>,
    headers: &HeaderMap,
    known: &mut Known,
) -> Vec<(String, String)> {
    let portal = gate.options.portal.as_ref();
    if portal.is_none_or(|portal| text(headers, "origin") != Some(&portal.origin)) {
        return Vec::new();
    }
    let sent = cookies::sent(headers);
    known.cookies = Some(sent.iter().map(|(name, _)| name.clone()).collect());
    sent
}

/// The value of the cookie of an environment. There is no falling back to the global one.
pub(super) fn cookie(sent: &[(String, String)], environment: Environment) -> Option<String> {
    let name = cookies::name(environment.id());
    let found = sent.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.clone())
}

/// Who comes with a session's cookie.
pub(super) async fn enter<E>(
    gate: &Gate<E>,
    tenant: &Tenant,
    environment: Environment,
    value: &str,
    client: &mut Client,
    known: &mut Known,
    now: DateTime<Utc>,
) -> Result<Bearer> {
    let app = &gate.app;
    let id = cookies::open(&app.master_key, tenant.account.id, value);
    let entered = sessions::enter(app, tenant, environment, id, client, now).await?;
    let Entered {
        bearer,
        session,
        extended,
    } = entered;
    if extended {
        known.changes.push(Change::Give(Box::new(session.clone())));
    }
    client.session = Some(Arc::new(session));
    Ok(bearer)
}

/// Whoever is turned away loses the cookie that did not open the door, and with the global one
/// those of all environments.
pub(super) fn turned_away(known: &mut Known, error: &Error) {
    let Some(sent) = &known.cookies else { return };
    if !loses_cookie(error) {
        return;
    }
    let environment = known.environment_id;
    known.changes = vec![Change::Take(environment)];
    if environment.is_none() {
        let others = sent.iter().filter_map(|name| environment_of(name));
        known
            .changes
            .extend(others.map(|id| Change::Take(Some(id))));
    }
}

fn loses_cookie(error: &Error) -> bool {
    let Cause::Refused(refused) = &error.cause else {
        return false;
    };
    let about = |code| {
        refused
            .problems
            .iter()
            .any(|problem| problem.code == Some(code))
    };
    error.status() == StatusCode::UNAUTHORIZED
        || about(Code::SessionNotAllowed)
        || about(Code::UserBanned)
}

fn environment_of(cookie: &str) -> Option<EnvironmentId> {
    cookie.split_once('.')?.1.parse().ok()
}
