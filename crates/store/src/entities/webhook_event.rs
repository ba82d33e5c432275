//! One event on its way to one receiver.

use keystead_domain::version::ApiVersion;
use keystead_domain::words::WebhookStatus;
use keystead_domain::{AccountId, EnvironmentId, WebhookEndpointId, WebhookEventId};
use sea_orm::entity::prelude::*;

/// A row of `webhook_events`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookEventId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub endpoint_id: WebhookEndpointId,
    pub endpoint: String,
    pub api_version: ApiVersion,
    pub event: String,
    pub payload: String,
    pub status: WebhookStatus,
    pub last_response_code: Option<i64>,
    pub last_response_body: Option<String>,
    pub idempotency_token: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
