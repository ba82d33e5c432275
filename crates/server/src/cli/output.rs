//! Writing to standard output and error; a reader that went away is no fault of ours.

use std::io::{self, Write};

use serde::Serialize;

/// Writes one line.
pub fn line(text: &str) -> io::Result<()> {
    write(&format!("{text}\n"))
}

/// Writes a text that ends its lines itself.
pub fn text(text: &str) -> io::Result<()> {
    write(text)
}

/// Writes a value as one line of JSON.
pub fn json(value: &impl Serialize) -> io::Result<()> {
    line(&serde_json::to_string(value)?)
}

/// Writes a table with its columns lined up, two spaces apart.
pub fn table(rows: &[Vec<String>]) -> io::Result<()> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows {
        let mut text = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            text.push_str(&format!("{cell:width$}  "));
        }
        line(text.trim_end())?;
    }
    Ok(())
}

/// Says on standard error why a command failed, with what led to it.
pub fn error(error: &anyhow::Error) {
    // Where standard error is closed, nobody is there to hear.
    let _ = writeln!(io::stderr().lock(), "error: {}", chain(error));
}

/// An error with its causes, outermost first; one that its successor repeats is said once.
fn chain(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if said.is_empty() {
            said = cause;
        } else if !said.contains(&cause) {
            said.push_str(": ");
            said.push_str(&cause);
        }
    }
    said
}

fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_tells_its_causes_once_each() {
        let inner = anyhow::anyhow!("no such file");
        let wrapped = inner
            .context("can't read: no such file")
            .context("can't start");

        assert_eq!(chain(&wrapped), "can't start: can't read: no such file");
    }
}
