//! Metadata: how much free data a record may carry (identity reference §3.5).

use serde_json::Value;

use crate::refusal::{At, Code, Problem};

/// Bytes of JSON that metadata may take.
pub const MAX_BYTES: usize = 16_384;

/// Keys that metadata may hold, at all depths together.
pub const MAX_KEYS: usize = 64;

/// What is wrong with the size of metadata; how deep it nests is a matter of its document's shape.
pub fn problems(metadata: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut refuse = |detail: String| {
        problems.push(Code::MetadataTooLong.says(detail, At::Attribute("metadata".into())));
    };
    if metadata.to_string().len() > MAX_BYTES {
        refuse(format!("too large (exceeded limit of {MAX_BYTES} bytes)"));
    }
    if keys(metadata) > MAX_KEYS {
        refuse(format!("too many keys (exceeded limit of {MAX_KEYS} keys)"));
    }
    problems
}

fn keys(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.len() + members.values().map(keys).sum::<usize>(),
        Value::Array(items) => items.iter().map(keys).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, json};

    fn details(metadata: &Value) -> Vec<String> {
        problems(metadata)
            .into_iter()
            .map(|p| p.detail.into_owned())
            .collect()
    }

    #[test]
    fn keys_are_counted_at_all_depths() {
        let holding = |count: usize| {
            let members: Map<_, _> = (1..count).map(|n| (format!("k{n}"), json!(n))).collect();
            json!({ "nested": [members] })
        };

        assert_eq!(details(&holding(64)), [""; 0]);
        assert_eq!(
            details(&holding(65)),
            ["too many keys (exceeded limit of 64 keys)"]
        );
    }

    #[test]
    fn bytes_are_counted_as_compact_json() {
        let taking = |bytes: usize| json!({ "k": "x".repeat(bytes - r#"{"k":""}"#.len()) });

        assert_eq!(details(&taking(16_384)), [""; 0]);
        assert_eq!(
            details(&taking(16_385)),
            ["too large (exceeded limit of 16384 bytes)"]
        );
    }
}
