//! The parts that conditions of a search are put together from, with `?` for each value.

use keystead_domain::search::{MIN_CHARACTERS, readings};
use sea_orm::sea_query::{Expr, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::dialect::Dialect;

/// A condition, and what its placeholders hold.
#[derive(Debug)]
pub struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub fn new(text: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Self {
        Self {
            text: text.into(),
            values: values.into_iter().collect(),
        }
    }

    /// What no row fulfils.
    pub fn nothing() -> Self {
        Self::new("1 = 0", [])
    }

    /// All of them, or any; none of them is fulfilled by no row.
    pub fn joined(by: &str, parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::new("", []);
        for part in parts {
            if !all.text.is_empty() {
                all.text.push_str(by);
            }
            all.text.push_str(&format!("({})", part.text));
            all.values.extend(part.values);
        }
        if all.text.is_empty() {
            Self::nothing()
        } else {
            all
        }
    }

    /// This query, of rows that are also `other`.
    pub fn and(mut self, other: Self) -> Self {
        self.text.push_str(&format!(" AND ({})", other.text));
        self.values.extend(other.values);
        self
    }

    /// `column IN (this)`.
    pub fn within(self, column: &str) -> Self {
        Self {
            text: format!("{column} IN ({})", self.text),
            values: self.values,
        }
    }

    /// The expression, with the placeholders that the database reads.
    pub fn into_expr(self, dialect: Dialect) -> Expr {
        let text = match dialect {
            Dialect::Sqlite => self.text,
            Dialect::Postgres => {
                let mut text = String::new();
                for (index, part) in self.text.split('?').enumerate() {
                    if index > 0 {
                        text.push_str(&format!("${index}"));
                    }
                    text.push_str(part);
                }
                text
            }
        };
        Expr::cust_with_values(format!("({text})"), self.values)
    }
}

/// Rows whose column has this text as a part, whatever the case of its letters.
///
/// Uses `<table>_search` or `search_<table>`.
pub fn part(dialect: Dialect, table: &str, column: &str, text: &str) -> Sql {
    let found = match dialect {
        Dialect::Postgres => None,
        Dialect::Sqlite => full_text(table, column, text),
    };
    found.unwrap_or_else(|| plain_part(dialect, &format!("{table}.{column}"), text))
}

/// Rows whose id has this text as a part. Uses `<table>_search` or `search_<table>`.
pub fn id_part(dialect: Dialect, table: &str, text: &str) -> Sql {
    let found = match dialect {
        Dialect::Postgres => None,
        Dialect::Sqlite => full_text(table, "id", text),
    };
    found.unwrap_or_else(|| plain_id_part(dialect, &format!("{table}.id"), text))
}

/// [`part`] without a full-text table. PostgreSQL finds an index by itself, where there is one.
pub fn plain_part(dialect: Dialect, column: &str, text: &str) -> Sql {
    match dialect {
        Dialect::Postgres => Sql::new(
            format!("{column} ILIKE ?"),
            [format!("%{}%", escaped(text)).into()],
        ),
        Dialect::Sqlite => Sql::new(
            format!("instr(lower({column}), ?) > 0"),
            [text.to_lowercase().into()],
        ),
    }
}

/// [`id_part`] without a full-text table.
pub fn plain_id_part(dialect: Dialect, column: &str, text: &str) -> Sql {
    match dialect {
        Dialect::Postgres => plain_part(dialect, &format!("{column}::text"), text),
        // Without its dashes an id has other parts, but a part without dashes is one of both.
        Dialect::Sqlite => Sql::new(
            format!("instr(lower(hex({column})), ?) > 0"),
            [text.replace('-', "").to_lowercase().into()],
        ),
    }
}

/// Rows whose id begins with this text; none when no id can. Uses the primary key.
pub fn id_prefix(table: &str, text: &str) -> Option<Sql> {
    let digits: String = text.chars().filter(|letter| *letter != '-').collect();
    let whole = digits.len() <= 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !whole || digits.len() < MIN_CHARACTERS {
        return None;
    }
    let bound = |fill: &str| {
        let rest = fill.repeat(32 - digits.len());
        Uuid::parse_str(&format!("{digits}{rest}")).ok()
    };
    Some(Sql::new(
        format!("{table}.id BETWEEN ? AND ?"),
        [bound("0")?.into(), bound("f")?.into()],
    ))
}

/// Rows that the full-text table finds; none when the text is too short for it.
fn full_text(table: &str, column: &str, text: &str) -> Option<Sql> {
    if text.chars().count() < MIN_CHARACTERS {
        return None;
    }
    let phrase = format!("{column} : \"{}\"", text.replace('"', "\"\""));
    Some(Sql::new(
        format!(
            "{table}.id IN (SELECT search_rows.id FROM search_{table} JOIN search_rows \
             ON search_rows.number = search_{table}.rowid WHERE search_{table} MATCH ?)"
        ),
        [phrase.into()],
    ))
}

/// The text with nothing in it that a pattern could mean.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// Rows whose free data contains this member. Uses `<table>_metadata`.
pub fn member_postgres(table: &str, key: &str, value: &Json) -> Sql {
    let readings = readings(value).into_iter().map(|reading| {
        Sql::new(
            format!("{table}.metadata @> ?"),
            [Value::Json(Some(Box::new(json!({ (key): reading }))))],
        )
    });
    Sql::joined(" OR ", readings)
}

/// Rows whose free data contains this member: those with its longest text, looked at one by one.
///
/// Uses `search_<table>`.
pub fn member_sqlite(table: &str, key: &str, value: &Json) -> Sql {
    let readings = readings(value).into_iter().map(|reading| {
        let contained = contains(&reading, 1);
        let mut values = vec![key.into()];
        values.extend(contained.values);
        let member = Sql {
            text: format!(
                "EXISTS (SELECT 1 FROM json_each({table}.metadata) AS e1 \
                 WHERE e1.key = ? AND {})",
                contained.text
            ),
            values,
        };
        match longest(&reading).and_then(|text| full_text(table, "metadata", &text)) {
            Some(candidates) => candidates.and(member),
            None => member,
        }
    });
    Sql::joined(" OR ", readings)
}

/// Whether the row `e<depth>` of `json_each` contains a value.
fn contains(value: &Json, depth: usize) -> Sql {
    let (this, below) = (format!("e{depth}"), format!("e{}", depth + 1));
    let all = |kind: &str, parts: Vec<Sql>| {
        let mut all = Sql::new(format!("{this}.type = '{kind}'"), []);
        for part in parts {
            all = all.and(part);
        }
        all
    };
    match value {
        Json::Null => Sql::new(format!("{this}.type = 'null'"), []),
        Json::Bool(value) => Sql::new(format!("{this}.type = '{value}'"), []),
        Json::Number(number) => {
            let value: Value = match number.as_i64() {
                Some(whole) => whole.into(),
                None => number.as_f64().unwrap_or(f64::NAN).into(),
            };
            Sql::new(
                format!("({this}.type IN ('integer', 'real') AND {this}.atom = ?)"),
                [value],
            )
        }
        Json::String(text) => Sql::new(
            format!("({this}.type = 'text' AND {this}.atom = ?)"),
            [text.as_str().into()],
        ),
        Json::Array(items) => {
            let parts = items.iter().map(|item| {
                let item = contains(item, depth + 1);
                Sql {
                    text: format!(
                        "EXISTS (SELECT 1 FROM json_each({this}.value) AS {below} WHERE {})",
                        item.text
                    ),
                    values: item.values,
                }
            });
            all("array", parts.collect())
        }
        Json::Object(members) => {
            let parts = members.iter().map(|(key, value)| {
                let value = contains(value, depth + 1);
                let mut values = vec![key.as_str().into()];
                values.extend(value.values);
                Sql {
                    text: format!(
                        "EXISTS (SELECT 1 FROM json_each({this}.value) AS {below} \
                         WHERE {below}.key = ? AND {})",
                        value.text
                    ),
                    values,
                }
            });
            all("object", parts.collect())
        }
    }
}

/// The longest text in a value, as it is written in JSON.
fn longest(value: &Json) -> Option<String> {
    let of = |values: Vec<&Json>| {
        values
            .into_iter()
            .filter_map(longest)
            .max_by_key(String::len)
    };
    match value {
        Json::String(text) => {
            let quoted = json!(text).to_string();
            Some(quoted.trim_matches('"').to_owned())
        }
        Json::Array(items) => of(items.iter().collect()),
        Json::Object(members) => of(members.values().collect()),
        _ => None,
    }
}
