//! Whether docker-compose.yml is a valid Compose file, and every service in it is locked down.

use anyhow::Result;

use crate::program;
use crate::python::Environment;

const REQUIREMENTS: &[&str] = &["compose-spec==0.2.1", "PyYAML==6.0.3"];

/// Asks a parser of the Compose specification; no container engine is needed.
pub fn check() -> Result<()> {
    let environment = Environment::with("compose", REQUIREMENTS)?;
    program::run(
        environment
            .program("python")
            .args(["xtask/python/compose.py", "docker-compose.yml"]),
    )
}
