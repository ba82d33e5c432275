//! Creates a release.

use keystead_domain::access::{Action, Scope, Tie, require};
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::release::{Semver, draft};
use keystead_domain::words::{FacetKind, ReleaseChannel, ReleaseStatus};
use keystead_domain::{
    At, Code, EntitlementId, EnvironmentId, PackageId, Permission, ProductId, Refused,
};
use keystead_store::entities::{Constraint, Release};
use keystead_store::{Tx, constraints, entitlements, facets, packages, products, releases};
use serde_json::{Value, json};

use chrono::{DateTime, Utc};

use super::{NOUN, refuse_taken};
use crate::artifacts::{Claimed, create as file};
use crate::herald::Payload;
use crate::{Cx, Result};

/// Entitlements that a new release may ask for, at most.
const MAX_CONSTRAINTS: usize = 20;

/// A release to be made.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its name.
    pub name: Option<String>,
    /// What there is to say of it.
    pub description: Option<String>,
    /// How finished it is.
    pub channel: ReleaseChannel,
    /// Whether it is published at once.
    pub status: Option<ReleaseStatus>,
    /// A name to look it up by, beside id and version.
    pub tag: Option<String>,
    /// Its version.
    pub version: String,
    /// When it is to count as created.
    pub backdated_at: Option<DateTime<Utc>>,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
    /// The product that it is a version of.
    pub product: ProductId,
    /// The package that it is in.
    pub package: Option<PackageId>,
    /// The entitlements that it asks for.
    pub constraints: Vec<EntitlementId>,
    /// Its environment: unsaid, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
    /// Its one file, for clients to whom a release is its file.
    pub file: Option<Claimed>,
}

/// Creates a release.
///
/// # Errors
/// 401, 403 by the access matrix (also when a product names one that isn't there), and 422 for
/// the draft's problems.
pub async fn create(cx: &Cx, draft: Draft) -> Result<Release> {
    let bearer = cx.bearer()?;
    let environment = draft.environment.unwrap_or(cx.environment.id());
    let product = products::by_id(&cx.db, &cx.existing(), draft.product).await?;
    let tie = Tie {
        environment,
        product: product.as_ref().map(|product| product.id),
        ..Tie::default()
    };
    cx.allow_create(Action::ReleaseCreate, &tie)?;
    if !draft.constraints.is_empty() {
        require(bearer, Permission::ReleaseConstraintsAttach)?;
    }
    let metadata = draft.metadata.clone().unwrap_or_else(|| json!({}));
    let mut problems = Problems::none();
    if product.is_none() {
        problems.add(Code::ProductNotFound.at(At::Relationship("product".into())));
    }
    let version = draft::version(&draft.version, draft.channel, &mut problems);
    let texts = draft::Texts {
        name: draft.name.as_deref(),
        description: draft.description.as_deref(),
        tag: draft.tag.as_deref(),
        backdated_at: draft.backdated_at,
    };
    draft::judge(texts, cx.now, &mut problems);
    problems.metadata(&metadata);
    let file = draft
        .file
        .clone()
        .map(|file| file::judged(file, &mut problems));

    let tx = cx.begin().await?;
    if let (Some(package), Some(product)) = (draft.package, &product) {
        judge_package(cx, &tx, package, product.id, &mut problems).await?;
    }
    judge_constraints(cx, &tx, &draft.constraints, &mut problems).await?;
    problems.into_result()?;
    let product = product.ok_or_else(|| Refused::missing("product"))?;
    let version = version.ok_or_else(|| Refused::missing("version"))?;

    let scope = Scope::system(cx.account());
    let channel = draft.channel.as_str();
    facets::ensure(&tx, &scope, FacetKind::Channel, channel, &cx.ids, cx.now).await?;
    // Versions and tags are told apart under the product's lock, so that two can't be the same.
    products::lock(&tx, &scope, product.id).await?;
    let row = row(cx, draft.clone(), &version, environment, metadata);
    refuse_taken(cx, &tx, &row, true).await?;
    let release = releases::insert(&tx, row).await?;
    let asked: Vec<Constraint> = draft
        .constraints
        .iter()
        .map(|entitlement| constraint(cx, &release, *entitlement))
        .collect();
    constraints::insert(&tx, &asked).await?;
    if let Some(file) = file {
        file::insert(cx, &tx, file::row(cx, file, &release)).await?;
    }
    let event = cx.event(EventName::ReleaseCreated.as_str(), NOUN, release.id.0);
    cx.tell(&tx, event, Payload::Release(&release)).await?;
    tx.commit().await?;
    Ok(release)
}

fn row(
    cx: &Cx,
    draft: Draft,
    version: &Semver,
    environment: Option<EnvironmentId>,
    metadata: Value,
) -> Release {
    let (pre, build) = (version.pre(), version.build_tag());
    Release {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: environment,
        product_id: draft.product,
        package_id: draft.package,
        name: draft.name,
        description: draft.description,
        channel: draft.channel,
        status: draft.status.unwrap_or(ReleaseStatus::Draft),
        tag: draft.tag,
        version: version.to_string(),
        version_major: version.major,
        version_minor: version.minor,
        version_patch: version.patch,
        pre_word: pre.word,
        pre_num: pre.num,
        build_word: build.word,
        build_num: build.num,
        api_version: cx.version,
        metadata,
        backdated_at: draft.backdated_at,
        yanked_at: None,
        created_at: cx.now,
        updated_at: cx.now,
    }
}

/// A release's demand for an entitlement, where the release is.
pub(super) fn constraint(cx: &Cx, release: &Release, entitlement: EntitlementId) -> Constraint {
    Constraint {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: release.environment_id,
        release_id: release.id,
        entitlement_id: entitlement,
        created_at: cx.now,
        updated_at: cx.now,
    }
}

/// A package must be there, and of the release's product.
pub(super) async fn judge_package(
    cx: &Cx,
    tx: &Tx,
    package: PackageId,
    product: ProductId,
    problems: &mut Problems,
) -> Result<()> {
    let at = || At::Relationship("package".into());
    match packages::by_id(tx, &cx.existing(), package).await? {
        None => problems.add(Code::PackageNotFound.at(at())),
        Some(found) if found.product_id != product => {
            problems.add(Code::PackageNotAllowed.at(at()));
        }
        Some(_) => {}
    }
    Ok(())
}

async fn judge_constraints(
    cx: &Cx,
    tx: &Tx,
    asked: &[EntitlementId],
    problems: &mut Problems,
) -> Result<()> {
    if asked.len() > MAX_CONSTRAINTS {
        problems.add(Code::ConstraintsTooLong.at(At::Relationship("constraints".into())));
        return Ok(());
    }
    let found = entitlements::keep(tx, &cx.existing(), asked).await?;
    for (index, entitlement) in asked.iter().enumerate() {
        let at = || {
            let path =
                format!("data/relationships/constraints/data/{index}/relationships/entitlement");
            At::Path(path)
        };
        if asked.iter().filter(|other| *other == entitlement).count() > 1 {
            problems.add(Code::ConstraintsEntitlementConflict.at(at()));
        } else if found.iter().all(|found| found.id != *entitlement) {
            problems.add(Code::ConstraintsEntitlementNotFound.at(at()));
        }
    }
    Ok(())
}
