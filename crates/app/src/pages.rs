//! Lists whose every row must be the bearer's to see, or the list is refused as a whole.

use keystead_domain::access::{Action, Scope, Tied};
use keystead_store::page::Slice;

use crate::{Cx, Result};

impl Cx {
    /// The same page, if the bearer may do `action` to each of its rows.
    ///
    /// # Errors
    /// 401 when nobody asks, 403 with the contract's reason for the first row that is refused.
    pub(crate) fn allow_each<T: Tied>(
        &self,
        action: Action,
        scope: &Scope,
        page: Slice<T>,
    ) -> Result<Slice<T>> {
        let rows = page
            .rows
            .into_iter()
            .map(|row| self.allow(action, scope.seen(row)));
        Ok(Slice {
            rows: rows.collect::<Result<_, _>>()?,
            total: page.total,
            more: page.more,
        })
    }
}
