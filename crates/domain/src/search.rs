//! Searches: what can be looked for, and how each term is compared.
//!
//! Identity reference §21.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::refusal::{At, Kind, Problem, Refused};

/// What is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Named rights.
    Entitlements,
    /// Sets with shared limits.
    Groups,
    /// Rights to use a product.
    Licenses,
    /// Devices.
    Machines,
    /// Terms shared by many licenses.
    Policies,
    /// What is sold.
    Products,
    /// What is shipped.
    Releases,
    /// What was asked of the server.
    RequestLogs,
    /// People.
    Users,
}

/// How a term is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The id: whole when the term is one, a part of it otherwise.
    Id,
    /// A part of this column, whatever the case of its letters.
    Part(&'static str),
    /// A part of this column, which has no index of parts: newest rows are looked at first.
    Plain(&'static str),
    /// The id in this column, or a part of it.
    IdIn(&'static str),
    /// The number in this column.
    Number(&'static str),
    /// The whole license key, exactly.
    Key,
    /// First and last name, split at the first space.
    FullName,
    /// A part of the role's name.
    Role,
    /// Members of free data, each contained as it is.
    Metadata,
    /// The record that this one is tied to: its id, or a part of its name or address.
    Of(Relation),
}

/// A record that another is tied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The license of a machine.
    License,
    /// The user who owns the record itself.
    Owner,
    /// The policy of a license, or of a machine's license.
    Policy,
    /// The product of a policy, a release, a license, or of a machine's license.
    Product,
    /// The owner and the other users of a license, or of a machine's license.
    User,
}

/// Every key of every subject, in snake case.
#[rustfmt::skip]
const FIELDS: &[(Subject, &str, Field)] = &[
    (Subject::Entitlements, "id",          Field::Id),
    (Subject::Entitlements, "code",        Field::Part("code")),
    (Subject::Entitlements, "name",        Field::Part("name")),
    (Subject::Groups,       "name",        Field::Part("name")),
    (Subject::Licenses,     "id",          Field::Id),
    (Subject::Licenses,     "key",         Field::Key),
    (Subject::Licenses,     "name",        Field::Part("name")),
    (Subject::Licenses,     "metadata",    Field::Metadata),
    (Subject::Licenses,     "owner",       Field::Of(Relation::Owner)),
    (Subject::Licenses,     "user",        Field::Of(Relation::User)),
    (Subject::Licenses,     "product",     Field::Of(Relation::Product)),
    (Subject::Licenses,     "policy",      Field::Of(Relation::Policy)),
    (Subject::Machines,     "id",          Field::Id),
    (Subject::Machines,     "fingerprint", Field::Part("fingerprint")),
    (Subject::Machines,     "name",        Field::Part("name")),
    (Subject::Machines,     "metadata",    Field::Metadata),
    (Subject::Machines,     "license",     Field::Of(Relation::License)),
    (Subject::Machines,     "owner",       Field::Of(Relation::Owner)),
    (Subject::Machines,     "user",        Field::Of(Relation::User)),
    (Subject::Machines,     "product",     Field::Of(Relation::Product)),
    (Subject::Machines,     "policy",      Field::Of(Relation::Policy)),
    (Subject::Policies,     "id",          Field::Id),
    (Subject::Policies,     "name",        Field::Part("name")),
    (Subject::Policies,     "metadata",    Field::Metadata),
    (Subject::Policies,     "product",     Field::Of(Relation::Product)),
    (Subject::Products,     "id",          Field::Id),
    (Subject::Products,     "name",        Field::Part("name")),
    (Subject::Products,     "metadata",    Field::Metadata),
    (Subject::Releases,     "id",          Field::Id),
    (Subject::Releases,     "version",     Field::Part("version")),
    (Subject::Releases,     "tag",         Field::Part("tag")),
    (Subject::Releases,     "metadata",    Field::Metadata),
    (Subject::Releases,     "product",     Field::Of(Relation::Product)),
    (Subject::RequestLogs,  "id",          Field::IdIn("id")),
    (Subject::RequestLogs,  "requestor",   Field::IdIn("requestor_id")),
    (Subject::RequestLogs,  "requestor_id", Field::IdIn("requestor_id")),
    (Subject::RequestLogs,  "requestor_type", Field::Plain("requestor_type")),
    (Subject::RequestLogs,  "resource",    Field::IdIn("resource_id")),
    (Subject::RequestLogs,  "resource_id", Field::IdIn("resource_id")),
    (Subject::RequestLogs,  "resource_type", Field::Plain("resource_type")),
    (Subject::RequestLogs,  "url",         Field::Plain("url")),
    (Subject::RequestLogs,  "method",      Field::Plain("method")),
    (Subject::RequestLogs,  "status",      Field::Number("status")),
    (Subject::RequestLogs,  "ip",          Field::Plain("ip")),
    (Subject::Users,        "id",          Field::Id),
    (Subject::Users,        "email",       Field::Part("email")),
    (Subject::Users,        "first_name",  Field::Part("first_name")),
    (Subject::Users,        "last_name",   Field::Part("last_name")),
    (Subject::Users,        "full_name",   Field::FullName),
    (Subject::Users,        "name",        Field::FullName),
    (Subject::Users,        "role",        Field::Role),
    (Subject::Users,        "metadata",    Field::Metadata),
];

/// Characters that a text must have to be looked for: fewer match too much.
pub const MIN_CHARACTERS: usize = 3;

/// What is looked for in one field.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// Nothing equals null.
    Nothing,
    /// A text, never empty.
    Text(String),
    /// The SHA-256 of a text that is looked for as a whole.
    Digest([u8; 32]),
    /// Members of free data and their values, all of them.
    Members(Vec<(String, Value)>),
}

/// One term of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Where to look.
    pub field: Field,
    /// What for.
    pub wanted: Wanted,
}

/// A search that was judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// What is searched.
    pub subject: Subject,
    /// Whether one term is enough.
    pub any: bool,
    /// The terms, at least one.
    pub terms: Vec<Term>,
}

/// A search as it was sent: keys in snake case, and each as it is told to people.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// The type, as it was spelled.
    pub kind: &'a str,
    /// The type that the spelling means; none for one that can't be searched.
    pub subject: Option<Subject>,
    /// The operator, as it was spelled.
    pub op: Option<&'a str>,
    /// The terms.
    pub query: &'a Map<String, Value>,
    /// How a key is told.
    pub spell: fn(&str) -> Cow<'_, str>,
}

/// Judges a search.
///
/// # Errors
/// The first thing wrong with it (400): type, operator, terms in their order.
pub fn judge(sent: Sent<'_>) -> Result<Search, Refused> {
    let Some(subject) = sent.subject else {
        let detail = format!("search type '{}' is not supported", sent.kind);
        return Err(refuse(detail, "type"));
    };
    let any = match sent.op.map(str::to_ascii_uppercase).as_deref() {
        None | Some("AND") => false,
        Some("OR") => true,
        Some(_) => return Err(refuse("is invalid".to_owned(), "op")),
    };
    if sent.query.is_empty() {
        return Err(refuse("cannot be blank".to_owned(), "query"));
    }
    let terms = sent.query.iter().map(|(key, value)| {
        let spelled = (sent.spell)(key);
        let known = FIELDS
            .iter()
            .find(|(of, name, _)| *of == subject && name == key);
        let Some((.., field)) = known else {
            let detail = format!(
                "search query '{spelled}' is not supported for resource type '{}'",
                sent.kind
            );
            return Err(refuse(detail, &format!("query/{key}")));
        };
        let wanted = match field {
            Field::Metadata => members(value, sent.spell)?,
            _ => scalar(value, key, &spelled)?,
        };
        Ok(Term {
            field: *field,
            wanted,
        })
    });
    Ok(Search {
        subject,
        any,
        terms: terms.collect::<Result<_, _>>()?,
    })
}

fn scalar(value: &Value, key: &str, spelled: &str) -> Result<Wanted, Refused> {
    match value {
        Value::Null => Ok(Wanted::Nothing),
        Value::String(text) => {
            long_enough(text, spelled, &format!("query/{key}"))?;
            Ok(Wanted::Text(text.clone()))
        }
        Value::Bool(_) | Value::Number(_) => Ok(Wanted::Text(value.to_string())),
        Value::Array(_) | Value::Object(_) => {
            Err(refuse("is invalid".to_owned(), &format!("query/{key}")))
        }
    }
}

fn members(value: &Value, spell: fn(&str) -> Cow<'_, str>) -> Result<Wanted, Refused> {
    let members = match value {
        Value::Null => return Ok(Wanted::Nothing),
        Value::Object(members) => members,
        _ => {
            let detail = "search query for 'metadata' must be a hash of key-value search terms";
            return Err(refuse(detail.to_owned(), "query/metadata"));
        }
    };
    for (key, value) in members {
        if let Value::String(text) = value {
            long_enough(text, &spell(key), &format!("query/metadata/{key}"))?;
        }
    }
    Ok(Wanted::Members(
        members
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    ))
}

fn long_enough(text: &str, spelled: &str, at: &str) -> Result<(), Refused> {
    if text.chars().count() >= MIN_CHARACTERS {
        return Ok(());
    }
    let detail =
        format!("search query for '{spelled}' is too small (minimum {MIN_CHARACTERS} characters)");
    Err(refuse(detail, at))
}

fn refuse(detail: String, at: &str) -> Refused {
    Problem::new(Kind::BadRequest, detail)
        .at(At::Path(format!("meta/{at}")))
        .into()
}

/// What a member's value may be besides what was sent: a text that spells a boolean, null or a
/// number also means that.
pub fn readings(value: &Value) -> Vec<Value> {
    let mut readings = vec![value.clone()];
    if let Value::String(text) = value {
        let number = text
            .strip_prefix('-')
            .unwrap_or(text)
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        if let Ok(typed) = serde_json::from_str::<Value>(text)
            && (matches!(typed, Value::Bool(_) | Value::Null) || (typed.is_number() && number))
        {
            readings.push(typed);
        }
    }
    readings
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spell(key: &str) -> Cow<'_, str> {
        match key {
            "last_name" => "lastName".into(),
            other => other.into(),
        }
    }

    fn judged(subject: Option<Subject>, op: Option<&str>, query: &Value) -> Result<Search, String> {
        let sent = Sent {
            kind: "things",
            subject,
            op,
            query: query.as_object().unwrap(),
            spell,
        };
        judge(sent).map_err(|refused| {
            let problem = &refused.problems[0];
            let At::Path(path) = &problem.at else {
                panic!("a place in the body")
            };
            format!("{path}: {}", problem.detail)
        })
    }

    #[test]
    fn the_first_thing_wrong_is_told_where_it_is() {
        let users = Some(Subject::Users);
        #[rustfmt::skip]
        let table = [
            (None,  None,         json!({"foo": "bar"}),            "meta/type: search type 'things' is not supported"),
            (users, Some("XOR"),  json!({"email": "abc"}),          "meta/op: is invalid"),
            (users, None,         json!({}),                        "meta/query: cannot be blank"),
            (users, None,         json!({"foo": "bar"}),            "meta/query/foo: search query 'foo' is not supported for resource type 'things'"),
            (users, None,         json!({"last_name": ""}),         "meta/query/last_name: search query for 'lastName' is too small (minimum 3 characters)"),
            (users, None,         json!({"email": ["abc"]}),        "meta/query/email: is invalid"),
            (users, None,         json!({"metadata": ["abc"]}),     "meta/query/metadata: search query for 'metadata' must be a hash of key-value search terms"),
            (users, None,         json!({"metadata": {"a": "ab"}}), "meta/query/metadata/a: search query for 'a' is too small (minimum 3 characters)"),
            (Some(Subject::Groups), None, json!({"id": "abc"}),     "meta/query/id: search query 'id' is not supported for resource type 'things'"),
        ];
        for (subject, op, query, told) in table {
            assert_eq!(judged(subject, op, &query), Err(told.to_owned()), "{query}");
        }
    }

    #[test]
    fn terms_that_are_no_texts_have_no_length() {
        let search = judged(
            Some(Subject::Licenses),
            Some("or"),
            &json!({"name": 7, "id": null, "metadata": {"seats": 1}}),
        )
        .unwrap();

        assert!(search.any);
        let wanted: Vec<_> = search.terms.into_iter().map(|term| term.wanted).collect();
        assert!(wanted.contains(&Wanted::Text("7".to_owned())));
        assert!(wanted.contains(&Wanted::Nothing));
        assert!(wanted.contains(&Wanted::Members(vec![("seats".to_owned(), json!(1))])));
    }

    #[test]
    fn a_text_also_means_what_it_spells() {
        #[rustfmt::skip]
        let table = [
            (json!("true"),  vec![json!("true"), json!(true)]),
            (json!("null"),  vec![json!("null"), Value::Null]),
            (json!("100"),   vec![json!("100"), json!(100)]),
            (json!("-1.5"),  vec![json!("-1.5"), json!(-1.5)]),
            (json!("1e9"),   vec![json!("1e9")]),
            (json!("[1]"),   vec![json!("[1]")]),
            (json!("abc"),   vec![json!("abc")]),
            (json!(7),       vec![json!(7)]),
        ];
        for (value, expected) in table {
            assert_eq!(readings(&value), expected);
        }
    }
}
