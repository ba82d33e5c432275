//! Rows read by position. A hot path reads a hundred columns for each answer, and finding one by
//! its name costs more than its value.

use std::sync::Arc;

use sea_orm::{ConnectionTrait, DbErr, QueryResult, RuntimeErr, TryGetable};
use sqlx::{Row, ValueRef};

use crate::dialect::Rows;
use crate::{Db, Result};

/// Reads a row's cells one after the other.
pub(crate) struct Cells<'r> {
    row: &'r QueryResult,
    next: usize,
}

impl<'r> Cells<'r> {
    /// From the first cell on.
    pub fn of(row: &'r QueryResult) -> Self {
        Self { row, next: 0 }
    }

    /// The next cell, which is not null.
    ///
    /// # Errors
    /// When it is null, or not of this type.
    pub fn one<T: TryGetable>(&mut self) -> Result<T, DbErr> {
        let index = self.next;
        self.next += 1;
        self.row.try_get_by_index(index)
    }

    /// The next cell, which may be null.
    ///
    /// # Errors
    /// When it is not of this type.
    pub fn maybe<T: TryGetable>(&mut self) -> Result<Option<T>, DbErr> {
        // The value's own reader would write an error for every null.
        if self.is_null()? {
            self.next += 1;
            return Ok(None);
        }
        self.one().map(Some)
    }

    /// What a table has in this row, or none when a left join found nothing: its first column is
    /// a key.
    ///
    /// # Errors
    /// When a cell is not of its column's type.
    pub fn joined<T: Listed>(&mut self) -> Result<Option<T>, DbErr> {
        if self.is_null()? {
            self.next += T::COLUMNS;
            return Ok(None);
        }
        T::read(self).map(Some)
    }

    fn is_null(&self) -> Result<bool, DbErr> {
        let broken = |error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)));
        let index = self.next;
        if let Some(row) = self.row.try_as_pg_row() {
            return Ok(row.try_get_raw(index).map_err(broken)?.is_null());
        }
        match self.row.try_as_sqlite_row() {
            Some(row) => Ok(row.try_get_raw(index).map_err(broken)?.is_null()),
            None => Ok(false),
        }
    }
}

/// Sends the statement of a batch and answers one value per call, in order. Each row ends with the
/// number of the call it answers; `read` reads what stands before.
///
/// # Errors
/// When the database fails, or a cell is not of its column's type.
pub(crate) async fn answers<T: Clone>(
    db: &Db,
    sql: &str,
    rows: Rows,
    read: impl Fn(&mut Cells<'_>) -> Result<T, DbErr>,
) -> Result<Vec<Option<T>>> {
    let mut answers = vec![None; rows.count()];
    let statement = db.statement(sql, rows.values(db.dialect()));
    for row in db.query_all_raw(statement).await? {
        let mut cells = Cells::of(&row);
        let answer = read(&mut cells)?;
        put(&mut answers, cells.one()?, answer);
    }
    Ok(answers)
}

/// Files an answer under the call's number.
pub(crate) fn put<T>(answers: &mut [Option<T>], n: i64, answer: T) {
    if let Some(slot) = usize::try_from(n).ok().and_then(|n| answers.get_mut(n)) {
        *slot = Some(answer);
    }
}

/// What is read by position: its select list and its reader come from one list.
pub(crate) trait Listed: Sized {
    /// How many columns it takes.
    const COLUMNS: usize;

    /// The select list: each column under its field's name, with a prefix.
    fn list() -> String;

    /// Reads the columns of [`Listed::list`].
    ///
    /// # Errors
    /// When a cell is not of its column's type.
    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr>;
}

/// Implements [`Listed`]. Each field says whether it is `one` value or `maybe` null; its column is
/// the one of its name in the named table, or what is said.
macro_rules! listed {
    ($type:ty as $prefix:literal of $table:literal { $($field:ident: $how:ident),* $(,)? }) => {
        $crate::cells::listed!($type as $prefix {
            $($field: $how = concat!($table, ".", stringify!($field))),*
        });
    };
    ($type:ty as $prefix:literal { $($field:ident: $how:ident = $column:expr),* $(,)? }) => {
        impl $crate::cells::Listed for $type {
            const COLUMNS: usize = [$(stringify!($field)),*].len();

            fn list() -> String {
                static LIST: std::sync::OnceLock<String> = std::sync::OnceLock::new();
                LIST.get_or_init(|| {
                    [$(($column, stringify!($field))),*]
                        .map(|(column, field)| format!("{column} AS {}{field}", $prefix))
                        .join(", ")
                })
                .clone()
            }

            fn read(cells: &mut $crate::cells::Cells<'_>) -> Result<Self, sea_orm::DbErr> {
                Ok(Self { $($field: cells.$how()?),* })
            }
        }
    };
}
pub(crate) use listed;
