//! Tools that come from PyPI, in a virtual environment under target/.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::tools::{self, Package};
use crate::{program, workspace};

const PYTHON: Package = Package {
    apt: &["python3", "python3-venv"],
    brew: &["python"],
};

/// A virtual environment with exactly these packages installed by name and version.
pub struct Environment {
    directory: PathBuf,
}

impl Environment {
    /// Makes the environment, or takes the one made before from the same requirements.
    pub fn with(name: &str, requirements: &[&str]) -> Result<Self> {
        let directory = workspace::target().join("python").join(name);
        let made_of = directory.join("requirements.txt");
        let wanted = requirements.join("\n");
        if fs::read_to_string(&made_of).is_ok_and(|made| made == wanted) {
            return Ok(Self { directory });
        }

        println!("installing {}", requirements.join(", "));
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        if !make(&directory) {
            tools::install("python3 -m venv", &PYTHON)?;
            program::quiet(
                program::program("python3")
                    .args(["-m", "venv"])
                    .arg(&directory),
            )?;
        }
        let environment = Self { directory };
        program::quiet(
            environment
                .program("python")
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                ])
                .args(requirements),
        )?;
        // Written last: an installation that broke off is started over.
        fs::write(made_of, wanted)?;
        Ok(environment)
    }

    /// A program of this environment.
    pub fn program(&self, name: &str) -> Command {
        program::program(self.path(name))
    }

    /// Where a program of this environment is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join("bin").join(name)
    }
}

fn make(directory: &PathBuf) -> bool {
    program::succeeds(
        program::program("python3")
            .args(["-m", "venv"])
            .arg(directory),
        Duration::from_secs(120),
    )
}
