//! What a processed file says of itself.

use keystead_domain::{AccountId, ArtifactId, ManifestId};
use sea_orm::entity::prelude::*;

/// A row of `release_manifests`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "release_manifests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ManifestId,
    pub account_id: AccountId,
    pub artifact_id: ArtifactId,
    /// What it is called within the file, or within its index.
    pub path: String,
    pub content_type: String,
    /// The digest of the content, after the name of its algorithm.
    pub digest: String,
    /// In bytes.
    pub content_length: i64,
    pub content: Vec<u8>,
    /// What indexes of many packages tell of it.
    pub facts: Option<Json>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
