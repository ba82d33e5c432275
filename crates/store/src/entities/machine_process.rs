//! An instance that runs on a machine.

use keystead_domain::{AccountId, EnvironmentId, MachineId, ProcessId};
use sea_orm::entity::prelude::*;

/// A row of `machine_processes`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "machine_processes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProcessId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub machine_id: MachineId,
    pub pid: String,
    pub pid_digest: Vec<u8>,
    pub metadata: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
