//! A hardware part of a machine.

use keystead_domain::{AccountId, ComponentId, EnvironmentId, MachineId};
use sea_orm::entity::prelude::*;

/// A row of `machine_components`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "machine_components")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ComponentId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub machine_id: MachineId,
    pub fingerprint: String,
    pub fingerprint_digest: Vec<u8>,
    pub name: String,
    pub metadata: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
