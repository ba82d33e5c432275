//! The contract's key casing: anything in, snake case inside, lowerCamelCase out (identity §3.2).

use std::borrow::Cow;

/// The snake-case name a client's key stands for.
///
/// Humps become underscores, letters lower case, and every run of other separators one
/// underscore; separators at the ends are dropped. A key without a single ASCII letter or
/// digit becomes the empty string.
pub fn snake(key: &str) -> Cow<'_, str> {
    if is_snake(key) {
        Cow::Borrowed(key)
    } else {
        Cow::Owned(to_snake(key))
    }
}

/// The lowerCamelCase spelling of a snake-case name.
pub fn camel(name: &str) -> Cow<'_, str> {
    if !name.contains('_') {
        return Cow::Borrowed(name);
    }
    let mut spelled = String::with_capacity(name.len());
    let mut hump = false;
    for letter in name.chars() {
        if letter == '_' {
            hump = !spelled.is_empty();
        } else if hump {
            spelled.push(letter.to_ascii_uppercase());
            hump = false;
        } else {
            spelled.push(letter);
        }
    }
    Cow::Owned(spelled)
}

/// Whether [`snake`] would leave `key` as it is: the common case, told without allocating.
fn is_snake(key: &str) -> bool {
    let mut after_separator = true;
    for byte in key.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => after_separator = false,
            b'_' if !after_separator => after_separator = true,
            _ => return false,
        }
    }
    key.is_empty() || !after_separator
}

fn to_snake(key: &str) -> String {
    let mut name = String::with_capacity(key.len() + 4);
    let mut letters = key.chars().peekable();
    let mut before = '_';
    while let Some(letter) = letters.next() {
        if letter.is_ascii_uppercase() {
            let next_is_lower = letters.peek().is_some_and(char::is_ascii_lowercase);
            let hump = before.is_ascii_lowercase() || before.is_ascii_digit();
            if hump || (before.is_ascii_uppercase() && next_is_lower) {
                separate(&mut name);
            }
            name.push(letter.to_ascii_lowercase());
        } else if letter.is_ascii_lowercase() || letter.is_ascii_digit() {
            name.push(letter);
        } else {
            separate(&mut name);
        }
        before = letter;
    }
    if name.ends_with('_') {
        name.pop();
    }
    name
}

fn separate(name: &mut String) {
    if !name.is_empty() && !name.ends_with('_') {
        name.push('_');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[rustfmt::skip]
    const TABLE: &[(&str, &str, &str)] = &[
        // as sent             inside               as answered
        ("firstName",          "first_name",        "firstName"),
        ("first_name",         "first_name",        "firstName"),
        ("FirstName",          "first_name",        "firstName"),
        ("first-name",         "first_name",        "firstName"),
        ("RoLe",               "ro_le",             "roLe"),
        ("ROLE",               "role",              "role"),
        ("customer id",        "customer_id",       "customerId"),
        ("ExampleKey2",        "example_key2",      "exampleKey2"),
        ("example key 4",      "example_key_4",     "exampleKey4"),
        ("foo-bar",            "foo_bar",           "fooBar"),
        ("rolex0d",            "rolex0d",           "rolex0d"),
        ("maxCPUs",            "max_cp_us",         "maxCpUs"),
        ("HTTPServer",         "http_server",       "httpServer"),
        ("sha256Sum",          "sha256_sum",        "sha256Sum"),
        ("__a  --  b__",       "a_b",               "aB"),
        ("unpermitted_param",  "unpermitted_param", "unpermittedParam"),
        ("naïve",              "na_ve",             "naVe"),
        ("日本",                "",                  ""),
        ("",                   "",                  ""),
        ("_",                  "",                  ""),
    ];

    #[test]
    fn keys_are_snake_inside_and_lower_camel_outside() {
        for (sent, inside, answered) in TABLE {
            assert_eq!(snake(sent), *inside, "{sent:?} inside");
            assert_eq!(camel(inside), *answered, "{inside:?} answered");
        }
    }

    #[test]
    fn a_name_that_is_snake_already_is_not_copied() {
        assert!(matches!(snake("max_machines"), Cow::Borrowed(_)));
        assert!(matches!(camel("name"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn normalising_twice_is_normalising_once(key in ".{0,24}") {
            let once = snake(&key).into_owned();
            prop_assert!(is_snake(&once), "{once:?}");
            prop_assert_eq!(snake(&once).into_owned(), once);
        }

        #[test]
        fn what_is_answered_can_be_sent_back(name in "[a-z]{1,6}(_[a-z]{2,6}){0,3}") {
            prop_assert_eq!(snake(&camel(&name)).into_owned(), name);
        }
    }
}
