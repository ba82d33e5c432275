//! What lists of logs are narrowed by: days, bearers and records (machines reference §7).

use chrono::NaiveDate;
use keystead_domain::{At, Kind, Problem};
use keystead_store::history::{Days, Who};
use serde_json::Value;

use crate::query::Query;

/// Days of a list at most.
const MAX_DAYS: i64 = 31;

/// `date[start]` and `date[end]`: whole days, both inclusive.
///
/// # Errors
/// When one of them is missing or no date, or they are too far apart or none (400).
pub fn days(query: &Query) -> Result<Option<Days>, Problem> {
    let Some(Value::Object(range)) = query.get("date") else {
        return Ok(None);
    };
    let invalid =
        |detail: String| Problem::new(Kind::BadRequest, detail).at(At::Parameter("date".into()));
    let date = |name: &str| range.get(name).and_then(Value::as_str).and_then(date);
    let (Some(first), Some(last)) = (date("start"), date("end")) else {
        return Err(invalid("invalid date range".to_owned()));
    };
    let days = (last - first).num_days();
    if !(1..=MAX_DAYS).contains(&days) {
        let detail = format!("date range must be between 1 and {MAX_DAYS} days (got {days})");
        return Err(invalid(detail));
    }
    Ok(Some(Days { first, last }))
}

/// A date, with or without a time, which doesn't matter.
fn date(text: &str) -> Option<NaiveDate> {
    let day = text.split(['T', ' ']).next()?;
    NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()
}

/// A bearer or record by its id, as `name=<id>`, `name[]=<type>&name[]=<id>` or
/// `name[type]=<type>&name[id]=<id>`.
pub fn who(query: &Query, name: &str) -> Option<Who> {
    let text = |value: &Value| {
        value
            .as_str()
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
    };
    let who = match query.get(name)? {
        Value::String(id) => Who {
            kind: None,
            id: text(&Value::from(id.as_str())),
        },
        Value::Array(pair) => Who {
            kind: pair.first().and_then(text),
            id: pair.get(1).and_then(text),
        },
        Value::Object(members) => Who {
            kind: members.get("type").and_then(text),
            id: members.get("id").and_then(text),
        },
        _ => return None,
    };
    (who.kind.is_some() || who.id.is_some()).then_some(who)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Option<(String, String)>, String> {
        let query = Query::parse(query).unwrap();
        days(&query)
            .map(|days| days.map(|it| (it.first.to_string(), it.last.to_string())))
            .map_err(|problem| problem.detail.into_owned())
    }

    #[test]
    fn a_range_is_one_to_thirty_one_days() {
        let invalid = "invalid date range";
        let far = |got: i64| format!("date range must be between 1 and 31 days (got {got})");
        #[rustfmt::skip]
        let table = [
            ("",                                            Ok(None)),
            ("date=2017-1-1",                               Ok(None)),
            ("date[start]=2017-1-2&date[end]=2017-02-02",   Ok(Some(("2017-01-02".into(), "2017-02-02".into())))),
            ("date[start]=2017-01-01T10:00:00Z&date[end]=2017-01-02", Ok(Some(("2017-01-01".into(), "2017-01-02".into())))),
            ("date[start]=2017-01-01&date[end]=2017-02-02", Err(far(32))),
            ("date[start]=2017-01-01&date[end]=2017-01-01", Err(far(0))),
            ("date[start]=2017-01-02&date[end]=2017-01-01", Err(far(-1))),
            ("date[start]=2017-01-01",                      Err(invalid.into())),
            ("date[start]=foo&date[end]=bar",               Err(invalid.into())),
        ];
        for (query, expected) in table {
            assert_eq!(read(query), expected, "{query}");
        }
    }

    #[test]
    fn a_record_is_named_in_three_ways() {
        let named = |kind: Option<&str>, id: &str| {
            let (kind, id) = (kind.map(str::to_owned), Some(id.to_owned()));
            Some(Who { kind, id })
        };
        #[rustfmt::skip]
        let table = [
            ("resource=1",                               named(None, "1")),
            ("resource[]=license&resource[]=1",          named(Some("license"), "1")),
            ("resource[type]=license&resource[id]=1",    named(Some("license"), "1")),
            ("resource=",                                None),
            ("other=1",                                  None),
        ];
        for (query, expected) in table {
            assert_eq!(
                who(&Query::parse(query).unwrap(), "resource"),
                expected,
                "{query}"
            );
        }
    }
}
