//! A customer's right to use a product, with the tallies its limits are judged by.

use keystead_domain::permissions::PermissionSet;
use keystead_domain::{AccountId, EnvironmentId, GroupId, LicenseId, PolicyId, ProductId, UserId};
use sea_orm::entity::prelude::*;

/// A row of `licenses`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "licenses")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LicenseId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub product_id: ProductId,
    pub policy_id: PolicyId,
    pub owner_id: Option<UserId>,
    pub group_id: Option<GroupId>,
    pub name: Option<String>,
    pub key: String,
    pub key_digest: Vec<u8>,
    pub expiry: Option<DateTimeUtc>,
    pub suspended: bool,
    pub protected: bool,
    pub uses: i64,
    pub version: Option<String>,
    pub validated_checksum: Option<String>,
    pub max_machines: Option<i64>,
    pub max_processes: Option<i64>,
    pub max_users: Option<i64>,
    pub max_cores: Option<i64>,
    pub max_memory: Option<i64>,
    pub max_disk: Option<i64>,
    pub max_uses: Option<i64>,
    pub permissions: PermissionSet,
    pub metadata: Json,
    pub machines_count: i64,
    pub machines_cores: i64,
    pub machines_memory: i64,
    pub machines_disk: i64,
    pub users_count: i64,
    pub last_validated_at: Option<DateTimeUtc>,
    pub last_check_in_at: Option<DateTimeUtc>,
    pub last_check_out_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
