//! The readme's quick start, every line of it, run by a shell.

use std::process::Stdio;

use keystead_testkit::{ADMIN_EMAIL, ADMIN_PASSWORD, World};
use tokio::process::Command;

const README: &str = include_str!("../../../../README.md");

/// The commands between the marker and the end of its block.
fn commands() -> &'static str {
    let (_, rest) = README
        .split_once("<!-- quick-start")
        .expect("the readme has a quick start");
    let (_, rest) = rest
        .split_once("```sh\n")
        .expect("the quick start is a block of commands");
    rest.split_once("```").expect("the block ends").0
}

#[tokio::test]
async fn the_readmes_quick_start_says_what_it_promises() {
    let w = World::start().await;
    let script = commands()
        .replace("http://127.0.0.1:6480", w.base())
        .replace("admin@localhost", ADMIN_EMAIL);

    let run = Command::new("bash")
        .args(["-eu", "-o", "pipefail", "-c", &script])
        .env("PASSWORD", ADMIN_PASSWORD)
        .stdin(Stdio::null())
        .output()
        .await
        .expect("bash runs");

    let said = String::from_utf8_lossy(&run.stdout);
    let lines: Vec<_> = said.lines().collect();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    assert_eq!(
        lines,
        ["NO_MACHINES", "VALID", "ALIVE", "SUSPENDED", "SUSPENDED"]
    );
}
