//! Heartbeats, as clients and operators see them.

mod absence;
mod brake;
mod ping;
mod sweep;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use keystead_app::heartbeats::{self, SweepReport};
use keystead_domain::MachineId;
use keystead_domain::event::EventName;
use keystead_store::dialect::{Column, Rows};
use keystead_store::entities::{Heartbeat, event, heartbeat, license};
use keystead_testkit::{Answer, License, World};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

const WINDOW: TimeDelta = TimeDelta::minutes(10);

/// A license without limits, whose machines have ten minutes, and whose dead are removed.
async fn watched(w: &World) -> License {
    w.license().policy("requireHeartbeat", true).create().await
}

/// A machine of the license; its id.
async fn machine(license: &License, fingerprint: &str) -> String {
    license.activate(fingerprint).await.expect(201).id()
}

async fn ping(license: &License, machine: &str) -> Answer {
    license
        .holder
        .post(&format!("/machines/{machine}/actions/ping"), json!({}))
        .await
}

async fn status(w: &World, machine: &str) -> String {
    let answer = w
        .admin()
        .get(&format!("/machines/{machine}"))
        .await
        .expect(200);
    answer
        .at("/data/attributes/heartbeatStatus")
        .as_str()
        .expect("a status")
        .to_owned()
}

async fn sweep(w: &World) -> SweepReport {
    heartbeats::sweep(w.app(), w.now())
        .await
        .expect("the sweep ends")
}

/// The machine's heart as it is stored; none when the machine is gone.
async fn heart(w: &World, machine: &str) -> Option<Heartbeat> {
    let id: MachineId = machine.parse().expect("an id");
    heartbeat::Entity::find_by_id(id)
        .one(&w.app().db)
        .await
        .expect("the database answers")
}

/// How many events of this name are in the log.
async fn told(w: &World, name: EventName) -> u64 {
    w.app().journal.flush().await;
    event::Entity::find()
        .filter(event::Column::Name.eq(name.as_str()))
        .count(&w.app().db)
        .await
        .expect("the database answers")
}

/// How many machines the license counts.
async fn counted(w: &World, license: &License) -> i64 {
    let id: Uuid = license.id.parse().expect("an id");
    license::Entity::find()
        .filter(license::Column::Id.eq(id))
        .one(&w.app().db)
        .await
        .expect("the database answers")
        .expect("the license exists")
        .machines_count
}

/// So many machines more like this one, pinged at `last_at`; their ids.
async fn copies(w: &World, machine: &str, count: usize, last_at: DateTime<Utc>) -> Vec<String> {
    const CHUNK: usize = 1_000;
    let template: Uuid = machine.parse().expect("an id");
    let app = Arc::clone(w.app());
    let ids: Vec<Uuid> = (0..count).map(|_| app.ids.next()).collect();
    let tx = app.db.begin().await.expect("a transaction");
    let run = async |sql: String, values: Vec<sea_orm::Value>| {
        tx.execute_raw(tx.statement(sql, values))
            .await
            .expect("the copy is stored");
    };
    for chunk in ids.chunks(CHUNK) {
        let rows = Rows::new(
            "v",
            vec![
                ("id", Column::Uuids(chunk.to_vec())),
                (
                    "print",
                    Column::Texts(chunk.iter().map(Uuid::to_string).collect()),
                ),
                (
                    "digest",
                    Column::Bytes(chunk.iter().map(|id| id.as_bytes().to_vec()).collect()),
                ),
            ],
        );
        let sql = format!(
            "INSERT INTO machines (id, account_id, license_id, fingerprint, fingerprint_digest, \
             metadata, created_at, updated_at) \
             SELECT v.id, m.account_id, m.license_id, v.print, v.digest, m.metadata, \
             m.created_at, m.updated_at FROM machines AS m, {} WHERE m.id = $1",
            rows.sql(tx.dialect(), 2)
        );
        let values = std::iter::once(template.into())
            .chain(rows.values(tx.dialect()))
            .collect();
        run(sql, values).await;

        let rows = Rows::new("v", vec![("id", Column::Uuids(chunk.to_vec()))]);
        let sql = format!(
            "INSERT INTO heartbeats (machine_id, account_id, last_at, due_at) \
             SELECT v.id, h.account_id, $2, $3 FROM heartbeats AS h, {} WHERE h.machine_id = $1",
            rows.sql(tx.dialect(), 4)
        );
        let hearts = [template.into(), last_at.into(), (last_at + WINDOW).into()];
        run(
            sql,
            hearts
                .into_iter()
                .chain(rows.values(tx.dialect()))
                .collect(),
        )
        .await;
    }
    let sql = "UPDATE licenses SET machines_count = machines_count + $2 \
        WHERE id = (SELECT license_id FROM machines WHERE id = $1)";
    let more = i64::try_from(count).expect("a small fleet");
    run(sql.to_owned(), vec![template.into(), more.into()]).await;
    tx.commit().await.expect("the copies are stored");
    ids.iter().map(Uuid::to_string).collect()
}

/// Pings all of them, a client each.
async fn ping_all(license: &License, machines: &[String]) {
    use futures::StreamExt;

    let answers = futures::stream::iter(machines)
        .map(|machine| async move { ping(license, machine).await.expect(200) })
        .buffer_unordered(64);
    answers.for_each(async |_| ()).await;
}
