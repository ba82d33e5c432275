//! A request that was answered.

use keystead_domain::{AccountId, EnvironmentId, RequestId};
use sea_orm::entity::prelude::*;

/// A row of `request_logs`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "request_logs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RequestId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub requestor_type: Option<String>,
    pub requestor_id: Option<Uuid>,
    pub resource_type: Option<String>,
    pub resource_id: Option<Uuid>,
    pub method: String,
    pub url: String,
    pub status: i64,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub request_headers: Option<Json>,
    pub request_body: Option<String>,
    pub response_headers: Option<Json>,
    pub response_body: Option<String>,
    pub response_signature: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
