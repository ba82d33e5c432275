//! A platform, arch, channel, file type or engine that releases are told apart by.

use keystead_domain::words::FacetKind;
use keystead_domain::{AccountId, FacetId};
use sea_orm::entity::prelude::*;

/// A row of `release_facets`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "release_facets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FacetId,
    pub account_id: AccountId,
    pub kind: FacetKind,
    pub key: String,
    pub name: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
