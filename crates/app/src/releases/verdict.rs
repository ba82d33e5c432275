//! Whether the bearer's licenses give it the releases that it sees.

use std::collections::{BTreeSet, HashMap};

use keystead_domain::access::Viewer;
use keystead_domain::release::access::{Held, Wanted, judge};
use keystead_domain::{EntitlementId, ProductId, Refused, ReleaseId};
use keystead_store::entities::Release;
use keystead_store::{constraints, releases};

use crate::{Cx, Result};

/// Nothing, if the bearer may have all of these releases. Vendors may have theirs without being
/// asked for a license; for others it takes five statements, however many releases there are.
///
/// # Errors
/// 403 with the first reason.
pub async fn admit(cx: &Cx, wanted: &[&Release]) -> Result<()> {
    let scope = cx.scope();
    let stranger = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) | Viewer::Product(_) => return Ok(()),
        Viewer::User(_) | Viewer::License(_) => false,
        Viewer::Nobody => true,
    };
    if wanted.is_empty() {
        return Ok(());
    }
    let products: BTreeSet<ProductId> = wanted.iter().map(|release| release.product_id).collect();
    let products: Vec<ProductId> = products.into_iter().collect();
    let ids: Vec<_> = wanted.iter().map(|release| release.id).collect();
    let strategies = releases::strategies(&cx.db, &scope, &products).await?;
    let mut asked: HashMap<ReleaseId, Vec<EntitlementId>> = HashMap::new();
    for (release, entitlement) in constraints::of_releases(&cx.db, &ids).await? {
        asked.entry(release).or_default().push(entitlement);
    }
    let holdings = releases::holdings(&cx.db, &scope, &products).await?;

    for release in wanted {
        let held: Vec<Held<'_>> = holdings
            .iter()
            .filter(|holding| holding.product == release.product_id)
            .map(|holding| Held {
                suspended: holding.suspended,
                banned: holding.banned,
                expiry: holding.expiry,
                strategy: holding.strategy,
                entitlements: &holding.entitlements,
            })
            .collect();
        let facts = Wanted {
            strategy: strategies.get(&release.product_id).copied().flatten(),
            constraints: asked.get(&release.id).map_or(&[], Vec::as_slice),
            created_at: release.created_at,
            backdated_at: release.backdated_at,
        };
        judge(&facts, &held, stranger, cx.now)
            .map_err(|denied| Refused::forbidden(denied.reason()))?;
    }
    Ok(())
}
