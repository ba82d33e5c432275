//! `/search`: finding what an account holds (identity reference §21).

mod input;
mod output;

use keystead_app::{Cx, search};
use keystead_domain::search::Sent;
use poem::web::Data;
use poem_openapi::OpenApi;

use self::input::{SearchBody, subject};
use self::output::Results;
use crate::body::Body;
use crate::casing;
use crate::listing::Listing;
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;

/// Searching.
pub struct SearchApi;

#[OpenApi(tag = "Tag::Search")]
impl SearchApi {
    /// Search
    ///
    /// Records of one type that fulfil every term of the query, or any with the operator `OR`,
    /// newest first. Texts are found by any part of three characters or more, whatever the case of
    /// their letters; license keys only as a whole; members of `metadata` when they are contained
    /// as they are. Records that others are tied to (`owner`, `user`, `product`, `policy`,
    /// `license`) are found by their id, or a part of their address or name.
    #[oai(path = "/search", method = "post", operation_id = "search")]
    async fn search(
        &self,
        cx: Data<&Cx>,
        query: Listing,
        body: Body<SearchBody>,
    ) -> Result<Results> {
        cx.bearer()?;
        let paging = query.paging()?;
        let sent = body.read(&Guards::at(cx.version))?.meta;
        let sent = Sent {
            kind: &sent.kind,
            subject: subject(&sent.kind),
            op: sent.op.as_deref(),
            query: &sent.query.0,
            spell: casing::camel,
        };
        let found = search::search(&cx, sent, paging.page, paging.direction).await?;
        Ok(Results::of(found, &query, paging, cx.now))
    }
}
