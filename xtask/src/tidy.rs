//! `cargo xtask tidy`: house rules that no lint knows, with the list of today's sinners.
//!
//! The list, xtask/tidy-allow.toml, only shrinks: an entry that excuses nothing is a fault too.

mod excuses;
mod files;
mod imports;
mod words;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use self::excuses::Excuses;
use crate::workspace;

/// Where Rust sources of ours are.
const SOURCES: &[&str] = &["crates", "migrations", "xtask"];

/// One breach of one rule.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    /// Which rule, as the list of sinners calls it.
    check: &'static str,
    /// From the root of the repository.
    file: String,
    /// Counted from 1; 0 for the file as a whole.
    line: usize,
    /// What is wrong and what to do instead.
    message: String,
    /// How much of the excuse it uses up: usually 1.
    weight: usize,
}

/// A Rust file of ours.
struct Source {
    /// From the root of the repository, with `/`.
    file: String,
    text: String,
}

/// Checks everything and prints every breach that is not excused.
pub fn run() -> Result<()> {
    let sources = sources()?;
    if sources.is_empty() {
        bail!("found no Rust file: tidy looked in the wrong place");
    }
    let mut faults: Vec<Fault> = sources
        .iter()
        .flat_map(|source| files::check(source).into_iter().chain(words::check(source)))
        .collect();
    faults.extend(imports::check()?);

    let left = Excuses::read()?.apply(faults);
    for fault in &left {
        println!(
            "{}:{}: {} [{}]",
            fault.file, fault.line, fault.message, fault.check
        );
    }
    if !left.is_empty() {
        bail!("{} breaches of the house rules", left.len());
    }
    println!("{} files are tidy", sources.len());
    Ok(())
}

fn sources() -> Result<Vec<Source>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for directory in SOURCES {
        files.extend(workspace::files_below(
            &workspace::root().join(directory),
            "rs",
        )?);
    }
    files
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            Ok(Source {
                file: workspace::relative(&path),
                text,
            })
        })
        .collect()
}
