//! A process's pulse: the one narrow row that a ping touches.

use keystead_domain::{AccountId, ProcessId};
use sea_orm::entity::prelude::*;

/// A row of `process_heartbeats`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "process_heartbeats")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub process_id: ProcessId,
    pub account_id: AccountId,
    pub last_at: DateTimeUtc,
    pub due_at: Option<DateTimeUtc>,
    pub died_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
