//! Clients of packages as they are, run where they find nothing of whoever runs the tests.

use std::path::Path;
use std::process::{Output, Stdio};

use tokio::process::Command;

/// A program in a directory that it takes for its user's home.
#[expect(
    clippy::disallowed_methods,
    reason = "programs are found where whoever runs the tests finds them"
)]
pub fn program(name: &str, home: &Path) -> Command {
    let mut command = Command::new(name);
    let path = std::env::var_os("PATH").unwrap_or_default();
    command
        .env_clear()
        .env("PATH", path)
        .env("HOME", home)
        .env("LANG", "C.UTF-8")
        .env("NO_PROXY", "127.0.0.1")
        .current_dir(home)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// What a program did.
pub async fn ran(command: &mut Command) -> Output {
    let output = command.output().await;
    output.unwrap_or_else(|error| {
        let program = command
            .as_std()
            .get_program()
            .to_string_lossy()
            .into_owned();
        panic!("{program} runs, which `cargo xtask test` installs: {error}")
    })
}

/// What a program said, wherever it said it.
pub fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(err)
    )
}

/// What a program said that did its work.
pub async fn done(command: &mut Command) -> String {
    let output = ran(command).await;
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    said
}
