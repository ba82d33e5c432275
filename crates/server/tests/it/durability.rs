//! What was acknowledged survives `kill -9`.

use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use keystead_testkit::{ADMIN_EMAIL, ADMIN_PASSWORD, MASTER_KEY, TestDatabase};
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Requests that are sent in all; the server is killed when half of them are acknowledged.
const REQUESTS: usize = 500;
const SENDERS: usize = 8;

/// A server in a process of its own, so that it can be killed.
struct Process {
    child: Child,
    url: String,
}

impl Process {
    async fn start(database: &TestDatabase, data: &TempDir) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_keystead"))
            .args(["serve", "--json"])
            .env("KEYSTEAD_DATA_DIR", data.path())
            .env("KEYSTEAD_DATABASE__URL", database.url())
            .env("KEYSTEAD_MASTER_KEY", MASTER_KEY)
            .env("KEYSTEAD_HTTP__LISTEN", "127.0.0.1:0")
            .env("KEYSTEAD_METRICS__LISTEN", "")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the binary starts");
        let stdout = child.stdout.take().expect("its output is piped");
        let mut lines = BufReader::new(stdout).lines();
        let url = loop {
            let line = lines
                .next_line()
                .await
                .expect("readable output")
                .expect("a port is told");
            if let Some(url) = line.strip_prefix("listening on ") {
                break url.to_owned();
            }
        };
        Self { child, url }
    }

    async fn kill(&mut self) {
        // SIGKILL: nothing is flushed, nothing is said.
        self.child.kill().await.expect("the process can be killed");
    }
}

/// What the server said was done: machines, and the last heartbeat it acknowledged for each.
#[derive(Clone, Default)]
struct Acknowledged(Arc<Mutex<Vec<Beaten>>>);

/// A machine, and the heartbeat that was acknowledged for it.
type Beaten = (String, Option<String>);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let database = TestDatabase::create().await;
    let data = tempfile::tempdir().unwrap();
    let mut server = Process::start(&database, &data).await;
    let client = Client::new();
    let token = log_in(&client, &server.url).await;
    let license = license(&client, &server.url, &token).await;
    let done = Acknowledged::default();
    let count = Arc::new(AtomicUsize::new(0));

    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (client, url, token) = (client.clone(), server.url.clone(), token.clone());
            let (license, done, count) = (license.clone(), done.clone(), count.clone());
            tokio::spawn(async move {
                for n in 0..REQUESTS / SENDERS / 2 {
                    let name = format!("{sender}-{n}");
                    // The server is gone: what was under way was not acknowledged.
                    let Some(id) = activate(&client, &url, &token, &license, &name).await else {
                        return;
                    };
                    done.0.lock().unwrap().push((id.clone(), None));
                    count.fetch_add(1, Ordering::Relaxed);
                    let Some(beat) = ping(&client, &url, &token, &id).await else {
                        return;
                    };
                    let mut done = done.0.lock().unwrap();
                    let slot = done.iter_mut().find(|(machine, _)| *machine == id).unwrap();
                    slot.1 = Some(beat);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    while count.load(Ordering::Relaxed) < REQUESTS / 2 {
        tokio::task::yield_now().await;
    }
    server.kill().await;
    for sender in senders {
        sender.await.unwrap();
    }

    let server = Process::start(&database, &data).await;
    let done = done.0.lock().unwrap().clone();
    assert!(
        done.len() >= REQUESTS / 4,
        "the server was killed in the middle"
    );
    for (machine, beat) in done {
        let url = format!("{}/v1/machines/{machine}", server.url);
        let answer = client.get(url).bearer_auth(&token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{machine} was acknowledged");
        let body: Value = answer.json().await.unwrap();
        if let Some(beat) = beat {
            assert_eq!(
                body["data"]["attributes"]["lastHeartbeat"], beat,
                "{machine}"
            );
        }
    }
}

async fn log_in(client: &Client, url: &str) -> String {
    let request = client.post(format!("{url}/v1/tokens"));
    let answer = request
        .basic_auth(ADMIN_EMAIL, Some(ADMIN_PASSWORD))
        .send()
        .await
        .expect("the server answers");
    let body: Value = answer.json().await.expect("the server answers");
    body["data"]["attributes"]["token"]
        .as_str()
        .expect("a token")
        .to_owned()
}

/// The id of what was made; nothing when the server was gone.
async fn make(client: &Client, url: &str, token: &str, path: &str, body: Value) -> Option<String> {
    let request = client.post(format!("{url}/v1{path}")).bearer_auth(token);
    let answer = request.body(body.to_string()).send().await.ok()?;
    assert_eq!(answer.status(), 201);
    let body: Value = answer.json().await.ok()?;
    body["data"]["id"].as_str().map(str::to_owned)
}

async fn license(client: &Client, url: &str, token: &str) -> String {
    let product = json!({ "data": { "type": "products", "attributes": { "name": "Editor" } } });
    let product = make(client, url, token, "/products", product)
        .await
        .expect("the server answers");
    let policy = json!({ "data": {
        "type": "policies",
        "attributes": { "name": "Floating", "floating": true, "heartbeatDuration": 86_400 },
        "relationships": { "product": { "data": { "type": "products", "id": product } } },
    } });
    let policy = make(client, url, token, "/policies", policy)
        .await
        .expect("the server answers");
    let license = json!({ "data": {
        "type": "licenses",
        "relationships": { "policy": { "data": { "type": "policies", "id": policy } } },
    } });
    make(client, url, token, "/licenses", license)
        .await
        .expect("the server answers")
}

async fn activate(
    client: &Client,
    url: &str,
    token: &str,
    license: &str,
    fingerprint: &str,
) -> Option<String> {
    let machine = json!({ "data": {
        "type": "machines",
        "attributes": { "fingerprint": fingerprint },
        "relationships": { "license": { "data": { "type": "licenses", "id": license } } },
    } });
    make(client, url, token, "/machines", machine).await
}

/// The heartbeat that was acknowledged; nothing when the server was gone.
async fn ping(client: &Client, url: &str, token: &str, machine: &str) -> Option<String> {
    let request = client.post(format!("{url}/v1/machines/{machine}/actions/ping"));
    let answer = request.bearer_auth(token).send().await.ok()?;
    assert_eq!(answer.status(), 200);
    let body: Value = answer.json().await.ok()?;
    body["data"]["attributes"]["lastHeartbeat"]
        .as_str()
        .map(str::to_owned)
}
