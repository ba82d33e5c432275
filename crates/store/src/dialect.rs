//! Where PostgreSQL and SQLite differ, and nowhere else.

use sea_orm::DbErr;
use sea_orm::sea_query::{ArrayType, Expr, SimpleExpr, Value};
use uuid::Uuid;

use crate::{Error, Result};

/// The database behind a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The production store.
    Postgres,
    /// The embedded default.
    Sqlite,
}

impl Dialect {
    /// The dialect of a database URL.
    ///
    /// # Errors
    /// When the URL starts with neither `postgres://`, `postgresql://` nor `sqlite:`.
    pub fn of(url: &str) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Postgres)
        } else if url.starts_with("sqlite:") {
            Ok(Self::Sqlite)
        } else {
            Err(Error::Failed(DbErr::Custom(
                "a database URL starts with `postgres://` or `sqlite://`".to_owned(),
            )))
        }
    }

    /// The query builder's name for this database.
    pub fn backend(self) -> sea_orm::DbBackend {
        match self {
            Self::Postgres => sea_orm::DbBackend::Postgres,
            Self::Sqlite => sea_orm::DbBackend::Sqlite,
        }
    }

    /// Whether one transaction writes at a time, so that nothing has to be locked.
    pub fn has_one_writer(self) -> bool {
        self == Self::Sqlite
    }

    /// What names a row of any table, for statements that remove some of many.
    pub fn row(self) -> &'static str {
        match self {
            Self::Postgres => "ctid",
            Self::Sqlite => "rowid",
        }
    }

    /// The tables that have a column `account_id` (`child`), with each table that they refer to
    /// (`parent`), or null.
    pub fn tables_with_account(self) -> &'static str {
        match self {
            Self::Postgres => {
                "SELECT c.table_name::text AS child, p.relname::text AS parent \
                 FROM information_schema.columns c \
                 LEFT JOIN pg_constraint k ON k.contype = 'f' \
                 AND k.conrelid = format('%I.%I', c.table_schema, c.table_name)::regclass \
                 LEFT JOIN pg_class p ON p.oid = k.confrelid \
                 WHERE c.column_name = 'account_id' AND c.table_schema = current_schema()"
            }
            Self::Sqlite => {
                "SELECT m.name AS child, k.\"table\" AS parent FROM sqlite_master m \
                 JOIN pragma_table_info(m.name) c ON c.name = 'account_id' \
                 LEFT JOIN pragma_foreign_key_list(m.name) k ON true WHERE m.type = 'table'"
            }
        }
    }

    /// The clause that locks the rows of `table` read in a transaction until it ends.
    /// SQLite needs none: its writer is alone from the start.
    pub fn for_update(self, table: &str) -> String {
        match self {
            Self::Postgres => format!(" FOR UPDATE OF {table}"),
            Self::Sqlite => String::new(),
        }
    }

    /// Like [`for_update`](Self::for_update), for rows that keep their keys: who refers to them
    /// need not wait.
    pub fn for_no_key_update(self) -> &'static str {
        match self {
            Self::Postgres => " FOR NO KEY UPDATE",
            Self::Sqlite => "",
        }
    }

    /// Like [`for_update`](Self::for_update), leaving out rows that another replica has locked.
    pub fn for_update_skip_locked(self, table: &str) -> String {
        match self {
            Self::Postgres => format!(" FOR UPDATE OF {table} SKIP LOCKED"),
            Self::Sqlite => String::new(),
        }
    }

    /// Whether a `WITH` may write, so that several writes share one round trip.
    pub fn writes_within_with(self) -> bool {
        self == Self::Postgres
    }

    /// A time as seconds since 1970, with fractions: what windows are added to.
    pub fn epoch(self, time: &str) -> String {
        match self {
            Self::Postgres => format!("extract(epoch FROM {time})"),
            Self::Sqlite => format!("unixepoch({time}, 'subsec')"),
        }
    }

    /// An id as people write it: in lower case, with dashes.
    pub fn id_text(self, id: &str) -> String {
        match self {
            Self::Postgres => format!("{id}::text"),
            Self::Sqlite => {
                let part = |from: u8, length: u8| format!("substr(hex({id}), {from}, {length})");
                let parts = [
                    part(1, 8),
                    part(9, 4),
                    part(13, 4),
                    part(17, 4),
                    part(21, 12),
                ];
                format!("lower({})", parts.join(" || '-' || "))
            }
        }
    }

    /// Whether the JSON object in a column contains another: its members, whatever else is there.
    /// PostgreSQL has an index for it.
    pub fn contains(self, column: &str, wanted: &serde_json::Value) -> SimpleExpr {
        match self {
            Self::Postgres => {
                Expr::cust_with_values(format!("{column} @> $1"), [Value::from(wanted.clone())])
            }
            Self::Sqlite => {
                let mut values = Vec::new();
                let sql = sqlite_contains(column, wanted, 0, &mut values);
                Expr::cust_with_values(sql, values)
            }
        }
    }

    /// Whether a text holds another, in the same case. `LIKE` would not do: it knows wildcards,
    /// and on SQLite no case.
    pub fn holds(self, text: &str, part: &str) -> SimpleExpr {
        self.found(text, part, "> 0")
    }

    /// Whether a text starts with another, in the same case.
    pub fn starts_with(self, text: &str, part: &str) -> SimpleExpr {
        self.found(text, part, "= 1")
    }

    fn found(self, text: &str, part: &str, place: &str) -> SimpleExpr {
        let sql = match self {
            Self::Postgres => format!("strpos({text}, $1::text) {place}"),
            Self::Sqlite => format!("instr({text}, ?) {place}"),
        };
        Expr::cust_with_values(sql, [Value::from(part)])
    }

    /// Whether a member of a JSON object is this text, or prints as it: `1`, `true`, `null`.
    pub fn member_is(self, object: &str, key: &str, text: &str) -> SimpleExpr {
        let values = |count| {
            std::iter::repeat_n(key, count)
                .chain([text])
                .map(Value::from)
        };
        match self {
            Self::Postgres => Expr::cust_with_values(
                format!(
                    "coalesce({object} ->> $1::text, CASE WHEN \
                     jsonb_typeof({object} -> $2::text) = 'null' THEN 'null' END) = $3"
                ),
                values(2),
            ),
            Self::Sqlite => Expr::cust_with_values(
                format!(
                    "CASE json_type({object}, '$.\"' || ? || '\"') \
                     WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'null' THEN 'null' \
                     ELSE CAST({object} ->> ? AS text) END = ?"
                ),
                values(2),
            ),
        }
    }
}

/// Whether JSON contains other JSON, in SQLite: every member of an object, every item of an array
/// somewhere, and scalars of the same type and value. `depth` tells the nested tables apart.
fn sqlite_contains(
    json: &str,
    wanted: &serde_json::Value,
    depth: usize,
    values: &mut Vec<Value>,
) -> String {
    use serde_json::Value as Json;
    let table = format!("j{depth}");
    let inner = format!("CASE WHEN {table}.type IN ('object', 'array') THEN {table}.value END");
    let found = |item: &Json, values: &mut Vec<Value>| match item {
        Json::Null => format!("{table}.type = 'null'"),
        Json::Bool(fact) => format!("{table}.type = '{fact}'"),
        Json::Number(number) => {
            values.push(match number.as_i64() {
                Some(whole) => whole.into(),
                None => number.as_f64().into(),
            });
            format!("{table}.type IN ('integer', 'real') AND {table}.value = ?")
        }
        Json::String(text) => {
            values.push(text.as_str().into());
            format!("{table}.type = 'text' AND {table}.value = ?")
        }
        Json::Array(_) | Json::Object(_) => {
            let kind = if item.is_array() { "array" } else { "object" };
            let within = sqlite_contains(&inner, item, depth + 1, values);
            format!("{table}.type = '{kind}' AND {within}")
        }
    };
    let exists = |key: &str, found: String| {
        format!("EXISTS (SELECT 1 FROM json_each({json}) AS {table} WHERE {key}{found})")
    };
    let all: Vec<_> = match wanted {
        Json::Object(members) => members
            .iter()
            .map(|(key, item)| {
                values.push(key.as_str().into());
                exists(&format!("{table}.key = ? AND "), found(item, values))
            })
            .collect(),
        Json::Array(items) => items
            .iter()
            .map(|item| exists("", found(item, values)))
            .collect(),
        _ => Vec::new(),
    };
    match all.is_empty() {
        true => "1 = 1".to_owned(),
        false => format!("({})", all.join(" AND ")),
    }
}

/// One column of a table made of a statement's own values.
#[derive(Clone, Debug)]
pub enum Column {
    /// UUIDs.
    Uuids(Vec<Uuid>),
    /// Byte strings of any length.
    Bytes(Vec<Vec<u8>>),
    /// Texts.
    Texts(Vec<String>),
    /// UUIDs or null.
    MaybeUuids(Vec<Option<Uuid>>),
    /// Texts or null; an empty text is null.
    MaybeTexts(Vec<Option<String>>),
    /// JSON documents or null.
    MaybeJson(Vec<Option<serde_json::Value>>),
    /// Times, UTC.
    Times(Vec<chrono::DateTime<chrono::Utc>>),
    /// Times or null.
    MaybeTimes(Vec<Option<chrono::DateTime<chrono::Utc>>>),
    /// 64-bit integers.
    Ints(Vec<i64>),
}

/// A table made of values: many rows in one statement, whatever their number, with one prepared
/// form on either database.
///
/// Call [`Rows::sql`] for the `FROM` item and [`Rows::values`] for what its placeholders hold.
#[derive(Clone, Debug)]
pub struct Rows {
    alias: &'static str,
    columns: Vec<(&'static str, Column)>,
}

impl Rows {
    /// A table called `alias`; every column has the same number of rows.
    pub fn new(alias: &'static str, columns: Vec<(&'static str, Column)>) -> Self {
        debug_assert!(
            columns
                .windows(2)
                .all(|pair| pair[0].1.len() == pair[1].1.len())
        );
        Self { alias, columns }
    }

    /// How many rows it has.
    pub(crate) fn count(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// The `FROM` item; its placeholders start at `$first`.
    pub fn sql(&self, dialect: Dialect, first: usize) -> String {
        match dialect {
            Dialect::Postgres => {
                let arrays: Vec<_> = self
                    .columns
                    .iter()
                    .enumerate()
                    // In a sub-select the planner can't see how long an array is. If it could, it
                    // would think a plan for this very length cheaper than the prepared one, and
                    // plan anew each time: several times what the statement itself costs.
                    .map(|(i, (_, column))| {
                        format!("(SELECT ${}::{}[])", first + i, column.postgres_type())
                    })
                    .collect();
                let fields: Vec<_> = self
                    .columns
                    .iter()
                    .map(|(name, column)| column.postgres_field(name))
                    .collect();
                let names: Vec<_> = self.columns.iter().map(|(name, _)| *name).collect();
                format!(
                    "(SELECT {} FROM unnest({}) AS sent({})) AS {}",
                    fields.join(", "),
                    arrays.join(", "),
                    names.join(", "),
                    self.alias
                )
            }
            Dialect::Sqlite => {
                let fields: Vec<_> = self
                    .columns
                    .iter()
                    .enumerate()
                    .map(|(i, (name, column))| column.sqlite_field(i, name))
                    .collect();
                format!(
                    "(SELECT {} FROM json_each(${first})) AS {}",
                    fields.join(", "),
                    self.alias
                )
            }
        }
    }

    /// What the placeholders of [`Rows::sql`] hold, in order.
    pub fn values(self, dialect: Dialect) -> Vec<Value> {
        match dialect {
            Dialect::Postgres => self
                .columns
                .into_iter()
                .map(|(_, column)| column.into_array())
                .collect(),
            Dialect::Sqlite => {
                let rows = self.count();
                let json: Vec<Vec<serde_json::Value>> = (0..rows)
                    .map(|row| {
                        self.columns
                            .iter()
                            .map(|(_, column)| column.to_json(row))
                            .collect()
                    })
                    .collect();
                vec![Value::from(serde_json::json!(json).to_string())]
            }
        }
    }

    /// How many placeholders [`Rows::sql`] takes.
    pub fn width(&self, dialect: Dialect) -> usize {
        match dialect {
            Dialect::Postgres => self.columns.len(),
            Dialect::Sqlite => 1,
        }
    }
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Uuids(values) => values.len(),
            Self::Bytes(values) => values.len(),
            Self::Texts(values) => values.len(),
            Self::MaybeUuids(values) => values.len(),
            Self::MaybeTexts(values) => values.len(),
            Self::MaybeJson(values) => values.len(),
            Self::Times(values) => values.len(),
            Self::MaybeTimes(values) => values.len(),
            Self::Ints(values) => values.len(),
        }
    }

    fn postgres_type(&self) -> &'static str {
        match self {
            Self::Uuids(_) => "uuid",
            Self::Bytes(_) => "bytea",
            Self::Texts(_)
            | Self::MaybeUuids(_)
            | Self::MaybeTexts(_)
            | Self::MaybeJson(_)
            | Self::MaybeTimes(_) => "text",
            Self::Times(_) => "timestamptz",
            Self::Ints(_) => "bigint",
        }
    }

    fn into_array(self) -> Value {
        fn array<T: Into<Value>>(kind: ArrayType, values: Vec<T>) -> Value {
            Value::Array(
                kind,
                Some(Box::new(values.into_iter().map(Into::into).collect())),
            )
        }
        fn texts<T>(values: Vec<Option<T>>, print: impl Fn(T) -> String) -> Value {
            let texts = values
                .into_iter()
                .map(|value| value.map(&print).unwrap_or_default());
            array(ArrayType::String, texts.collect::<Vec<_>>())
        }
        match self {
            Self::Uuids(values) => array(ArrayType::Uuid, values),
            Self::Bytes(values) => array(ArrayType::Bytes, values),
            Self::Texts(values) => array(ArrayType::String, values),
            Self::Times(values) => array(ArrayType::ChronoDateTimeUtc, values),
            Self::MaybeTimes(values) => texts(values, time_text),
            Self::MaybeUuids(values) => texts(values, |id| id.to_string()),
            Self::MaybeTexts(values) => texts(values, |text| text),
            Self::MaybeJson(values) => texts(values, |json| json.to_string()),
            Self::Ints(values) => array(ArrayType::BigInt, values),
        }
    }

    /// The driver's arrays hold no nulls: what is missing travels as an empty text.
    fn postgres_field(&self, name: &str) -> String {
        let kind = match self {
            Self::MaybeTimes(_) => "timestamptz",
            Self::MaybeUuids(_) => "uuid",
            Self::MaybeTexts(_) => "text",
            Self::MaybeJson(_) => "jsonb",
            _ => return name.to_owned(),
        };
        format!("CAST(NULLIF({name}, '') AS {kind}) AS {name}")
    }

    fn sqlite_field(&self, index: usize, name: &str) -> String {
        match self {
            Self::Uuids(_) | Self::MaybeUuids(_) | Self::Bytes(_) => {
                format!("unhex(value ->> {index}) AS {name}")
            }
            _ => format!("value ->> {index} AS {name}"),
        }
    }

    fn to_json(&self, row: usize) -> serde_json::Value {
        match self {
            Self::Uuids(values) => values[row].simple().to_string().into(),
            Self::Bytes(values) => values[row]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
                .into(),
            Self::Texts(values) => values[row].clone().into(),
            Self::MaybeUuids(values) => values[row].map(|id| id.simple().to_string()).into(),
            Self::MaybeTexts(values) => values[row].clone().into(),
            Self::MaybeJson(values) => values[row].as_ref().map(ToString::to_string).into(),
            Self::Times(values) => time_text(values[row]).into(),
            Self::MaybeTimes(values) => values[row].map(time_text).into(),
            Self::Ints(values) => values[row].into(),
        }
    }
}

/// The text that the SQLite driver writes for a time; it sorts as the times do, because `+`
/// comes before `.`, which comes before the digits. PostgreSQL reads it too.
fn time_text(time: chrono::DateTime<chrono::Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false)
}
