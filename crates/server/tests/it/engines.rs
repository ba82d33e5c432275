//! Packages, as the clients of engines get them.

mod bundler;
mod hosts;
mod npm;
mod npm_install;
mod pip;
mod programs;
mod pypi;
mod raw;
mod rubygems;
mod tauri;

use keystead_testkit::{Caller, World};

use crate::releases::Shelf;

/// Who holds a license of a shelf's product.
async fn holder(w: &World, shelf: &Shelf<'_>) -> Caller {
    let policy = w.policy().of(shelf.product());
    let policy = policy.with("authenticationStrategy", "LICENSE");
    let license = w.license().of(&policy.create().await).create().await;
    w.holder(&license.key)
}

/// Where a file of this name is, on the host that the test asks.
fn file_url(w: &World, id: &str, filename: &str) -> String {
    let (base, account) = (w.base(), w.account());
    format!("{base}/v1/accounts/{account}/artifacts/{id}/{filename}")
}
