//! Metadata: how much of its own a client may hang on a record (identity reference §3.5).
//!
//! The spelling of keys and the two levels of nesting are settled where requests are read.

use serde_json::{Map, Value};

use crate::refusal::{At, Code, Problem};

/// The most bytes of compact JSON.
pub const MAX_BYTES: usize = 16_384;
/// The most keys, at all depths together.
pub const MAX_KEYS: usize = 64;
/// The most containers inside one another, the outermost included.
pub const MAX_DEPTH: usize = 4;

/// What is wrong with the metadata: the first of size, number of keys and depth.
pub fn check(metadata: &Map<String, Value>) -> Option<Problem> {
    let at = || At::Attribute("metadata".into());
    let bytes = serde_json::to_vec(metadata).map_or(usize::MAX, |json| json.len());
    if bytes > MAX_BYTES {
        return Some(Code::MetadataTooLong.at(at()));
    }
    let measure = Measure::of_object(metadata);
    if measure.keys > MAX_KEYS {
        let detail = format!("too many keys (exceeded limit of {MAX_KEYS} keys)");
        return Some(Code::MetadataTooLong.says(detail, at()));
    }
    if measure.depth > MAX_DEPTH {
        let detail = format!("too many items (exceeded limit of {MAX_DEPTH} items)");
        return Some(Code::MetadataTooLong.says(detail, at()));
    }
    None
}

#[derive(Clone, Copy, Default)]
struct Measure {
    keys: usize,
    depth: usize,
}

impl Measure {
    fn of(value: &Value) -> Self {
        match value {
            Value::Object(object) => Self::of_object(object),
            Value::Array(items) => Self::around(0, items),
            _ => Self::default(),
        }
    }

    fn of_object(object: &Map<String, Value>) -> Self {
        Self::around(object.len(), object.values())
    }

    fn around<'a>(keys: usize, values: impl IntoIterator<Item = &'a Value>) -> Self {
        let inside = values
            .into_iter()
            .map(Self::of)
            .fold(Self::default(), |sum, one| Self {
                keys: sum.keys + one.keys,
                depth: sum.depth.max(one.depth),
            });
        Self {
            keys: keys + inside.keys,
            depth: 1 + inside.depth,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(metadata: &Value) -> Option<String> {
        let problem = check(metadata.as_object().unwrap())?;
        assert_eq!(problem.code, Some(Code::MetadataTooLong));
        assert_eq!(problem.at, At::Attribute("metadata".into()));
        Some(problem.detail.into_owned())
    }

    fn keys(count: usize) -> Value {
        (0..count)
            .map(|key| (format!("k{key}"), json!(key)))
            .collect::<Map<_, _>>()
            .into()
    }

    #[test]
    fn size_is_counted_in_bytes_of_compact_json() {
        // Seven bytes around the text.
        let fits = json!({"a": "x".repeat(MAX_BYTES - 8)});
        let exceeds = json!({"a": "x".repeat(MAX_BYTES - 7)});

        assert_eq!(serde_json::to_vec(&fits).unwrap().len(), MAX_BYTES);
        assert_eq!(told(&fits), None);
        assert_eq!(
            told(&exceeds),
            Some("too large (exceeded limit of 16384 bytes)".into())
        );
    }

    #[test]
    fn keys_are_counted_at_every_depth() {
        assert_eq!(told(&json!({})), None);
        assert_eq!(told(&keys(64)), None);
        assert_eq!(
            told(&keys(65)),
            Some("too many keys (exceeded limit of 64 keys)".into())
        );
        assert_eq!(told(&json!({"in": keys(63)})), None);
        assert_eq!(
            told(&json!({"in": [keys(63), {"one": "more"}]})),
            Some("too many keys (exceeded limit of 64 keys)".into())
        );
    }

    #[test]
    fn containers_lie_inside_one_another_up_to_a_depth() {
        assert_eq!(told(&json!({"a": [{"b": {"c": 1}}]})), None);
        assert_eq!(
            told(&json!({"a": [{"b": {"c": []}}]})),
            Some("too many items (exceeded limit of 4 items)".into())
        );
    }
}
