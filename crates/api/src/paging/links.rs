//! The links of a list: the request's path as sent, its parameters sorted and encoded.

use keystead_store::page::{Page, Slice};
use poem::Request;
use uuid::Uuid;

use super::Paging;
use crate::document::{PageCount, PageLinks};
use crate::problem::Result;
use crate::query::{self, Query};
use crate::transport::RequestLine;

/// Parameters that carry credentials, which no link repeats.
const SECRET: &[&str] = &["token", "auth"];

/// Where a list was asked for: its path as sent, and its parameters.
#[derive(Clone, Debug)]
pub struct Location {
    path: String,
    query: Query,
}

impl Location {
    /// Where a request was sent, account and all.
    ///
    /// # Errors
    /// When its query is malformed.
    pub fn of(request: &Request) -> Result<Self> {
        let uri = request.uri();
        let line = request.extensions().get::<RequestLine>();
        let path = line.map_or(uri.path(), |line| {
            let sent = line.original_path_and_query.as_str();
            sent.split_once('?').map_or(sent, |(path, _)| path)
        });
        let query = Query::parse(uri.query().unwrap_or_default())?;
        Ok(Self {
            path: path.to_owned(),
            query,
        })
    }

    /// The parameters.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Where the pages around `slice` are; lists that weren't asked for by page have no links.
    ///
    /// `last` is the id of the slice's last row.
    pub fn links<T>(
        &self,
        paging: Paging,
        slice: &Slice<T>,
        last: Option<Uuid>,
    ) -> Option<PageLinks> {
        match paging.page {
            Page::Limit(_) => None,
            Page::Offset { number, size } => Some(self.numbered(number, size, slice)),
            Page::Cursor { after, size } => {
                let at = |after: Option<Uuid>| {
                    let cursor = after.map(|id| id.to_string()).unwrap_or_default();
                    self.link(&[("page[cursor]", cursor), ("page[size]", size.to_string())])
                };
                let next = last.filter(|_| slice.more).map(|last| at(Some(last)));
                Some(PageLinks::Cursor {
                    this: at(after),
                    next,
                })
            }
        }
    }

    fn numbered<T>(&self, number: u64, size: u64, slice: &Slice<T>) -> PageLinks {
        let at = |number: u64| {
            self.link(&[
                ("page[number]", number.to_string()),
                ("page[size]", size.to_string()),
            ])
        };
        let (this, prev) = (at(number), (number > 1).then(|| at(number - 1)));
        let Some(count) = slice.total else {
            let full = slice.rows.len() as u64 >= size;
            return PageLinks::Uncounted {
                this,
                prev,
                next: full.then(|| at(number + 1)),
            };
        };
        let pages = count.div_ceil(size);
        PageLinks::Counted {
            this,
            prev,
            next: (number < pages).then(|| at(number + 1)),
            first: Some(at(1)),
            last: Some(at(pages.max(1))),
            meta: PageCount { pages, count },
        }
    }

    /// The list's path with its parameters, of which `set` are given anew.
    fn link(&self, set: &[(&str, String)]) -> String {
        let kept = self.query.pairs().iter().filter(|(name, _)| {
            !SECRET.contains(&name.as_str()) && !set.iter().any(|(other, _)| other == name)
        });
        let set = set.iter().map(|(name, value)| (*name, value.as_str()));
        let mut pairs: Vec<_> = kept
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(set)
            .collect();
        // Stable, so that the items of a list keep their order.
        pairs.sort_by_key(|(name, _)| *name);
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| query::encode(name, value))
            .collect();
        format!("{}?{}", self.path, pairs.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The links of a list asked for with `query`, its slice holding `rows` of `total` rows.
    fn links(query: &str, rows: usize, total: Option<u64>, more: bool) -> Value {
        let query = Query::parse(query).unwrap();
        let paging = Paging::read(&query).unwrap();
        let location = Location {
            path: "/v1/accounts/acme/users".to_owned(),
            query,
        };
        let slice = Slice {
            rows: vec![(); rows],
            total,
            more,
        };
        json!(location.links(paging, &slice, Some(Uuid::from_u128(9))))
    }

    fn at(query: &str) -> String {
        format!("/v1/accounts/acme/users?{query}")
    }

    #[test]
    fn links_repeat_the_path_as_it_was_sent() {
        let mut request = Request::builder()
            .uri_str("/v1/users?page[number]=1")
            .finish();
        request.extensions_mut().insert(RequestLine {
            original_path_and_query: "/v1/accounts/acme/users?page[number]=1".to_owned(),
            host: String::new(),
        });
        let location = Location::of(&request).unwrap();

        assert_eq!(location.path, "/v1/accounts/acme/users");
        assert!(location.query.get("page").is_some());
    }

    #[test]
    fn a_list_without_a_page_has_no_links() {
        assert_eq!(links("limit=5", 5, None, false), Value::Null);
    }

    #[test]
    fn numbered_pages_are_counted() {
        let page = |number: u64| at(&format!("page%5Bnumber%5D={number}&page%5Bsize%5D=5"));

        assert_eq!(
            links("page[number]=2&page[size]=5", 5, Some(21), false),
            json!({
                "self": page(2), "prev": page(1), "next": page(3), "first": page(1), "last": page(5),
                "meta": {"pages": 5, "count": 21},
            }),
        );
        assert_eq!(
            links("page[number]=5&page[size]=5", 1, Some(21), false),
            json!({
                "self": page(5), "prev": page(4), "next": null, "first": page(1), "last": page(5),
                "meta": {"pages": 5, "count": 21},
            }),
        );
        assert_eq!(
            links("page[number]=1&page[size]=5", 0, Some(0), false),
            json!({
                "self": page(1), "prev": null, "next": null, "first": page(1), "last": page(1),
                "meta": {"pages": 0, "count": 0},
            }),
        );
    }

    #[test]
    fn numbered_pages_of_a_long_list_are_not_counted() {
        let page = |number: u64| at(&format!("page%5Bnumber%5D={number}&page%5Bsize%5D=2"));

        assert_eq!(
            links("page[number]=1&page[size]=2", 2, None, false),
            json!({"self": page(1), "prev": null, "next": page(2)}),
        );
        assert_eq!(
            links("page[number]=2&page[size]=2", 1, None, false),
            json!({"self": page(2), "prev": page(1), "next": null}),
        );
    }

    #[test]
    fn pages_by_cursor_follow_the_last_row() {
        let first = at("page%5Bcursor%5D=&page%5Bsize%5D=2");
        let second = at("page%5Bcursor%5D=00000000-0000-0000-0000-000000000009&page%5Bsize%5D=2");

        assert_eq!(
            links("page[cursor]=&page[size]=2", 2, None, true),
            json!({"self": first, "next": second}),
        );
        assert_eq!(
            links("page[cursor]=&page[size]=2", 2, None, false),
            json!({"self": first, "next": null}),
        );
    }

    #[test]
    fn other_parameters_are_kept_sorted_and_credentials_are_not() {
        let query = "token=secret&roles[]=user&roles[]=admin&page[number]=1&auth=x&b=%26&a=1";

        assert_eq!(
            links(query, 0, Some(0), false)["self"],
            at("a=1&b=%26&page%5Bnumber%5D=1&page%5Bsize%5D=10&roles%5B%5D=user&roles%5B%5D=admin"),
        );
    }
}
