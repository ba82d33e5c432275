//! Fills `{{name}}` in a given key with the facts of its license.

use super::dataset::{Facts, wire_time};

/// Replaces each `{{word}}` by the fact of that name, in any case; by nothing if there is none.
/// What was filled in is not looked at again.
pub(super) fn fill(template: &str, facts: &Facts<'_>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find("{{") {
        filled.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some((name, after)) = variable(rest) {
            filled.push_str(&fact(name, facts).unwrap_or_default());
            rest = after;
        } else {
            // One brace is text; the next may still open a variable, as in `{{{id}}`.
            filled.push('{');
            rest = &rest[1..];
        }
    }
    filled.push_str(rest);
    filled
}

/// Splits `{{word}}rest` into word and rest.
fn variable(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix("{{")?;
    let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))?;
    let (name, rest) = text.split_at(end);
    let rest = rest.strip_prefix("}}")?;
    (!name.is_empty()).then_some((name, rest))
}

fn fact(name: &str, facts: &Facts<'_>) -> Option<String> {
    match name.to_ascii_lowercase().as_str() {
        "id" => Some(facts.license.to_string()),
        "account" => Some(facts.account.to_string()),
        "product" => Some(facts.product.to_string()),
        "policy" => Some(facts.policy.to_string()),
        "user" => facts.owner.map(|owner| owner.id.to_string()),
        "email" => facts.owner.map(|owner| owner.email.to_owned()),
        "created" => Some(wire_time(facts.created_at)),
        "expiry" => facts.expires_at.map(wire_time),
        "duration" => facts.duration_seconds.map(|seconds| seconds.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::license_key::tests::{anonymous, facts};

    #[test]
    fn each_variable_is_its_fact() {
        for (template, filled) in [
            ("{{id}}", "66666666-6666-4666-8666-666666666666"),
            ("{{account}}", "11111111-1111-4111-8111-111111111111"),
            ("{{product}}", "22222222-2222-4222-8222-222222222222"),
            ("{{policy}}", "33333333-3333-4333-8333-333333333333"),
            ("{{user}}", "44444444-4444-4444-8444-444444444444"),
            ("{{email}}", "ada@example.com"),
            ("{{created}}", "2026-01-31T09:15:27.123Z"),
            ("{{expiry}}", "2027-01-31T09:15:27.123Z"),
            ("{{duration}}", "31556952"),
        ] {
            assert_eq!(fill(template, &facts()), filled);
        }
    }

    #[test]
    fn names_are_read_in_any_case_and_more_than_once() {
        let filled = fill("<{{EMAIL}}|{{Email}}>", &facts());

        assert_eq!(filled, "<ada@example.com|ada@example.com>");
    }

    #[test]
    fn unknown_and_unset_variables_are_empty() {
        let filled = fill(
            "[{{private_key}}{{user}}{{email}}{{expiry}}{{duration}}]",
            &anonymous(),
        );

        assert_eq!(filled, "[]");
    }

    #[test]
    fn what_is_no_variable_stays() {
        for text in [
            "{{ id }}", "{{}}", "{id}", "{{id}", "{{id", "{{i-d}}", "}}{{", "{{é}}", "",
        ] {
            assert_eq!(fill(text, &facts()), text);
        }
    }

    #[test]
    fn filling_makes_a_single_pass() {
        assert_eq!(fill("{{{{private_key}}}}", &facts()), "{{}}");
        assert_eq!(fill("{{{duration}}}", &facts()), "{31556952}");
        let mut sly = facts();
        sly.owner = sly.owner.map(|owner| super::super::Owner {
            email: "{{id}}",
            ..owner
        });
        assert_eq!(fill("{{email}}", &sly), "{{id}}");
    }

    proptest! {
        #[test]
        fn text_without_double_braces_is_untouched(text in "[^{]{0,100}") {
            prop_assert_eq!(fill(&text, &facts()), text);
        }

        #[test]
        fn no_template_makes_it_panic(text in r#"(\{\{|\}\}|[{}a-z_ é]){0,20}"#) {
            let _ = fill(&text, &facts());
        }
    }
}
