//! Documents made up from a shape, to prove that a type reads what its schema promises.

use serde_json::{Map, Value, json};

use super::{Kind, Node, Shape};

impl Shape {
    /// A document without faults: with every declared key, or only with the required ones.
    pub fn sample(&self, every_key: bool) -> Value {
        sample(&self.root, every_key)
    }
}

fn sample(node: &Node, every_key: bool) -> Value {
    match &node.kind {
        Kind::Object(members) => Value::Object(
            members
                .iter()
                .filter(|member| every_key || member.required)
                .map(|member| (member.name.clone(), sample(&member.node, every_key)))
                .collect(),
        ),
        Kind::Map(_) | Kind::Metadata | Kind::Scalars => Value::Object(Map::new()),
        Kind::Array { items, min, .. } => {
            let length = if every_key { (*min).max(1) } else { *min };
            vec![sample(items, every_key); length].into()
        }
        Kind::Text(text) => {
            let any = || "x".repeat(text.min.max(1));
            text.example
                .as_ref()
                .or(text.words.first())
                .cloned()
                .unwrap_or_else(any)
                .into()
        }
        Kind::Type(words) => words.first().cloned().into(),
        Kind::Uuid => json!("00000000-0000-0000-0000-000000000000"),
        Kind::Time => json!("2026-01-31T09:15:27.123Z"),
        Kind::Integer { range, .. } => {
            json!(range.min.or(range.max).unwrap_or_default() as i64)
        }
        Kind::Float => json!(1.5),
        Kind::Boolean => json!(true),
        Kind::Anything => Value::Null,
    }
}
