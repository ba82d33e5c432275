//! Finds files for whatever fetches URLs (distribution reference §9.2).

use keystead_store::artifacts::Filter;
use keystead_store::entities::Artifact;
use keystead_store::releases::Named;

use crate::{Cx, Result, artifacts};

/// Where a file is.
#[derive(Clone, Copy, Debug)]
pub struct Address<'a> {
    /// Its product's id or code.
    pub product: &'a str,
    /// Its package's id or key; without one, it is a file of a release that is in none.
    pub package: Option<&'a str>,
    /// Its release's id, version or tag.
    pub release: &'a str,
    /// Its name or id.
    pub artifact: &'a str,
}

/// The file that is there.
///
/// # Errors
/// 404 when the bearer doesn't see it, 403 by the access matrix or when its licenses don't give it.
pub async fn find(cx: &Cx, address: Address<'_>) -> Result<Artifact> {
    let package = address.package.map(|name| Named::Is(name.to_owned()));
    let filter = Filter {
        product: Some(address.product.to_owned()),
        package: Some(package.unwrap_or(Named::None)),
        release: Some(address.release.to_owned()),
        ..Filter::default()
    };
    let found = artifacts::show(cx, address.artifact, &filter).await?;
    Ok(found.artifact)
}
