//! Something that happened, as the event log tells it.

use keystead_domain::{AccountId, EnvironmentId, EventId};
use sea_orm::entity::prelude::*;

/// A row of `events`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub name: String,
    pub resource_type: String,
    pub resource_id: Uuid,
    pub bearer_type: Option<String>,
    pub bearer_id: Option<Uuid>,
    pub request_id: Option<Uuid>,
    pub metadata: Option<Json>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
