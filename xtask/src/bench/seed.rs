//! A million machines in a minute: one of each is made through the API, then copied in SQL.

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::database::Database;
use crate::http::Client;
use crate::server::Server;

/// As many as an office shares one key.
pub const MACHINES_PER_LICENSE: u64 = 10;

const LICENSE_FAMILY: u8 = 1;
const MACHINE_FAMILY: u8 = 2;

/// The window is longer than any run, and the last pings lie so that none dies meanwhile, while a
/// fifth of the pings finds its deadline near enough to move it.
const WINDOW_SECONDS: u32 = 7_200;
const OLDEST_PING_SECONDS: u32 = 5_400;

/// Beyond what any run activates.
const SEATS: u32 = 1_000_000_000;

/// Fills the server's database with this many machines and makes sure that the copies work.
pub fn fill(server: &Server, database: &Database<'_>, machines: u64) -> Result<()> {
    let template = Template::create(&server.admin()?)?;
    let licenses = machines / MACHINES_PER_LICENSE;

    let key = database.numbered("BENCH-", "n");
    let (license, digest) = (database.id(LICENSE_FAMILY, "n"), database.digest(&key));
    copy(
        database,
        ("licenses", "id", &template.license),
        licenses,
        &[
            ("id", &license),
            ("key", &key),
            ("key_digest", &digest),
            ("machines_count", &MACHINES_PER_LICENSE.to_string()),
        ],
    )?;

    let fingerprint = database.numbered("fingerprint-", "n");
    let machine = database.id(MACHINE_FAMILY, "n");
    copy(
        database,
        ("machines", "id", &template.machine),
        machines,
        &[
            ("id", &machine),
            (
                "license_id",
                &database.id(
                    LICENSE_FAMILY,
                    &format!("(n - 1) / {MACHINES_PER_LICENSE} + 1"),
                ),
            ),
            ("fingerprint", &fingerprint),
            ("fingerprint_digest", &database.digest(&fingerprint)),
        ],
    )?;

    let age = format!("n % {OLDEST_PING_SECONDS}");
    copy(
        database,
        ("heartbeats", "machine_id", &template.machine),
        machines,
        &[
            ("machine_id", &machine),
            ("last_at", &database.seconds_ago(&age)),
            (
                "due_at",
                &database.seconds_ago(&format!("{age} - {WINDOW_SECONDS}")),
            ),
        ],
    )?;
    database.settle()?;
    verify(server)
}

/// The id of one of each, made through the API.
struct Template {
    license: String,
    machine: String,
}

impl Template {
    fn create(client: &Client) -> Result<Self> {
        let create = |noun: &str, attributes: serde_json::Value, of: serde_json::Value| {
            let document = json!({
                "data": { "type": noun, "attributes": attributes, "relationships": of },
            });
            let created = client.post(&format!("/v1/{noun}"), &document)?;
            let id = created["data"]["id"]
                .as_str()
                .context("a created thing without an id")?;
            anyhow::Ok(id.to_owned())
        };
        let link = |noun: &str, id: &str| json!({ "data": { "type": noun, "id": id } });

        let product = create("products", json!({ "name": "Benchmark" }), json!({}))?;
        let policy = create(
            "policies",
            json!({
                "name": "Benchmark",
                "floating": true,
                "maxMachines": SEATS,
                "authenticationStrategy": "LICENSE",
                "heartbeatDuration": WINDOW_SECONDS,
            }),
            json!({ "product": link("products", &product) }),
        )?;
        let license = create(
            "licenses",
            json!({ "key": "BENCH-TEMPLATE" }),
            json!({ "policy": link("policies", &policy) }),
        )?;
        let machine = create(
            "machines",
            json!({ "fingerprint": "fingerprint-template" }),
            json!({ "license": link("licenses", &license) }),
        )?;
        client.post(&format!("/v1/machines/{machine}/actions/ping"), &json!({}))?;
        Ok(Self { license, machine })
    }
}

/// A license made through the API, to be copied; its id.
pub fn license(client: &Client) -> Result<String> {
    Ok(Template::create(client)?.license)
}

/// Copies one row `count` times with some columns made anew from `n`.
pub fn copy(
    database: &Database<'_>,
    (table, key, template): (&str, &str, &str),
    count: u64,
    anew: &[(&str, &str)],
) -> Result<()> {
    let columns = database.columns(table)?;
    if let Some((missing, _)) = anew
        .iter()
        .find(|(name, _)| !columns.iter().any(|it| it == name))
    {
        bail!("the table {table} has no column {missing}");
    }
    let values: Vec<String> = columns
        .iter()
        .map(
            |column| match anew.iter().find(|(name, _)| name == column) {
                Some((_, expression)) => (*expression).to_owned(),
                None => format!("t.{column}"),
            },
        )
        .collect();
    let (before, series) = database.series(count);
    let statement = format!(
        "{before}INSERT INTO {table} ({}) SELECT {} FROM {table} t, {series} WHERE t.{key} = {}",
        columns.join(", "),
        values.join(", "),
        database.id_literal(template)
    );
    database.run(&statement)?;
    Ok(())
}

/// A copied license validates, and a copied machine is alive: else the figures mean nothing.
fn verify(server: &Server) -> Result<()> {
    let client = Client::license(server.url(), "BENCH-000000000001");
    let document = json!({ "meta": { "key": "BENCH-000000000001" } });
    let answer = client.post("/v1/licenses/actions/validate-key", &document)?;
    if answer["meta"]["code"] != "VALID" {
        bail!("a seeded license is not valid: {}", answer["meta"]);
    }
    let path = "/v1/machines/01900002-0000-7000-8000-000000000001";
    let machine = client.get(path)?;
    if machine["data"]["attributes"]["heartbeatStatus"] != "ALIVE" {
        bail!("a seeded machine is not alive: {machine}");
    }
    Ok(())
}
