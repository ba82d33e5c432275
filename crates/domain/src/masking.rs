//! Masking: what logs keep of values whose names sound secret (machines reference §7.2).

use serde_json::Value;

/// Parts of names whose values are masked, wherever they stand in the name.
const SENSITIVE: &[&str] = &[
    "passw",
    "digest",
    "priv",
    "key",
    "token",
    "secret",
    "crypt",
    "salt",
    "certificate",
    "otp",
    "redirect",
    "cvv",
    "cvc",
    "ssn",
    "auth",
];

/// Whether a name sounds secret.
pub fn sensitive(name: &str) -> bool {
    let name = name.as_bytes();
    SENSITIVE.iter().any(|part| {
        name.windows(part.len())
            .any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
    })
}

/// The same value, with everything below a sensitive name masked.
pub fn masked(value: Value) -> Value {
    mask(value, false)
}

fn mask(value: Value, secret: bool) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let secret = secret || sensitive(&name);
                (name, mask(value, secret))
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(|item| mask(item, secret)).collect(),
        Value::String(text) if secret => hint(&text).into(),
        Value::Number(number) if secret => hint(&number.to_string()).into(),
        other => other,
    }
}

/// Enough of a secret to tell it from another, and no more.
fn hint(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let ends = match letters.len() {
        0 | 1 => return "...".to_owned(),
        2..=19 => 1,
        _ => 4,
    };
    let first: String = letters[..ends].iter().collect();
    let last: String = letters[letters.len() - ends..].iter().collect();
    format!("{first}...{last}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_leave_their_ends_and_nothing_else() {
        #[rustfmt::skip]
        let table = [
            (json!(""),                          json!("...")),
            (json!("x"),                         json!("...")),
            (json!("ab"),                        json!("a...b")),
            (json!("hunter2hunter2"),            json!("h...2")),
            (json!("0123456789abcdefghij"),      json!("0123...ghij")),
            (json!(12345),                       json!("1...5")),
            (json!(null),                        json!(null)),
            (json!(true),                        json!(true)),
            (json!(["ab", {"deep": "cd"}]),      json!(["a...b", {"deep": "c...d"}])),
        ];
        for (value, expected) in table {
            let document = json!({ "newPassword": value });
            assert_eq!(masked(document), json!({ "newPassword": expected }));
        }
    }

    #[test]
    fn a_name_is_sensitive_wherever_the_word_stands_in_it() {
        for name in [
            "licenseKey",
            "KEY",
            "passwordDigest",
            "authenticationStrategy",
            "x-otp",
        ] {
            assert!(sensitive(name), "{name}");
        }
        for name in ["name", "email", "kind", "fingerprint", "k"] {
            assert!(!sensitive(name), "{name}");
        }
    }
}
