//! The lenient parser, row by row and by properties.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(text: &str) -> Result<Value> {
    document(text.as_bytes()).map(Value::Object)
}

#[test]
fn what_the_contract_tolerates_is_read() {
    #[rustfmt::skip]
    let table = [
        ("",                                        json!({})),
        (" \r\n\t ",                                json!({})),
        ("{}",                                      json!({})),
        ("[1]",                                     json!({"data": [1]})),
        ("null",                                    json!({"data": null})),
        (r#""text""#,                               json!({"data": "text"})),
        (r#"{"a": /* "b": 1, */ 2 /**/ }"#,         json!({"a": 2})),
        ("/* before */{ // to the end\n} // after", json!({})),
        (r#"{"ro\le": 1, "role\x0d": "\q\é"}"#,     json!({"role": 1, "rolex0d": "qé"})),
        (r#"{"a": 1, "b": 2, "a": 3}"#,             json!({"a": 3, "b": 2})),
        (r#"{"firstName": 1, "first-name": 2}"#,    json!({"first_name": 2})),
        (r#"{"A": {"B c": [{"dE": 1}]}}"#,          json!({"a": {"b_c": [{"d_e": 1}]}})),
        (r#"["\"\\\/\b\f\n\r\t\u00e9\ud83d\uDE00"]"#, json!({"data": ["\"\\/\u{8}\u{c}\n\r\té😀"]})),
        (r#"["\u0000"]"#,                           json!({"data": ["\0"]})),
        ("[\"two\r\n\tlines\"]",                      json!({"data": ["two\r\n\tlines"]})),
        ("[-1, 0, 1.5, 1e3, -2.5E-1, 1E+2]",        json!({"data": [-1, 0, 1.5, 1000.0, -0.25, 100.0]})),
        ("[9223372036854775807]",                   json!({"data": [i64::MAX]})),
        ("[-9223372036854775808]",                  json!({"data": [i64::MIN]})),
        ("[18446744073709551615]",                  json!({"data": [u64::MAX]})),
        ("[18446744073709551616]",                  json!({"data": [18446744073709551616.0]})),
    ];
    for (text, value) in table {
        assert_eq!(read(text), Ok(value), "{text}");
    }
}

#[test]
fn what_the_contract_refuses_is_refused() {
    #[rustfmt::skip]
    let table: &[&str] = &[
        "{", "}", "[", "[1,]", "{\"a\":1,}", "{\"a\"}", "{\"a\":}", "{a: 1}", "{'a': 1}",
        "{\"a\": /* nothing */}", "/* open", "/", "{} trailing", "{}{}", "1 2", "tru", "nul",
        "\"open", "\"\\", "\"\\u12", "\"\\u12x4\"", "\"\\ud888\"", "\"\\udc00\"", "\"\\ud888\\n\"",
        "\"\\ud83d\\ud83d\"", "\"raw\u{b}tab\"", "\"\\\n\"", "01", "-", "+1", "1.", ".5", "1e", "1e999",
        "NaN", "Infinity", "\u{feff}{}", ",",
    ];
    for text in table {
        assert_eq!(read(text), Err(Invalid), "{text}");
    }
    assert_eq!(document(b"\"\xff\""), Err(Invalid));
}

#[test]
fn keys_keep_the_order_in_which_they_were_sent() {
    let members = document(br#"{"z": 1, "a": 2, "m": 3, "z": 4}"#).unwrap();

    assert_eq!(members.keys().collect::<Vec<_>>(), ["z", "a", "m"]);
}

#[test]
fn nesting_and_counting_are_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let counted = |values: usize| format!("[{}]", vec!["0"; values - 1].join(","));

    assert!(read(&nested(MAX_DEPTH + 1)).is_ok());
    assert_eq!(read(&nested(MAX_DEPTH + 2)), Err(Invalid));
    assert_eq!(read(&"[".repeat(1_000_000)), Err(Invalid));
    assert_eq!(read(&r#"{"a":"#.repeat(1_000_000)), Err(Invalid));
    assert!(read(&counted(MAX_VALUES)).is_ok());
    assert_eq!(read(&counted(MAX_VALUES + 1)), Err(Invalid));
}

/// Any value whose keys are in snake case already.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f32>().prop_map(|number| json!(f64::from(number))),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(("[a-z]{1,4}(_[a-z]{1,4})?", inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// What `document` makes of a root.
fn wrapped(root: Value) -> Value {
    if root.is_object() {
        root
    } else {
        json!({"data": root})
    }
}

/// Equality that forgives the last digit of a float: the two parsers round differently.
fn alike(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|((k, a), (l, b))| k == l && alike(a, b))
        }
        (Value::Number(a), Value::Number(b)) => {
            let (x, y) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            a == b || (x - y).abs() <= x.abs() * 1e-15
        }
        _ => left == right,
    }
}

proptest! {
    #[test]
    fn what_serde_json_prints_is_read_back(value in any_value()) {
        let expected = wrapped(value.clone());
        let compact = read(&value.to_string()).unwrap();
        let pretty = read(&serde_json::to_string_pretty(&value).unwrap()).unwrap();

        prop_assert!(alike(&compact, &expected), "{compact} {expected}");
        prop_assert!(alike(&pretty, &expected), "{pretty} {expected}");
    }

    #[test]
    fn what_serde_json_accepts_is_read_alike(text in r#"[\[\]{}:,"\\/ \-a-cntrue0-9.eE]{0,24}"#) {
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            let ours = document(text.as_bytes());
            prop_assert!(ours.is_ok(), "{text}");
            // Keys may be normalised away and `-0` is an integer here: compare the rest.
            if !text.contains(':') && !text.contains("-0") {
                prop_assert!(alike(&Value::Object(ours.unwrap()), &wrapped(value)), "{text}");
            }
        }
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = document(&bytes);
    }

    #[test]
    fn no_text_is_too_strange(text in r#"[\[\]{}:,"\\/*u0-9dD89a-f\u{0}-\u{20}é😀]{0,48}"#) {
        let _ = document(text.as_bytes());
    }
}
