//! The checks of one value against its place: presence, type, constraint.

use serde_json::{Map, Number, Value};
use uuid::Uuid;

use super::Walk;
use crate::casing;
use crate::shape::{Fault, Kind, Member, Node, Range, Step, Text};

/// How many levels of arrays and objects metadata may hold below itself.
const METADATA_DEPTH: usize = 2;

impl Walk {
    pub(super) fn check(&mut self, node: &Node, value: &mut Value) {
        match (&node.kind, value) {
            (_, Value::Null) if node.nullable => {}
            (_, Value::Null) => self.fault("cannot be null"),
            (Kind::Anything, _) => {}
            (Kind::Object(members), Value::Object(sent)) => self.members(members, sent),
            (Kind::Map(values), Value::Object(sent)) => {
                for (key, value) in sent {
                    self.within(Step::Key(key.clone()), |walk| walk.check(values, value));
                }
            }
            (Kind::Metadata, Value::Object(sent)) => self.levels_of_object(sent, 1),
            (Kind::Scalars, Value::Object(sent)) => self.scalars(sent),
            (Kind::Array { items, min, max }, Value::Array(sent)) => {
                for (index, value) in sent.iter_mut().enumerate() {
                    self.within(Step::Item(index), |walk| walk.check(items, value));
                }
                if sent.is_empty() && *min > 0 && max.is_none() {
                    self.fault("cannot be blank");
                } else {
                    self.length(sent.len(), *min, *max);
                }
            }
            (Kind::Text(text), Value::String(sent)) => self.text(text, sent),
            (Kind::Type(words), Value::String(sent)) => {
                let sent = casing::snake(sent);
                if !words.iter().any(|word| casing::snake(word) == sent) {
                    self.fault("is invalid");
                }
            }
            (Kind::Uuid, Value::String(sent)) if is_uuid(sent) => {}
            (Kind::Integer { min, max, range }, Value::Number(sent)) => {
                self.integer(sent, *min, *max, *range);
            }
            // What is not a time was told by the coercion.
            (Kind::Time, Value::String(_) | Value::Number(_)) => {}
            (Kind::Float, Value::Number(_)) | (Kind::Boolean, Value::Bool(_)) => {}
            (kind, value) => {
                let (received, expected) = (name_of(value), kind.name());
                self.fault(format!(
                    "type mismatch (received {received} expected {expected})"
                ));
            }
        }
    }

    fn members(&mut self, members: &[Member], sent: &mut Map<String, Value>) {
        for member in members {
            let step = || Step::Key(member.name.clone());
            match sent.get_mut(&member.name) {
                None if member.required => self.within(step(), |walk| walk.fault("is missing")),
                None => {}
                Some(Value::Null) if !member.required && !member.node.nullable => {
                    sent.shift_remove(&member.name);
                }
                Some(value) => self.within(step(), |walk| walk.check(&member.node, value)),
            }
        }
    }

    fn text(&mut self, text: &Text, sent: &str) {
        if text.min > 0 && sent.trim().is_empty() {
            self.fault("cannot be blank");
        } else if !text.words.is_empty() && !text.words.iter().any(|word| word == sent) {
            self.fault("is invalid");
        } else if text
            .pattern
            .as_ref()
            .is_some_and(|pattern| !pattern.is_match(sent))
        {
            self.fault("format is invalid");
        } else {
            self.length(sent.chars().count(), text.min, text.max);
        }
    }

    fn length(&mut self, length: usize, min: usize, max: Option<usize>) {
        if length >= min && max.is_none_or(|max| length <= max) {
            return;
        }
        let wanted = match max {
            Some(max) if max == min => format!("equal to {max}"),
            Some(max) if min > 0 => format!("between {min} and {max} (inclusive)"),
            Some(max) => format!("less than or equal to {max}"),
            None => format!("greater than or equal to {min}"),
        };
        self.fault(format!("length must be {wanted}"));
    }

    fn integer(&mut self, sent: &Number, min: Option<i64>, max: i64, range: Range) {
        let Some(number) = sent.as_i64() else {
            if is_huge_integer(sent) {
                self.too_large();
            } else {
                self.fault("type mismatch (received float expected integer)");
            }
            return;
        };
        if number > max {
            self.too_large();
        } else if min.is_some_and(|min| number < min) || !range.holds(sent) {
            self.fault("is invalid");
        }
    }

    /// An integer that no column can hold; the contract says where in `meta` alone.
    fn too_large(&mut self) {
        let detail = "integer is too large".to_owned();
        self.faults.push(Fault {
            path: self.path.clone(),
            detail,
            located: self.path.first() == Some(&Step::Key("meta".to_owned())),
        });
    }

    fn levels_of_object(&mut self, sent: &Map<String, Value>, level: usize) {
        for (key, value) in sent {
            self.within(Step::Key(key.clone()), |walk| walk.levels(value, level));
        }
    }

    /// Refuses arrays and objects that lie too deep below metadata.
    fn levels(&mut self, value: &Value, level: usize) {
        match value {
            Value::Array(_) | Value::Object(_) if level > METADATA_DEPTH => {
                self.fault(format!("maximum depth of {METADATA_DEPTH} exceeded"));
            }
            Value::Object(members) => self.levels_of_object(members, level + 1),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.within(Step::Item(index), |walk| walk.levels(item, level + 1));
                }
            }
            _ => {}
        }
    }

    fn scalars(&mut self, sent: &Map<String, Value>) {
        for (key, value) in sent {
            if value.is_object() || value.is_array() {
                self.within(Step::Key(key.clone()), |walk| {
                    walk.fault("unpermitted type (expected object of scalar types)");
                });
            }
        }
    }
}

impl Kind {
    /// What the contract calls a value of this kind.
    fn name(&self) -> &'static str {
        match self {
            Self::Object(_) | Self::Map(_) | Self::Metadata | Self::Scalars => "object",
            Self::Array { .. } => "array",
            Self::Text(_) | Self::Type(_) => "string",
            Self::Uuid => "UUID string",
            Self::Time => "time",
            Self::Integer { .. } => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Anything => "any",
        }
    }
}

impl Range {
    fn holds(self, number: &Number) -> bool {
        let number = number.as_f64().unwrap_or_default();
        self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max)
    }
}

/// What the contract calls a value's type.
pub fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() && !is_huge_integer(number) => "float",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Whether a number is an integer beyond what a signed 64-bit column holds.
fn is_huge_integer(number: &Number) -> bool {
    /// 2⁶³: the parser turns integers beyond 64 bits into floats, which are then whole.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    number.as_i64().is_none()
        && number
            .as_f64()
            .is_some_and(|number| number.abs() >= LIMIT && number.fract() == 0.0)
}

/// Whether a text looks like a UUID: dashes optional, any case, nothing around it.
pub fn is_uuid(text: &str) -> bool {
    matches!(text.len(), 32 | 36) && Uuid::try_parse(text).is_ok()
}
