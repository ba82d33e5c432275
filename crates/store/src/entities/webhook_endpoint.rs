//! A receiver of webhooks.

use keystead_domain::version::ApiVersion;
use keystead_domain::words::WebhookSignatureAlgorithm;
use keystead_domain::{AccountId, EnvironmentId, ProductId, WebhookEndpointId};
use sea_orm::entity::prelude::*;

/// A row of `webhook_endpoints`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_endpoints")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookEndpointId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub product_id: Option<ProductId>,
    pub url: String,
    pub subscriptions: Json,
    pub signature_algorithm: WebhookSignatureAlgorithm,
    pub api_version: ApiVersion,
    pub failures: i64,
    pub rests_until: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
