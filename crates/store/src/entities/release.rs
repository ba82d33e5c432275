//! A version of a product, as it is shipped.

use keystead_domain::words::{ReleaseChannel, ReleaseStatus};
use keystead_domain::{AccountId, ApiVersion, EnvironmentId, PackageId, ProductId, ReleaseId};
use sea_orm::entity::prelude::*;

/// A row of `releases`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "releases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReleaseId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub product_id: ProductId,
    pub package_id: Option<PackageId>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub channel: ReleaseChannel,
    pub status: ReleaseStatus,
    pub tag: Option<String>,
    /// The version as it is spelled; the columns after it are what it is ordered by.
    pub version: String,
    pub version_major: i64,
    pub version_minor: i64,
    pub version_patch: i64,
    pub pre_word: Option<String>,
    pub pre_num: Option<i64>,
    pub build_word: Option<String>,
    pub build_num: Option<i64>,
    /// The version of the API that it was made with: with 1.0, versions may repeat.
    pub api_version: ApiVersion,
    pub metadata: Json,
    pub backdated_at: Option<DateTimeUtc>,
    pub yanked_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
