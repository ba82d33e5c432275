//! `cargo xtask seed`: as many licenses, machines and users as a big vendor has. One of each is
//! made through the API, then copied in SQL.

mod copy;
mod progress;

use std::io::Read as _;

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::database::Database;
use crate::http::Client;
use crate::server::{self, Build, Server};
use copy::{Copy, Step, copy};
use progress::Bars;

const LICENSES: u8 = 1;
const MACHINES: u8 = 2;
const USERS: u8 = 3;

/// The window is longer than any run, and the last pings lie so that none dies meanwhile, while a
/// fifth of the pings finds its deadline near enough to move it.
const WINDOW_SECONDS: u32 = 7_200;
const OLDEST_PING_SECONDS: u32 = 5_400;

/// Beyond what any run activates.
const SEATS: u32 = 1_000_000_000;

/// How much, and where to.
#[derive(clap::Args)]
pub struct Options {
    /// Licenses to make.
    #[arg(long, default_value_t = 100_000)]
    licenses: u64,
    /// Machines to make, evenly over the first licenses; as many as licenses when unsaid.
    #[arg(long)]
    machines: Option<u64>,
    /// Users to make, each the owner of as many licenses.
    #[arg(long, default_value_t = 1_000)]
    users: u64,
    /// The database: `postgres://…` or `sqlite://…`. It must be empty.
    #[arg(long)]
    url: String,
}

/// How many of each.
#[derive(Clone, Copy, Debug)]
pub struct Amounts {
    /// Licenses.
    pub licenses: u64,
    /// Machines, evenly over the first licenses.
    pub machines: u64,
    /// Users, who own the licenses in turn; the licenses then differ in age and expiry, too.
    pub users: u64,
}

/// Fills a database, and says how to serve it.
pub fn run(options: &Options) -> Result<()> {
    let amounts = Amounts {
        licenses: options.licenses,
        machines: options.machines.unwrap_or(options.licenses),
        users: options.users,
    };
    let binary = server::build(Build::Debug)?;
    // The data directory, and with it a key of the server's own, goes with the chore.
    let key = master_key()?;
    let settings = [
        ("KEYSTEAD_DATABASE__URL", options.url.as_str()),
        ("KEYSTEAD_MASTER_KEY", key.as_str()),
    ];
    let server = Server::start(&binary, &settings).context("is the database empty?")?;
    let database = Database::of_url(&options.url)?;
    let bars = Bars::new();
    fill(&server, &database, amounts, &mut |table, step| {
        bars.advance(table, step);
    })?;
    bars.finish();
    let first = server.first_run();
    println!(
        "serve it with\n  KEYSTEAD_DATABASE__URL={} KEYSTEAD_MASTER_KEY={key} keystead serve\n\
         account {}, {} with the password {}\n\
         licenses BENCH-000000000001 to BENCH-{:012}",
        options.url, first.account_id, first.email, first.password, amounts.licenses
    );
    Ok(())
}

fn master_key() -> Result<String> {
    let mut bytes = [0_u8; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Makes a license through the API and so many copies of it, with some columns made anew.
pub fn licenses(
    client: &Client,
    database: &Database<'_>,
    count: u64,
    anew: &[(&str, String)],
) -> Result<()> {
    let template = Template::create(client)?;
    let copies = Copy::new("licenses", &template.license, count);
    copy(database, copies, anew, &mut |_, _| ())?;
    database.settle()
}

/// Fills the server's database and makes sure that the copies work. `advance` hears of each table
/// how far it is.
pub fn fill(
    server: &Server,
    database: &Database<'_>,
    amounts: Amounts,
    advance: &mut dyn FnMut(&str, Step),
) -> Result<()> {
    let template = Template::create(&server.admin()?)?;
    let id = |family: u8, number: &str| database.id(family, number);
    if amounts.users > 0 {
        let email = format!("{} || '@example.com'", database.numbered("user-", "n"));
        let anew = [("id", id(USERS, "n")), ("email", email)];
        copy(
            database,
            Copy::new("users", &template.user, amounts.users),
            &anew,
            advance,
        )?;
    }

    let per_license = amounts.machines.div_ceil(amounts.licenses.max(1)).max(1);
    let key = database.numbered("BENCH-", "n");
    let mut licenses = vec![
        ("id", id(LICENSES, "n")),
        ("key_digest", database.digest(&key)),
        ("key", key),
        (
            "machines_count",
            machines_of("n", amounts.machines, per_license),
        ),
    ];
    if amounts.users > 0 {
        let owner = id(USERS, &format!("(n % {} + 1)", amounts.users));
        licenses.push(("owner_id", owner));
        let ahead = database.seconds_ago("-86400 * (n % 1000 + 1)");
        licenses.push(("expiry", format!("CASE WHEN n % 3 = 0 THEN {ahead} END")));
        licenses.push(("created_at", database.seconds_ago("60 * n")));
    }
    copy(
        database,
        Copy::new("licenses", &template.license, amounts.licenses),
        &licenses,
        advance,
    )?;

    let fingerprint = database.numbered("fingerprint-", "n");
    let machine = id(MACHINES, "n");
    let machines = [
        ("id", machine.clone()),
        (
            "license_id",
            id(LICENSES, &format!("(n - 1) / {per_license} + 1")),
        ),
        ("fingerprint_digest", database.digest(&fingerprint)),
        ("fingerprint", fingerprint),
    ];
    copy(
        database,
        Copy::new("machines", &template.machine, amounts.machines),
        &machines,
        advance,
    )?;

    let age = format!("n % {OLDEST_PING_SECONDS}");
    let hearts = [
        ("machine_id", machine),
        ("last_at", database.seconds_ago(&age)),
        (
            "due_at",
            database.seconds_ago(&format!("{age} - {WINDOW_SECONDS}")),
        ),
    ];
    let copied = Copy {
        key: "machine_id",
        ..Copy::new("heartbeats", &template.machine, amounts.machines)
    };
    copy(database, copied, &hearts, advance)?;
    database.settle()?;
    verify(server, amounts)
}

/// How many machines the license with this number gets.
fn machines_of(number: &str, machines: u64, per_license: u64) -> String {
    format!(
        "CASE WHEN {number} * {per_license} <= {machines} THEN {per_license} \
         WHEN ({number} - 1) * {per_license} < {machines} \
         THEN {machines} - ({number} - 1) * {per_license} ELSE 0 END"
    )
}

/// The id of one of each, made through the API.
struct Template {
    user: String,
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

        let user = create("users", json!({ "email": "user@example.com" }), json!({}))?;
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
        Ok(Self {
            user,
            license,
            machine,
        })
    }
}

/// A copied license validates, and a copied machine is alive: else the figures mean nothing.
fn verify(server: &Server, amounts: Amounts) -> Result<()> {
    if amounts.licenses == 0 || amounts.machines == 0 {
        return Ok(());
    }
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
