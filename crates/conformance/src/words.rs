//! Numbers and plurals of the suite's English.

/// `policies` → `policy`, `webhook-endpoints` → `webhook-endpoint`.
pub fn singular(word: &str) -> String {
    const KEEP: &[&str] = &["address", "process", "alias"];
    if KEEP.iter().any(|keep| word.ends_with(keep)) {
        return word.to_owned();
    }
    for (ending, one) in [("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("s", "")] {
        if let Some(stem) = word.strip_suffix(ending) {
            return format!("{stem}{one}");
        }
    }
    word.to_owned()
}

/// `policy` → `policies`; a plural stays as it is.
pub fn plural(word: &str) -> String {
    let one = singular(word);
    if let Some(stem) = one.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'o'])
    {
        return format!("{stem}ies");
    }
    match one.ends_with("ss") || one.ends_with("ch") {
        true => format!("{one}es"),
        false => format!("{one}s"),
    }
}

/// `lastValidatedAt` and `last-validated-at` → `last_validated_at`.
pub fn snake(word: &str) -> String {
    let mut text = String::with_capacity(word.len() + 4);
    let mut before = '_';
    for letter in word.chars() {
        if letter.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            text.push('_');
        }
        text.push(if letter == '-' {
            '_'
        } else {
            letter.to_ascii_lowercase()
        });
        before = letter;
    }
    text
}

/// The place that a word such as `second` names among `len` things.
pub fn place(word: &str, len: usize) -> Option<usize> {
    const WORDS: &[&str] = &[
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
    ];
    match word {
        "last" => len.checked_sub(1),
        _ => WORDS
            .iter()
            .position(|known| *known == word)
            .filter(|index| *index < len),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_have_one_singular_and_one_plural() {
        for (one, many) in [
            ("license", "licenses"),
            ("policy", "policies"),
            ("process", "processes"),
            ("key", "keys"),
            ("arch", "arches"),
            ("webhook-endpoint", "webhook-endpoints"),
        ] {
            assert_eq!((singular(many).as_str(), plural(one).as_str()), (one, many));
            assert_eq!((singular(one).as_str(), plural(many).as_str()), (one, many));
        }
    }

    #[test]
    fn names_are_spelled_in_snake_case() {
        assert_eq!(snake("lastValidatedAt"), "last_validated_at");
        assert_eq!(snake("license-user"), "license_user");
    }
}
