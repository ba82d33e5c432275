//! What the event log and the request log have in common: who sees them, and days, bearers and
//! records to look for.

use chrono::{DateTime, Days as Count, NaiveDate, NaiveTime, Utc};
use keystead_domain::access::{Scope, Seen, Tied, Viewer};
use keystead_domain::{Code, Kind, Problem, Refused};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use crate::dialect::Dialect;
use crate::noun::{self, Noun};
use crate::{Db, Result, Tx, visible};

/// Whole days, the last one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

impl Days {
    /// Whether a time is within the days.
    pub(crate) fn hold<C: ColumnTrait>(self, created: C) -> Condition {
        let start = |day: NaiveDate| -> DateTime<Utc> { day.and_time(NaiveTime::MIN).and_utc() };
        let after = self
            .last
            .checked_add_days(Count::new(1))
            .unwrap_or(self.last);
        Condition::all()
            .add(created.gte(start(self.first)))
            .add(created.lt(start(after)))
    }
}

/// A bearer or a record to look for, as a client names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// Its type: singular or plural, in any case.
    pub kind: Option<String>,
    /// Its id, or a part of one.
    pub id: Option<String>,
}

/// The contract's internal names of types, where documents have others.
#[rustfmt::skip]
const INTERNAL: &[(&str, &str)] = &[
    ("machine-component",               "component"),
    ("machine-process",                 "process"),
    ("release-artifact",                "artifact"),
    ("release-package",                 "package"),
    ("release-engine",                  "engine"),
    ("release-platform",                "platform"),
    ("release-arch",                    "arch"),
    ("release-channel",                 "channel"),
    ("release-entitlement-constraint",  "constraint"),
];

impl Who {
    /// The type in the singular, as documents have it; none when it is theirs alone.
    pub(crate) fn singular(&self) -> Option<Option<String>> {
        let kind = self.kind.as_ref()?.to_lowercase().replace('_', "-");
        let one = match kind.as_str() {
            "policies" => "policy",
            "processes" => return Some(None),
            "machine-processes" => "machine-process",
            other => other.strip_suffix('s').unwrap_or(other),
        };
        if INTERNAL.iter().any(|(_, known)| *known == one) {
            return Some(None);
        }
        let internal = INTERNAL.iter().find(|(known, _)| *known == one);
        Some(Some(internal.map_or(one, |(_, known)| known).to_owned()))
    }

    /// The type in the plural.
    pub(crate) fn plural(&self) -> Option<Option<String>> {
        let one = self.singular()?;
        Some(one.map(|one| match one.as_str() {
            "policy" => "policies".to_owned(),
            "process" => "processes".to_owned(),
            "arch" => "arches".to_owned(),
            other => format!("{other}s"),
        }))
    }

    /// Whether a row is about it.
    pub(crate) fn is<C: ColumnTrait>(
        &self,
        dialect: Dialect,
        kind: C,
        id: C,
        spelled: fn(&Self) -> Option<Option<String>>,
    ) -> Condition {
        let of_kind: Option<SimpleExpr> = spelled(self).map(|word| match word {
            Some(word) => kind.eq(word),
            None => Expr::cust("1 = 0"),
        });
        Condition::all()
            .add_option(of_kind)
            .add_option(self.id.as_deref().map(|text| id_is(dialect, id, text)))
    }
}

/// Whether an id is this one, or holds this part of one, in any case.
pub(crate) fn id_is<C: ColumnTrait>(dialect: Dialect, id: C, text: &str) -> Condition {
    match Uuid::parse_str(text) {
        Ok(known) => Condition::all().add(id.eq(known)),
        Err(_) => {
            let printed = dialect.id_text(id.as_str());
            Condition::all().add(dialect.holds(&printed, &text.to_lowercase()))
        }
    }
}

/// The lines of a log that `scope` sees: those who run the account see all of its environment.
pub(crate) fn visible<E: EntityTrait>(
    scope: &Scope,
    account: E::Column,
    environment: E::Column,
) -> Select<E> {
    let all = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => Condition::all(),
        Viewer::Product(_) | Viewer::User(_) | Viewer::License(_) | Viewer::Nobody => {
            Condition::all().add(visible::nothing())
        }
    };
    visible::rows(scope, account, environment).filter(all)
}

/// The one among these lines with the id that a client sent.
///
/// # Errors
/// Not found when there is none: the contract doesn't repeat the id then. Otherwise when the
/// database fails.
pub(crate) async fn find<N: Noun<Model: Tied>>(
    db: &Db,
    scope: &Scope,
    among: Select<N>,
    id: &str,
) -> Result<Seen<N::Model>> {
    let found = match Uuid::parse_str(id) {
        Ok(id) => noun::by_id(db, among, id).await?,
        Err(_) => None,
    };
    match found {
        Some(line) => Ok(scope.seen(line)),
        None => Err(unknown(N::NAME).into()),
    }
}

fn unknown(what: &str) -> Refused {
    let detail = format!("The requested {what} was not found");
    Problem::new(Kind::NotFound, detail)
        .code(Code::NotFound)
        .into()
}

/// What is kept for a while only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ledger {
    /// The event log.
    Events,
    /// The request log.
    Requests,
    /// Events on their way to receivers.
    Webhooks,
}

impl Ledger {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Events, Self::Requests, Self::Webhooks];

    /// Its table.
    pub fn table(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Requests => "request_logs",
            Self::Webhooks => "webhook_events",
        }
    }
}

/// Removes up to `limit` rows that are older than `before`, the oldest first, across accounts; says
/// how many went. Call again while that is many.
///
/// Uses `events_by_age`, `request_logs_by_age` and `webhook_events_by_age`.
///
/// # Errors
/// When the database fails.
pub async fn prune(tx: &Tx, ledger: Ledger, before: DateTime<Utc>, limit: u64) -> Result<u64> {
    let table = ledger.table();
    let sql = format!(
        "DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE created_at < $1 \
         ORDER BY created_at LIMIT {limit})"
    );
    let statement = tx.statement(sql, [before.into()]);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}
