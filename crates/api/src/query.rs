//! Query strings, with nested parameters in brackets: `page[size]`, `metadata[key]`, `roles[]`.

use keystead_domain::Code;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::casing;
use crate::problem::Error;
use crate::syntax::percent_decoded;

/// Parameters that a query may hold.
const MAX_PARAMETERS: usize = 1000;
/// How deep a parameter's name may nest.
const MAX_DEPTH: usize = 16;

/// A parsed query string: texts, lists and objects by their names in snake case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    members: Map<String, Value>,
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Parses a query string; of equal names the last one wins.
    ///
    /// # Errors
    /// Broken percent-encoding, bytes that are no UTF-8, null bytes, one name used as two
    /// kinds of container, or too much of anything.
    pub fn parse(query: &str) -> Result<Self, Error> {
        parse(query).ok_or_else(|| Error::unreadable(Code::ParametersInvalid))
    }

    /// A parameter that is a text and not blank.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.members
            .get(name)?
            .as_str()
            .filter(|text| !text.trim().is_empty())
    }

    /// A parameter of any kind.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// All parameters, nested, by their names in snake case.
    pub fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    /// All parameters as they were sent, decoded, in order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }
}

fn parse(query: &str) -> Option<Query> {
    let mut parsed = Query::default();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name)?, decode(value)?);
        if parsed.pairs.len() == MAX_PARAMETERS {
            return None;
        }
        if let Some(path) = path(&name) {
            if path.len() > MAX_DEPTH {
                return None;
            }
            insert(&mut parsed.members, &mut path.into_iter(), &value)?;
        }
        parsed.pairs.push((name, value));
    }
    Some(parsed)
}

fn decode(text: &str) -> Option<String> {
    let decoded = percent_decoded(&text.replace('+', " "));
    decoded.filter(|text| !text.contains('\0'))
}

/// One step of a parameter's name.
enum Step {
    Key(String),
    /// `[]`: the next item of a list.
    Next,
}

/// The steps of `a[b][]`; none for a name without a beginning, which nothing can ask for.
fn path(name: &str) -> Option<Vec<Step>> {
    let start = name.find('[').unwrap_or(name.len());
    let (first, mut rest) = name.split_at(start);
    let mut steps = vec![Step::Key(casing::snake(first).into_owned())];
    while let Some(inner) = rest.strip_prefix('[') {
        // What isn't closed isn't a bracket but a part of the name.
        let Some((key, after)) = inner.split_once(']') else {
            break;
        };
        steps.push(match key {
            "" => Step::Next,
            key => Step::Key(casing::snake(key).into_owned()),
        });
        rest = after;
    }
    (!first.is_empty()).then_some(steps)
}

/// Puts a text where its steps lead; nothing when the steps contradict earlier ones.
fn insert(
    members: &mut Map<String, Value>,
    steps: &mut std::vec::IntoIter<Step>,
    text: &str,
) -> Option<()> {
    let Some(Step::Key(key)) = steps.next() else {
        return None;
    };
    match steps.as_slice().first() {
        None => {
            let replaced = members.insert(key, Value::from(text));
            replaced.is_none_or(|old| old.is_string()).then_some(())
        }
        Some(Step::Key(_)) => {
            let inner = members
                .entry(key)
                .or_insert_with(|| Value::Object(Map::new()));
            insert(inner.as_object_mut()?, steps, text)
        }
        Some(Step::Next) => {
            let list = members
                .entry(key)
                .or_insert_with(|| Value::Array(Vec::new()));
            let list = list.as_array_mut()?;
            let _next = steps.next();
            match steps.as_slice().first() {
                None => list.push(Value::from(text)),
                Some(_) => {
                    let mut inner = Map::new();
                    insert(&mut inner, steps, text)?;
                    list.push(Value::Object(inner));
                }
            }
            Some(())
        }
    }
}

/// A parameter as it is written in a link: percent-encoded, brackets too.
pub fn encode(name: &str, value: &str) -> String {
    let bytes = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("{}={}", bytes(name), bytes(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn brackets_nest_and_list() {
        #[rustfmt::skip]
        let table = [
            ("",                                       json!({})),
            ("a=1&b=2&a=3",                            json!({"a": "3", "b": "2"})),
            ("a",                                      json!({"a": ""})),
            ("&&a=1&",                                 json!({"a": "1"})),
            ("page[size]=5&page[number]=2",            json!({"page": {"size": "5", "number": "2"}})),
            ("page%5Bsize%5D=5",                       json!({"page": {"size": "5"}})),
            ("roles[]=admin&roles[]=user",             json!({"roles": ["admin", "user"]})),
            ("bearer[role][]=license&bearer[id]=x",    json!({"bearer": {"role": ["license"], "id": "x"}})),
            ("metadata[customerId]=a+b%26c",           json!({"metadata": {"customer_id": "a b&c"}})),
            ("metadata[a][b]=1",                       json!({"metadata": {"a": {"b": "1"}}})),
            ("a[][b]=1&a[][b]=2",                      json!({"a": [{"b": "1"}, {"b": "2"}]})),
            ("a[b=1",                                  json!({"a": "1"})),
            ("a]=1",                                   json!({"a": "1"})),
            ("[a]=1&=2",                               json!({})),
            ("a=1=2",                                  json!({"a": "1=2"})),
            ("fullName=x",                             json!({"full_name": "x"})),
        ];
        for (query, members) in table {
            let parsed = Query::parse(query).unwrap();
            assert_eq!(Value::Object(parsed.members), members, "{query}");
        }
    }

    #[test]
    fn what_is_malformed_is_refused() {
        let deep = format!("a{}=1", "[b]".repeat(40));
        let many = "a=1&".repeat(2000);
        for query in [
            "a=%",
            "a=%2",
            "a=%zz",
            "%ff=1",
            "a=%00",
            "a=1&a[b]=2",
            "a[]=1&a[b]=2",
            "a[b]=1&a=2",
            &deep,
            &many,
        ] {
            assert!(Query::parse(query).is_err(), "{query}");
        }
    }

    #[test]
    fn a_blank_or_nested_parameter_is_no_text() {
        let query = Query::parse("a=%20&b[c]=1&d=x").unwrap();

        assert_eq!(
            (query.text("a"), query.text("b"), query.text("d")),
            (None, None, Some("x"))
        );
    }

    #[test]
    fn links_spell_parameters_with_encoded_brackets() {
        assert_eq!(
            encode("page[size]", "a b&c/é"),
            "page%5Bsize%5D=a+b%26c%2F%C3%A9"
        );
    }

    proptest! {
        #[test]
        fn no_query_is_too_strange(query in r#"[a-c\[\]=&%+0-9é]{0,48}"#) {
            let _ = Query::parse(&query);
        }

        #[test]
        fn what_is_encoded_is_read_back(name in "[a-z]{1,8}", value in "[^\\u{0}]{0,16}") {
            let query = Query::parse(&encode(&name, &value)).unwrap();
            prop_assert_eq!(query.get(&name), Some(&json!(value)));
        }
    }
}
