//! A device bound to a license.

use keystead_domain::{AccountId, EnvironmentId, GroupId, LicenseId, MachineId, UserId};
use sea_orm::entity::prelude::*;

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

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
