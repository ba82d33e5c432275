//! A file of a release.

use keystead_domain::words::ArtifactStatus;
use keystead_domain::{AccountId, ArtifactId, EnvironmentId, ReleaseId};
use sea_orm::entity::prelude::*;

/// A row of `release_artifacts`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "release_artifacts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ArtifactId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub release_id: ReleaseId,
    pub filename: String,
    /// The key of its file type.
    pub filetype: Option<String>,
    /// In bytes, as its maker says.
    pub filesize: Option<i64>,
    /// The key of its platform.
    pub platform: Option<String>,
    /// The key of its arch.
    pub arch: Option<String>,
    pub signature: Option<String>,
    pub checksum: Option<String>,
    pub status: ArtifactStatus,
    pub metadata: Json,
    /// Where the object lies.
    pub storage: Option<String>,
    /// In bytes, as the storage says.
    pub content_length: Option<i64>,
    pub content_type: Option<String>,
    pub etag: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
