//! Finding the tools the chores need, and installing the ones that are missing.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::program;

const MOMENT: Duration = Duration::from_secs(20);

/// A package under its names at the package managers we know.
pub struct Package {
    /// Debian and its kin.
    pub apt: &'static [&'static str],
    /// Homebrew, on macOS.
    pub brew: &'static [&'static str],
}

/// Makes sure of `cargo NAME`, building the pinned version where cargo has none.
pub fn cargo_subcommand(name: &str, version: &str) -> Result<()> {
    if program::succeeds(program::cargo().args([name, "--version"]), MOMENT) {
        return Ok(());
    }
    let package = format!("cargo-{name}@{version}");
    println!("installing {package}");
    // Built without optimisation: these tools wait for others, and this is minutes faster.
    program::run(program::cargo().args(["install", "--locked", "--quiet", "--debug", &package]))
}

/// Finds the program, installing its package when it's nowhere.
/// Errors name what a person has to install where we can't.
pub fn find_or_install(name: &str, elsewhere: &[PathBuf], package: &Package) -> Result<PathBuf> {
    if let Some(found) = program::find(name, elsewhere) {
        return Ok(found);
    }
    install(name, package)?;
    program::find(name, elsewhere)
        .with_context(|| format!("installed the package of `{name}`, but still can't find it"))
}

/// Installs the package with whatever package manager is here.
pub fn install(what: &str, package: &Package) -> Result<()> {
    println!("installing what provides `{what}`");
    if program::find("apt-get", &[]).is_some() {
        return apt_install(what, package.apt);
    }
    if program::find("brew", &[]).is_some() {
        return program::run(program::program("brew").arg("install").args(package.brew));
    }
    bail!(
        "`{what}` is missing: install it (Debian calls it {}, Homebrew {}) and run this again",
        package.apt.join(" "),
        package.brew.join(" ")
    )
}

fn apt_install(what: &str, packages: &[&str]) -> Result<()> {
    static FRESH_LISTS: OnceLock<()> = OnceLock::new();

    if !may_be_root() {
        bail!(
            "`{what}` is missing and this user can't install it: run `sudo apt-get install {}` and try again",
            packages.join(" ")
        );
    }
    if FRESH_LISTS.set(()).is_ok() {
        program::quiet(as_root("apt-get").args(["update", "--quiet"]))?;
    }
    program::quiet(
        as_root("apt-get")
            .args(["install", "--yes", "--quiet", "--no-install-recommends"])
            .args(packages),
    )
}

fn may_be_root() -> bool {
    is_root()
        || program::succeeds(program::program("sudo").args(["-n", "true"]), MOMENT)
        || (std::io::stdin().is_terminal() && program::find("sudo", &[]).is_some())
}

/// A command with the rights to install packages; `sudo` asks for its password on the terminal.
fn as_root(name: &str) -> Command {
    let mut command = if is_root() {
        program::program("env")
    } else {
        let mut command = program::program("sudo");
        command.arg("env");
        command
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", name]);
    command
}

/// Whether we run as the superuser.
pub fn is_root() -> bool {
    user_id(None).is_some_and(|id| id == 0)
}

/// The numeric id of the named user, or of whoever runs us.
pub fn user_id(name: Option<&str>) -> Option<u32> {
    number_from_id("-u", name)
}

/// The numeric id of the named user's first group.
pub fn group_id(name: &str) -> Option<u32> {
    number_from_id("-g", Some(name))
}

fn number_from_id(flag: &str, name: Option<&str>) -> Option<u32> {
    let output = program::program("id").arg(flag).args(name).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
