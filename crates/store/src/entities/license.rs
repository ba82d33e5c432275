//! A customer's right to use a product, with the tallies its limits are judged by.

use keystead_domain::permissions::PermissionSet;
use keystead_domain::{AccountId, EnvironmentId, GroupId, LicenseId, PolicyId, ProductId, UserId};
use sea_orm::entity::prelude::*;

use crate::cells::listed;

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

listed!(Model as "licenses_" of "licenses" {
    id: one,
    account_id: one,
    environment_id: maybe,
    product_id: one,
    policy_id: one,
    owner_id: maybe,
    group_id: maybe,
    name: maybe,
    key: one,
    key_digest: one,
    expiry: maybe,
    suspended: one,
    protected: one,
    uses: one,
    version: maybe,
    validated_checksum: maybe,
    max_machines: maybe,
    max_processes: maybe,
    max_users: maybe,
    max_cores: maybe,
    max_memory: maybe,
    max_disk: maybe,
    max_uses: maybe,
    permissions: one,
    metadata: one,
    machines_count: one,
    machines_cores: one,
    machines_memory: one,
    machines_disk: one,
    users_count: one,
    last_validated_at: maybe,
    last_check_in_at: maybe,
    last_check_out_at: maybe,
    created_at: one,
    updated_at: one,
});

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
