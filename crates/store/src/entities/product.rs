//! What a vendor sells.

use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::DistributionStrategy;
use keystead_domain::{AccountId, EnvironmentId, ProductId};
use sea_orm::entity::prelude::*;

/// A row of `products`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "products")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub name: String,
    pub code: Option<String>,
    pub url: Option<String>,
    pub distribution_strategy: Option<DistributionStrategy>,
    pub platforms: Option<Json>,
    pub permissions: PermissionSet,
    pub metadata: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
