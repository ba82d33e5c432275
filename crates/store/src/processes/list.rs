//! Lists of processes.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keystead_domain::ProcessId;
use keystead_domain::access::Scope;
use keystead_domain::heartbeat::{DEFAULT_WINDOW_SECONDS, Gap};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use super::{Loaded, joined, loaded, visible};
use crate::dialect::Dialect;
use crate::entities::machine_process::{Column, Entity};
use crate::machines::Silence;
use crate::page::{self, Direction, Page, Slice};
use crate::visible::nothing;
use crate::{Db, Result, parts};

/// Which processes are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Whose they are.
    pub of: parts::Filter,
    /// Whether hearts that stopped are wanted, or those that did not.
    pub silence: Option<Silence>,
}

/// One page of the processes that `scope` sees and `filter` lets through.
///
/// Uses `machine_processes_by_account`, or `machine_processes_pid` for one machine.
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
    let dialect = db.dialect();
    let silence = filter.silence.as_ref();
    let select = Entity::find()
        .filter(visible(scope))
        .filter(filter.of.condition(dialect, scope, Column::MachineId))
        .filter(Condition::all().add_option(silence.map(|silence| silent(dialect, silence))));
    let Slice { rows, total, more } =
        page::read(db, select, Column::CreatedAt, Column::Id, page, direction).await?;
    let mut whole = BTreeMap::new();
    if !rows.is_empty() {
        let ids: Vec<ProcessId> = rows.iter().map(|row| row.id).collect();
        let select = joined().and_where(Column::Id.is_in(ids)).take();
        let statement = db.get_database_backend().build(&select);
        for row in db.query_all_raw(statement).await? {
            let process = loaded(&row)?;
            whole.insert(process.process.id, process);
        }
    }
    // What vanished in between is no longer on the page.
    let rows = rows
        .into_iter()
        .filter_map(|row| whole.remove(&row.id))
        .collect();
    Ok(Slice { rows, total, more })
}

/// Processes whose heart stopped, or did not: `Heart::status` in SQL.
fn silent(dialect: Dialect, silence: &Silence) -> Condition {
    let Some(dead) = silence.dead else {
        return Condition::all().add(nothing());
    };
    let since = dialect.epoch("process_heartbeats.last_at");
    let window = format!("coalesce(policies.heartbeat_duration, {DEFAULT_WINDOW_SECONDS})");
    let now = seconds(silence.now);
    let mut stopped = format!("{since} + {window} < {now}");
    for Gap { from, until } in &silence.gaps {
        let (from, until) = (seconds(*from), seconds(*until));
        stopped.push_str(&format!(
            " AND NOT ({since} + {window} >= {from} AND {since} < {until} \
             AND {until} + {window} >= {now})"
        ));
    }
    let exists = format!(
        "EXISTS (SELECT 1 FROM process_heartbeats, machines, licenses, policies \
         WHERE process_heartbeats.process_id = machine_processes.id \
         AND machines.id = machine_processes.machine_id \
         AND licenses.id = machines.license_id \
         AND policies.id = licenses.policy_id AND {stopped})"
    );
    let found = Condition::all().add(Expr::cust(exists));
    if dead { found } else { found.not() }
}

/// A number that both databases read as it is; nothing in it comes from a client.
fn seconds(time: DateTime<Utc>) -> String {
    format!("{}.{:06}", time.timestamp(), time.timestamp_subsec_micros())
}
