//! A bar for each table.

use std::cell::RefCell;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::copy::Step;

/// The bars so far, each with its table.
pub struct Bars {
    all: MultiProgress,
    tables: RefCell<Vec<(String, ProgressBar)>>,
}

impl Bars {
    /// No bar yet: one appears with the first step of its table.
    pub fn new() -> Self {
        Self {
            all: MultiProgress::new(),
            tables: RefCell::default(),
        }
    }

    /// Moves the bar of a table.
    pub fn advance(&self, table: &str, step: Step) {
        let mut tables = self.tables.borrow_mut();
        let known = tables.iter().position(|(name, _)| name == table);
        let at = known.unwrap_or_else(|| {
            let bar = self.all.add(ProgressBar::new(0).with_style(style()));
            tables.push((table.to_owned(), bar.with_prefix(table.to_owned())));
            tables.len() - 1
        });
        let (_, bar) = &tables[at];
        match step {
            Step::Rows(done, of) => {
                bar.set_length(of);
                bar.set_position(done);
            }
            Step::Indexes(done, of) => bar.set_message(format!("index {done} of {of}")),
        }
    }

    /// Leaves the bars as they are.
    pub fn finish(&self) {
        for (_, bar) in self.tables.borrow().iter() {
            bar.abandon();
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template(
        "{prefix:>10} {bar:40} {human_pos} of {human_len}, {per_sec}, {elapsed} {msg}",
    )
    .unwrap_or_else(|_| ProgressStyle::default_bar())
}
