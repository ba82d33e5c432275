//! Lists of machines.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keystead_domain::access::Scope;
use keystead_domain::heartbeat::{DEFAULT_WINDOW_SECONDS, Gap};
use keystead_domain::{AccountId, MachineId, UserId};
use sea_orm::sea_query::{Expr, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use super::{Loaded, joined, loaded, of_licenses, visible};
use crate::dialect::Dialect;
use crate::entities::machine::{Column, Entity};
use crate::entities::{license, license_user, user};
use crate::page::{self, Direction, Page, Slice};
use crate::visible::nothing;
use crate::{Db, Result, licenses};

/// Which machines are wanted, as the client names them (machines §1.5): what is no id where one
/// is needed matches nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// The SHA-256 of an exact fingerprint.
    pub fingerprint: Option<[u8; 32]>,
    /// An exact address.
    pub ip: Option<String>,
    /// An exact host name.
    pub hostname: Option<String>,
    /// A product's id.
    pub product: Option<String>,
    /// A policy's id.
    pub policy: Option<String>,
    /// A license's id.
    pub license: Option<String>,
    /// A group's id.
    pub group: Option<String>,
    /// The SHA-256 of an exact license key.
    pub key: Option<[u8; 32]>,
    /// The id or address of the machine's owner.
    pub owner: Option<String>,
    /// The id or address of the license's owner or an attached user.
    pub user: Option<String>,
    /// Members of the metadata, all of them, with their values as text.
    pub metadata: Vec<(String, String)>,
    /// Whether hearts that stopped are wanted, or those that did not.
    pub silence: Option<Silence>,
}

/// Which hearts are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Silence {
    /// Dead ones, or those that are not; none when the client named a state that there is not.
    pub dead: Option<bool>,
    /// The instant to judge at.
    pub now: DateTime<Utc>,
    /// What silence is excused by.
    pub gaps: Vec<Gap>,
}

impl Filter {
    /// Conditions with an index: `machines_fingerprint` or `machines_by_fingerprint`,
    /// `machines_by_license`, `machines_by_owner`, `machines_by_group`, and those of licenses. The
    /// others are looked at while `machines_by_account` is walked.
    pub(crate) fn condition(&self, dialect: Dialect, account: AccountId) -> Condition {
        let by_license = |column: license::Column| {
            move |id: Uuid| of_licenses(account, Condition::all().add(column.eq(id)))
        };
        let by = |column: Column| move |id: Uuid| Condition::all().add(column.eq(id));
        let ids = [
            self.product
                .as_deref()
                .map(|id| with_id(id, by_license(license::Column::ProductId))),
            self.policy
                .as_deref()
                .map(|id| with_id(id, by_license(license::Column::PolicyId))),
            self.license
                .as_deref()
                .map(|id| with_id(id, by(Column::LicenseId))),
            self.group
                .as_deref()
                .map(|id| with_id(id, by(Column::GroupId))),
        ];
        let by_key = |digest: [u8; 32]| {
            of_licenses(
                account,
                license::Column::KeyDigest.eq(digest.to_vec()).into(),
            )
        };
        ids.into_iter()
            .fold(Condition::all(), Condition::add_option::<Condition>)
            .add_option(
                self.fingerprint
                    .map(|it| Column::FingerprintDigest.eq(it.to_vec())),
            )
            .add_option(self.ip.as_deref().map(|ip| Column::Ip.eq(ip)))
            .add_option(
                self.hostname
                    .as_deref()
                    .map(|name| Column::Hostname.eq(name)),
            )
            .add_option(self.key.map(by_key))
            .add_option(self.owner.as_deref().map(|user| owned_by(account, user)))
            .add_option(self.user.as_deref().map(|user| held_by(account, user)))
            .add_option(
                self.silence
                    .as_ref()
                    .map(|silence| silent(dialect, silence)),
            )
            .add(
                self.metadata
                    .iter()
                    .fold(Condition::all(), |all, (key, value)| {
                        all.add(dialect.member_is("machines.metadata", key, value))
                    }),
            )
    }
}

fn with_id(text: &str, condition: impl FnOnce(Uuid) -> Condition) -> Condition {
    Uuid::parse_str(text).map_or_else(|_| Condition::all().add(nothing()), condition)
}

fn owned_by(account: AccountId, user: &str) -> SimpleExpr {
    match Uuid::parse_str(user) {
        Ok(id) => Column::OwnerId.eq(id),
        Err(_) => Column::OwnerId.in_subquery(with_address(account, user)),
    }
}

fn held_by(account: AccountId, user: &str) -> Condition {
    if let Ok(id) = Uuid::parse_str(user) {
        return of_licenses(account, licenses::held_by(account, UserId(id)));
    }
    let attached = Query::select()
        .column(license_user::Column::LicenseId)
        .from(license_user::Entity)
        .and_where(license_user::Column::AccountId.eq(account))
        .and_where(license_user::Column::UserId.in_subquery(with_address(account, user)))
        .take();
    let held = Condition::any()
        .add(license::Column::OwnerId.in_subquery(with_address(account, user)))
        .add(license::Column::Id.in_subquery(attached));
    of_licenses(account, held)
}

/// Uses `users_email`.
fn with_address(account: AccountId, email: &str) -> SelectStatement {
    Query::select()
        .column(user::Column::Id)
        .from(user::Entity)
        .and_where(user::Column::AccountId.eq(account))
        .and_where(user::Column::Email.eq(email.to_lowercase()))
        .take()
}

/// Machines whose heart stopped, or did not: `Heart::status` in SQL.
fn silent(dialect: Dialect, silence: &Silence) -> Condition {
    let Some(dead) = silence.dead else {
        return Condition::all().add(nothing());
    };
    let since = dialect.epoch(
        "CASE WHEN heartbeats.last_at IS NOT NULL THEN heartbeats.last_at \
         WHEN policies.require_heartbeat THEN machines.created_at END",
    );
    let window = format!("coalesce(policies.heartbeat_duration, {DEFAULT_WINDOW_SECONDS})");
    let now = seconds(silence.now);
    let mut stopped = format!("{since} + {window} < {now}");
    for gap in &silence.gaps {
        let (from, until) = (seconds(gap.from), seconds(gap.until));
        stopped.push_str(&format!(
            " AND NOT ({since} + {window} >= {from} AND {since} < {until} \
             AND {until} + {window} >= {now})"
        ));
    }
    let exists = format!(
        "EXISTS (SELECT 1 FROM heartbeats, licenses, policies \
         WHERE heartbeats.machine_id = machines.id AND licenses.id = machines.license_id \
         AND policies.id = licenses.policy_id AND {stopped})"
    );
    let found = Condition::all().add(Expr::cust(exists));
    if dead { found } else { found.not() }
}

/// A number that both databases read as it is; nothing in it comes from a client.
fn seconds(time: DateTime<Utc>) -> String {
    format!("{}.{:06}", time.timestamp(), time.timestamp_subsec_micros())
}

/// One page of the machines that `scope` sees and `filter` lets through. Two statements, three
/// with a count.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &Db,
    scope: &Scope,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let select = Entity::find()
        .filter(visible(scope))
        .filter(filter.condition(db.dialect(), scope.account()));
    read(db, select, page, direction).await
}

/// One page of selected machines, with their hearts and terms.
pub(crate) async fn read(
    db: &Db,
    select: Select<Entity>,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let slice = page::read(db, select, Column::CreatedAt, Column::Id, page, direction).await?;
    if slice.rows.is_empty() {
        return Ok(Slice {
            rows: Vec::new(),
            total: slice.total,
            more: slice.more,
        });
    }
    let ids: Vec<MachineId> = slice.rows.iter().map(|row| row.id).collect();
    let select = joined().cond_where(Column::Id.is_in(ids)).take();
    let mut whole = BTreeMap::new();
    for row in db
        .query_all_raw(db.get_database_backend().build(&select))
        .await?
    {
        let machine = loaded(&row)?;
        whole.insert(machine.machine.id, machine);
    }
    let Slice { rows, total, more } = slice;
    // A machine that vanished in between is no longer on the page.
    let rows = rows
        .into_iter()
        .filter_map(|row| whole.remove(&row.id))
        .collect();
    Ok(Slice { rows, total, more })
}
