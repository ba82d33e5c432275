//! Which page of a list a client wants, and where the other pages are (identity §4).

mod links;

use keystead_domain::{At, Kind, Problem};
use keystead_store::page::{Direction, Page};
use serde_json::Value;

use crate::problem::Result;
use crate::query::Query;
use crate::shape;

pub use links::Location;

/// Rows on a page unless a client asks otherwise.
const DEFAULT_SIZE: u64 = 10;
/// Rows on a page at most, and pages that can be asked for by number.
const MOST: u64 = 100;

/// A page, and the direction of the list it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Which rows.
    pub page: Page,
    /// In which order.
    pub direction: Direction,
}

impl Paging {
    /// Reads `limit`, `page[…]` and `order`.
    ///
    /// # Errors
    /// What is out of bounds or of the wrong shape, at its parameter (400).
    pub fn read(query: &Query) -> Result<Self> {
        let page = match query.get("page") {
            None => Page::Limit(limit(query)?),
            Some(Value::Object(members)) if members.contains_key("cursor") => {
                let after = cursor(&text(&members["cursor"]))?;
                Page::Cursor {
                    after,
                    size: size(query, members.get("size"))?,
                }
            }
            Some(Value::Object(members)) if members.contains_key("number") => Page::Offset {
                number: number(&text(&members["number"]))?,
                size: size(query, members.get("size"))?,
            },
            Some(_) => {
                let detail =
                    "page must be an object containing a cursor or number and optional size";
                return Err(refuse("page", detail));
            }
        };
        Ok(Self {
            page,
            direction: direction(query)?,
        })
    }
}

fn refuse(parameter: &'static str, detail: impl Into<String>) -> crate::problem::Error {
    Problem::new(Kind::BadRequest, detail.into())
        .at(At::Parameter(parameter.into()))
        .into()
}

fn limit(query: &Query) -> Result<u64> {
    let Some(limit) = query.text("limit") else {
        return Ok(DEFAULT_SIZE);
    };
    within(leading_integer(limit)).ok_or_else(|| {
        let got = leading_integer(limit);
        refuse(
            "limit",
            format!("limit must be a number between 1 and {MOST} (got {got})"),
        )
    })
}

fn size(query: &Query, size: Option<&Value>) -> Result<u64> {
    let Some(size) = size else {
        return limit(query);
    };
    let got = leading_integer(&text(size));
    within(got).ok_or_else(|| {
        refuse(
            "page[size]",
            format!("page size must be a number between 1 and {MOST} (got {got})"),
        )
    })
}

fn number(number: &str) -> Result<u64> {
    let got = leading_integer(number);
    within(got).ok_or_else(|| {
        let advice = if got > i128::from(MOST) {
            ", please use cursor-based pagination instead"
        } else {
            ""
        };
        refuse(
            "page[number]",
            format!("page number must be a number between 1 and {MOST} (got {got}{advice})"),
        )
    })
}

fn cursor(cursor: &str) -> Result<Option<uuid::Uuid>> {
    if cursor.is_empty() {
        return Ok(None);
    }
    let id = cursor.parse().ok().filter(|_| shape::is_uuid(cursor));
    id.map(Some).ok_or_else(|| {
        refuse(
            "page[cursor]",
            format!("page cursor must be a valid UUID (got {cursor:?})"),
        )
    })
}

fn direction(query: &Query) -> Result<Direction> {
    match query.text("order").map(str::to_ascii_lowercase).as_deref() {
        None | Some("desc") => Ok(Direction::Descending),
        Some("asc") => Ok(Direction::Ascending),
        Some(_) => Err(refuse("order", "order is invalid")),
    }
}

/// A parameter's text; a list or an object counts as blank.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn within(number: i128) -> Option<u64> {
    u64::try_from(number)
        .ok()
        .filter(|number| (1..=MOST).contains(number))
}

/// The integer that a text begins with; 0 when it begins with none.
fn leading_integer(text: &str) -> i128 {
    let text = text.trim_start();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = digits.bytes().take_while(u8::is_ascii_digit);
    digits.fold(0_i128, |number, digit| {
        number
            .saturating_mul(10)
            .saturating_add(sign * i128::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::problem::Cause;

    #[test]
    fn a_query_asks_for_a_page() {
        let id = Uuid::from_u128(7);
        let offset = |number, size| Page::Offset { number, size };
        let cursor = |after, size| Page::Cursor { after, size };
        #[rustfmt::skip]
        let table = [
            ("",                                       Page::Limit(10)),
            ("limit=",                                 Page::Limit(10)),
            ("limit[]=3",                              Page::Limit(10)),
            ("limit=1",                                Page::Limit(1)),
            ("limit=100",                              Page::Limit(100)),
            ("limit=12abc",                            Page::Limit(12)),
            ("page[number]=1",                         offset(1, 10)),
            ("page[number]=100&page[size]=100",        offset(100, 100)),
            ("page[number]=2&limit=7",                 offset(2, 7)),
            ("page[number]=2&page[size]=3&limit=700",  offset(2, 3)),
            ("page[cursor]=",                          cursor(None, 10)),
            ("page[cursor]=&page[size]=5",             cursor(None, 5)),
            ("page[cursor]=00000000-0000-0000-0000-000000000007", cursor(Some(id), 10)),
            ("page[cursor]=00000000000000000000000000000007&page[number]=900", cursor(Some(id), 10)),
        ];
        for (query, page) in table {
            let paging = Paging::read(&Query::parse(query).unwrap()).unwrap();
            assert_eq!(
                paging,
                Paging {
                    page,
                    direction: Direction::Descending
                },
                "{query}"
            );
        }
    }

    #[test]
    fn an_order_is_told_in_any_case() {
        #[rustfmt::skip]
        let table = [
            ("",           Direction::Descending),
            ("order=",     Direction::Descending),
            ("order=DESC", Direction::Descending),
            ("order=Asc",  Direction::Ascending),
        ];
        for (query, direction) in table {
            assert_eq!(
                Paging::read(&Query::parse(query).unwrap())
                    .unwrap()
                    .direction,
                direction
            );
        }
    }

    #[test]
    fn what_is_out_of_bounds_is_told_at_its_parameter() {
        #[rustfmt::skip]
        let table = [
            ("limit=0",           "limit",        "limit must be a number between 1 and 100 (got 0)"),
            ("limit=101",         "limit",        "limit must be a number between 1 and 100 (got 101)"),
            ("limit=-3",          "limit",        "limit must be a number between 1 and 100 (got -3)"),
            ("limit=many",        "limit",        "limit must be a number between 1 and 100 (got 0)"),
            ("page[number]=0",    "page[number]", "page number must be a number between 1 and 100 (got 0)"),
            ("page[number]=",     "page[number]", "page number must be a number between 1 and 100 (got 0)"),
            ("page[number]=101",  "page[number]", "page number must be a number between 1 and 100 (got 101, please use cursor-based pagination instead)"),
            ("page[number]=1&page[size]=0",   "page[size]", "page size must be a number between 1 and 100 (got 0)"),
            ("page[number]=1&page[size]=101", "page[size]", "page size must be a number between 1 and 100 (got 101)"),
            ("page[number]=1&limit=0", "limit",   "limit must be a number between 1 and 100 (got 0)"),
            ("page[cursor]=foo",  "page[cursor]", "page cursor must be a valid UUID (got \"foo\")"),
            ("page[cursor]={00000000-0000-0000-0000-000000000007}", "page[cursor]",
                "page cursor must be a valid UUID (got \"{00000000-0000-0000-0000-000000000007}\")"),
            ("page[size]=5",      "page",         "page must be an object containing a cursor or number and optional size"),
            ("page=2",            "page",         "page must be an object containing a cursor or number and optional size"),
            ("page[]=2",          "page",         "page must be an object containing a cursor or number and optional size"),
            ("order=sideways",    "order",        "order is invalid"),
        ];
        for (query, parameter, detail) in table {
            let error = Paging::read(&Query::parse(query).unwrap()).unwrap_err();
            let Cause::Refused(refused) = error.cause else {
                panic!("{query} is refused")
            };
            let problem = &refused.problems[0];
            assert_eq!(problem.at, At::Parameter(parameter.into()), "{query}");
            assert_eq!(
                (problem.detail.as_ref(), problem.code),
                (detail, None),
                "{query}"
            );
        }
    }

    #[test]
    fn a_text_counts_as_the_integer_it_begins_with() {
        #[rustfmt::skip]
        let table = [("12", 12), (" +7x", 7), ("-5", -5), ("", 0), ("x1", 0), ("--1", 0), ("1.9", 1)];
        for (text, number) in table {
            assert_eq!(leading_integer(text), number, "{text:?}");
        }
        assert_eq!(leading_integer(&"9".repeat(60)), i128::MAX);
    }
}
