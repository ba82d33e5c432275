//! The terms shared by many licenses.

use keystead_domain::words::{
    AuthenticationStrategy, CheckInInterval, ComponentUniquenessStrategy, ExpirationBasis,
    ExpirationStrategy, HeartbeatBasis, HeartbeatCullStrategy, HeartbeatResurrectionStrategy,
    MachineLeasingStrategy, MachineUniquenessStrategy, MatchingStrategy, OverageStrategy,
    ProcessLeasingStrategy, RenewalBasis, Scheme, TransferStrategy,
};
use keystead_domain::{AccountId, EnvironmentId, PolicyId, ProductId};
use sea_orm::entity::prelude::*;

/// A row of `policies`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "policies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PolicyId,
    pub account_id: AccountId,
    pub environment_id: Option<EnvironmentId>,
    pub product_id: ProductId,
    pub name: String,
    pub duration: Option<i64>,
    pub strict: bool,
    pub floating: bool,
    pub use_pool: bool,
    pub encrypted: bool,
    pub scheme: Option<Scheme>,
    pub protected: bool,
    pub max_machines: Option<i64>,
    pub max_processes: Option<i64>,
    pub max_users: Option<i64>,
    pub max_cores: Option<i64>,
    pub max_memory: Option<i64>,
    pub max_disk: Option<i64>,
    pub max_uses: Option<i64>,
    pub machine_uniqueness_strategy: MachineUniquenessStrategy,
    pub machine_matching_strategy: MatchingStrategy,
    pub component_uniqueness_strategy: ComponentUniquenessStrategy,
    pub component_matching_strategy: MatchingStrategy,
    pub expiration_strategy: ExpirationStrategy,
    pub expiration_basis: ExpirationBasis,
    pub renewal_basis: RenewalBasis,
    pub transfer_strategy: TransferStrategy,
    pub authentication_strategy: AuthenticationStrategy,
    pub machine_leasing_strategy: MachineLeasingStrategy,
    pub process_leasing_strategy: ProcessLeasingStrategy,
    pub overage_strategy: OverageStrategy,
    pub require_product_scope: bool,
    pub require_policy_scope: bool,
    pub require_machine_scope: bool,
    pub require_fingerprint_scope: bool,
    pub require_components_scope: bool,
    pub require_user_scope: bool,
    pub require_checksum_scope: bool,
    pub require_version_scope: bool,
    pub require_environment_scope: bool,
    pub require_check_in: bool,
    pub check_in_interval: Option<CheckInInterval>,
    pub check_in_interval_count: Option<i64>,
    pub require_heartbeat: bool,
    pub heartbeat_duration: Option<i64>,
    pub heartbeat_cull_strategy: HeartbeatCullStrategy,
    pub heartbeat_resurrection_strategy: HeartbeatResurrectionStrategy,
    pub heartbeat_basis: HeartbeatBasis,
    pub metadata: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
