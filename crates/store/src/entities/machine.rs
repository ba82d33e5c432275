//! A device bound to a license.

use keystead_domain::{AccountId, EnvironmentId, GroupId, LicenseId, MachineId, UserId};
use sea_orm::entity::prelude::*;

use crate::cells::listed;

/// A row of `machines`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "machines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MachineId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub license_id: LicenseId,
    pub owner_id: Option<UserId>,
    pub group_id: Option<GroupId>,
    pub fingerprint: String,
    pub fingerprint_digest: Vec<u8>,
    pub name: Option<String>,
    pub ip: Option<String>,
    pub hostname: Option<String>,
    pub platform: Option<String>,
    pub cores: Option<i64>,
    pub memory: Option<i64>,
    pub disk: Option<i64>,
    pub max_processes: Option<i64>,
    pub metadata: Json,
    pub last_check_out_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

listed!(Model as "machines_" of "machines" {
    id: one,
    account_id: one,
    environment_id: maybe,
    license_id: one,
    owner_id: maybe,
    group_id: maybe,
    fingerprint: one,
    fingerprint_digest: one,
    name: maybe,
    ip: maybe,
    hostname: maybe,
    platform: maybe,
    cores: maybe,
    memory: maybe,
    disk: maybe,
    max_processes: maybe,
    metadata: one,
    last_check_out_at: maybe,
    created_at: one,
    updated_at: one,
});

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
