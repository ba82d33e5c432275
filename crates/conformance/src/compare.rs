//! Comparisons: equal, includes, includes at every depth.

use serde_json::Value;

use crate::fault::{Outcome, failed};

/// Whether two JSON values are equal; 1 equals 1.0, and the order of members is nothing.
pub fn equal(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Number(a), Value::Number(e)) => {
            // Integers beyond 53 bits must not meet as floats.
            a == e || (!(a.is_i64() && e.is_i64()) && a.as_f64() == e.as_f64())
        }
        (Value::Array(a), Value::Array(e)) => {
            a.len() == e.len() && a.iter().zip(e).all(|(a, e)| equal(a, e))
        }
        (Value::Object(a), Value::Object(e)) => {
            a.len() == e.len() && e.iter().all(|(k, e)| a.get(k).is_some_and(|a| equal(a, e)))
        }
        _ => actual == expected,
    }
}

/// Whether an object has every member of another, each equal; arrays likewise.
pub fn includes(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Object(a), Value::Object(e)) => {
            e.iter().all(|(k, e)| a.get(k).is_some_and(|a| equal(a, e)))
        }
        (Value::Array(a), Value::Array(e)) => e.iter().all(|e| a.iter().any(|a| equal(a, e))),
        _ => equal(actual, expected),
    }
}

/// The same at every depth; of arrays, every expected element must be there.
pub fn deeply_includes(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Object(a), Value::Object(e)) => e
            .iter()
            .all(|(k, e)| a.get(k).is_some_and(|a| deeply_includes(a, e))),
        (Value::Array(a), Value::Array(e)) => {
            e.iter().all(|e| a.iter().any(|a| deeply_includes(a, e)))
        }
        _ => equal(actual, expected),
    }
}

/// Fails unless `holds`, and says what differs.
pub fn expect(
    holds: fn(&Value, &Value) -> bool,
    what: &str,
    actual: &Value,
    expected: &Value,
) -> Outcome {
    match holds(actual, expected) {
        true => Ok(()),
        false => failed(format!("{what}: {}", difference(holds, actual, expected))),
    }
}

/// The first member that differs, or both values.
fn difference(holds: fn(&Value, &Value) -> bool, actual: &Value, expected: &Value) -> String {
    if let (Value::Object(a), Value::Object(e)) = (actual, expected) {
        for (key, expected) in e {
            match a.get(key) {
                None => return format!("no {key}, expected {}", short(expected)),
                Some(actual) if !holds(actual, expected) => {
                    return format!("{key}: {}", difference(holds, actual, expected));
                }
                Some(_) => {}
            }
        }
        let extra: Vec<&str> = a
            .keys()
            .filter(|key| !e.contains_key(*key))
            .map(String::as_str)
            .collect();
        if !extra.is_empty() {
            return format!("also has {}", extra.join(", "));
        }
    }
    format!("got {}, expected {}", short(actual), short(expected))
}

/// A value cut to what a line can hold.
pub fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn including_is_shallow_unless_it_is_deep() {
        let actual = json!({ "a": { "b": 1, "c": 2 }, "d": [1, { "e": 3, "f": 4 }] });

        assert!(includes(&actual, &json!({ "a": { "c": 2, "b": 1.0 } })));
        assert!(!includes(&actual, &json!({ "a": { "b": 1 } })));
        assert!(deeply_includes(
            &actual,
            &json!({ "a": { "b": 1 }, "d": [{ "e": 3 }] })
        ));
        assert!(!deeply_includes(&actual, &json!({ "a": { "b": 2 } })));
        assert!(!includes(&actual, &json!({ "g": null })));
    }

    #[test]
    fn long_integers_are_compared_to_the_last_digit() {
        assert!(!equal(
            &json!(9_007_199_254_740_993_i64),
            &json!(9_007_199_254_740_992_i64)
        ));
    }
}
