//! One row copied many times, in statements of a bounded number of rows.

use anyhow::{Result, bail};

use crate::database::Database;

/// Rows of one statement: enough to be fast, few enough to see it move.
const ROWS: u64 = 50_000;
/// Rows from which on indexes are faster made at the end than kept all along.
const MANY: u64 = 200_000;

/// What is copied.
#[derive(Clone, Copy)]
pub struct Copy<'a> {
    /// The table.
    pub table: &'static str,
    /// Its primary key.
    pub key: &'static str,
    /// The row with this key.
    pub template: &'a str,
    /// How often.
    pub count: u64,
}

/// How far a table is.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// So many rows of so many.
    Rows(u64, u64),
    /// So many indexes of so many.
    Indexes(usize, usize),
}

impl<'a> Copy<'a> {
    /// A row with the primary key `id`.
    pub fn new(table: &'static str, template: &'a str, count: u64) -> Self {
        Self {
            table,
            key: "id",
            template,
            count,
        }
    }
}

/// Copies one row `count` times with some columns made anew from `n`.
pub fn copy(
    database: &Database<'_>,
    Copy {
        table,
        key,
        template,
        count,
    }: Copy<'_>,
    anew: &[(&str, String)],
    advance: &mut dyn FnMut(&str, Step),
) -> Result<()> {
    let columns = database.columns(table)?;
    if let Some((missing, _)) = anew
        .iter()
        .find(|(name, _)| !columns.iter().any(|it| it == name))
    {
        bail!("the table {table} has no column {missing}");
    }
    let values: Vec<String> = columns
        .iter()
        .map(
            |column| match anew.iter().find(|(name, _)| name == column) {
                Some((_, expression)) => expression.clone(),
                None => format!("t.{column}"),
            },
        )
        .collect();
    let indexes = match count >= MANY {
        true => database.drop_indexes(table)?,
        false => Vec::new(),
    };
    let mut done = 0;
    while done < count {
        let until = (done + ROWS).min(count);
        let (before, series) = database.series(done + 1..=until);
        database.run(&format!(
            "{before}INSERT INTO {table} ({}) SELECT {} FROM {table} t, {series} \
             WHERE t.{key} = {}",
            columns.join(", "),
            values.join(", "),
            database.id_literal(template)
        ))?;
        done = until;
        advance(table, Step::Rows(done, count));
    }
    for (index, definition) in indexes.iter().enumerate() {
        database.run(definition)?;
        advance(table, Step::Indexes(index + 1, indexes.len()));
    }
    Ok(())
}
