//! Texts and numbers that stand for something else: times everywhere, and in query strings
//! integers, floats and booleans.

use serde_json::{Number, Value};

use super::{Source, Walk};
use crate::fields::time::{self, Reading};
use crate::shape::{Kind, Node, Step};

/// Texts that mean false where a boolean is wanted; every other text means true.
const FALSE: &[&str] = &["0", "f", "F", "false", "FALSE", "off", "OFF"];

impl Walk {
    pub(super) fn coerce(&mut self, node: &Node, value: &mut Value) {
        match (&node.kind, &mut *value) {
            (Kind::Object(members), Value::Object(sent)) => {
                for member in members {
                    if let Some(value) = sent.get_mut(&member.name) {
                        let step = Step::Key(member.name.clone());
                        self.within(step, |walk| walk.coerce(&member.node, value));
                    }
                }
            }
            (Kind::Array { items, .. }, Value::Array(sent)) => {
                for (index, value) in sent.iter_mut().enumerate() {
                    self.within(Step::Item(index), |walk| walk.coerce(items, value));
                }
            }
            (Kind::Time, _) => match time::read(value) {
                Reading::Blank => *value = Value::Null,
                Reading::Unreadable(received) => {
                    self.fault(format!("failed to coerce {received} to time"));
                }
                Reading::Time(_) | Reading::OtherType => {}
            },
            (kind, Value::String(text)) if self.source == Source::Query => {
                match from_text(kind, text) {
                    Ok(Some(read)) => *value = read,
                    Ok(None) => {}
                    Err(wanted) => self.fault(format!("failed to coerce string to {wanted}")),
                }
            }
            _ => {}
        }
    }
}

/// What a query's text is as `kind`: nothing if it may stay text.
fn from_text(kind: &Kind, text: &str) -> Result<Option<Value>, &'static str> {
    Ok(Some(match kind {
        _ if text.is_empty() => Value::Null,
        Kind::Boolean => Value::Bool(!FALSE.contains(&text)),
        Kind::Integer { .. } => Value::from(text.trim().parse::<i64>().map_err(|_| "integer")?),
        Kind::Float => text
            .trim()
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .ok_or("float")?
            .into(),
        _ => return Ok(None),
    }))
}
