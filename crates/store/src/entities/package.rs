//! A group of a product's releases, which may have an engine.

use keystead_domain::{AccountId, EnvironmentId, PackageId, ProductId};
use sea_orm::entity::prelude::*;

/// A row of `release_packages`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "release_packages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PackageId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub product_id: ProductId,
    pub name: String,
    pub key: String,
    /// The key of its engine.
    pub engine: Option<String>,
    pub metadata: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
