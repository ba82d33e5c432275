//! Check-outs on the wire: what is asked of a file, and the file as a download (licensing §7.1,
//! machines §4.1).

use keystead_app::Cx;
use keystead_app::check_outs::{Ask, Plan};
use poem_openapi::payload::Binary;
use poem_openapi::{ApiResponse, Object};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::fields::{Maybe, Nullable, Time};
use crate::input::Meta;
use crate::versions::{Exchange, LicenseOwners, downgrade};

/// What is asked of a file in the query.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct CheckOutParameters {
    /// Whether it shall be encrypted; an algorithm says so itself.
    encrypt: Option<bool>,
    /// How it shall be encoded and signed, e.g. `aes-256-gcm+ed25519`.
    algorithm: Option<String>,
    /// How many seconds it shall be good for, at least 3600; for ever when empty.
    ttl: Maybe<i64>,
    /// What it shall hold besides, with commas between.
    include: Option<String>,
}

/// What is asked of a file in the body.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct CheckOutMeta {
    /// Whether it shall be encrypted; an algorithm says so itself.
    encrypt: Option<bool>,
    /// How it shall be encoded and signed, e.g. `aes-256-gcm+ed25519`.
    algorithm: Option<String>,
    /// How many seconds it shall be good for, at least 3600; for ever when null.
    ttl: Maybe<i64>,
    /// What it shall hold besides.
    include: Option<Vec<String>>,
}

/// The body of a check-out, which may be left out.
pub type CheckOutBody = Meta<Option<CheckOutMeta>>;

/// What query and body ask for together; the body wins, member by member.
///
/// `alias` is an older name of something that may be included.
pub fn ask(query: CheckOutParameters, meta: Option<CheckOutMeta>, alias: (&str, &str)) -> Ask {
    let meta = meta.unwrap_or_default();
    let ttl = match meta.ttl.is_sent() {
        true => meta.ttl,
        false => query.ttl,
    };
    let listed = || {
        let text = query.include.as_deref().unwrap_or_default();
        let names = text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    };
    let algorithm = meta.algorithm.or(query.algorithm);
    Ask {
        encrypt: meta.encrypt.or(query.encrypt).unwrap_or_default(),
        algorithm: algorithm.filter(|text| !text.trim().is_empty()),
        ttl: ttl.change(),
        include: once(meta.include.unwrap_or_else(listed), alias),
    }
}

/// Each name once, in order; an alias last, under its name.
fn once(given: Vec<String>, (alias, name): (&str, &str)) -> Vec<String> {
    let aliased = given.iter().any(|given| given == alias);
    let mut names = Vec::new();
    let plain = given.into_iter().filter(|given| given != alias);
    for name in plain.chain(aliased.then(|| name.to_owned())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// What is said of a file, whatever it is about.
#[derive(Object, Serialize)]
pub struct Made {
    /// The file itself.
    certificate: String,
    /// How it is encoded and signed.
    algorithm: String,
    /// What it holds besides its subject.
    includes: Vec<String>,
    /// How many seconds it is good for; for ever when null.
    ttl: Nullable<i64>,
    /// Until when it is good; for ever when null.
    expiry: Nullable<Time>,
    /// When it was made.
    issued: Time,
}

impl Made {
    /// What is said of a file that was made as planned.
    pub fn of(plan: Plan, certificate: String) -> Self {
        let Plan {
            algorithm,
            ttl,
            issued,
            expiry,
            includes,
        } = plan;
        Self {
            certificate,
            algorithm: algorithm.to_string(),
            includes,
            ttl: Nullable(ttl),
            expiry: Nullable(expiry.map(Time)),
            issued: Time(issued),
        }
    }
}

/// What travels along with a file's subject, each record once.
#[derive(Debug, Default)]
pub struct Along(Vec<Value>);

impl Along {
    /// Adds what the subject is related to by this name.
    pub fn add_related(&mut self, subject: &mut Value, name: &str, records: Value) {
        link(subject, name, &records);
        self.add(records);
    }

    /// Adds a record, several, or none when it is null.
    pub fn add(&mut self, records: Value) {
        for record in flat(records) {
            if self.find(&record).is_none() {
                self.0.push(record);
            }
        }
    }

    /// The record of the same type and id, if it is there already.
    pub fn find(&mut self, record: &Value) -> Option<&mut Value> {
        let wanted = linkage(record);
        self.0.iter_mut().find(|known| linkage(known) == wanted)
    }

    /// What a file tells, in the client's version.
    pub fn document(
        self,
        cx: &Cx,
        data: Value,
        plan: &Plan,
        owners: Option<&LicenseOwners>,
    ) -> String {
        let mut document = json!({ "data": data });
        if !self.0.is_empty() {
            document["included"] = self.0.into();
        }
        document["meta"] = json!({
            "issued": Time(plan.issued),
            "expiry": plan.expiry.map(Time),
            "ttl": plan.ttl,
        });
        downgrade(&Exchange::embedded(cx.version, owners), &mut document);
        document.to_string()
    }
}

/// The resource of each record.
pub fn each<T, R>(records: Vec<T>, resource: impl FnMut(T) -> R) -> Vec<R> {
    records.into_iter().map(resource).collect()
}

/// A relationship to many has no linkage unless its records come along.
pub fn link(data: &mut Value, name: &str, records: &Value) {
    if let (Value::Array(records), Some(relationship)) =
        (records, data["relationships"].get_mut(name))
    {
        relationship["data"] = records.iter().map(linkage).collect();
    }
}

fn linkage(record: &Value) -> Value {
    json!({ "type": record["type"], "id": record["id"] })
}

fn flat(records: Value) -> Vec<Value> {
    match records {
        Value::Array(records) => records,
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// A file to be saved.
#[derive(ApiResponse)]
pub enum Download {
    /// The file.
    #[oai(status = 200, content_type = "application/octet-stream")]
    File(
        Binary<Vec<u8>>,
        /// Under which name to save it.
        #[oai(header = "content-disposition")]
        String,
    ),
}

impl Download {
    /// A file under a name that needs no quoting.
    pub fn of(text: String, name: &str) -> Self {
        Self::File(
            Binary(text.into_bytes()),
            format!("attachment; filename=\"{name}\""),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(given: &[&str]) -> Vec<String> {
        given.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_come_once_and_an_alias_last() {
        let alias = ("user", "owner");
        #[rustfmt::skip]
        let table: &[(&[&str], &[&str])] = &[
            (&["users", "policy", "users"], &["users", "policy"]),
            (&["user", "policy"],           &["policy", "owner"]),
            (&["owner", "user", "policy"],  &["owner", "policy"]),
            (&[],                           &[]),
        ];
        for (given, kept) in table {
            assert_eq!(once(names(given), alias), names(kept), "{given:?}");
        }
    }

    #[test]
    fn the_body_wins_member_by_member() {
        let query = CheckOutParameters {
            encrypt: Some(true),
            algorithm: Some(" ".to_owned()),
            ttl: Maybe::Value(3600),
            include: Some("policy,,product".to_owned()),
        };
        let meta = CheckOutMeta {
            ttl: Maybe::Null,
            ..CheckOutMeta::default()
        };

        let asked = ask(query, Some(meta), ("user", "owner"));

        assert_eq!(
            asked,
            Ask {
                encrypt: true,
                algorithm: None,
                ttl: Some(None),
                include: names(&["policy", "product"]),
            }
        );
    }
}
