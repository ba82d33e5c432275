//! The attributes of a policy: as they are, and as a client wants them.

use crate::version::ApiVersion;
use crate::words::{
    AuthenticationStrategy, CheckInInterval, ComponentUniquenessStrategy, ExpirationBasis,
    ExpirationStrategy, HeartbeatBasis, HeartbeatCullStrategy, HeartbeatResurrectionStrategy,
    MachineLeasingStrategy, MachineUniquenessStrategy, MatchingStrategy, OverageStrategy,
    ProcessLeasingStrategy, RenewalBasis, Scheme, TransferStrategy,
};

/// What a policy says. Durations are in seconds, memory and disk in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are the contract's; licensing reference §2.2 has the meanings"
)]
pub struct Terms {
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
    pub require_check_in: bool,
    pub check_in_interval: Option<CheckInInterval>,
    pub check_in_interval_count: Option<i64>,
    pub require_heartbeat: bool,
    pub heartbeat_duration: Option<i64>,
    pub heartbeat_cull_strategy: HeartbeatCullStrategy,
    pub heartbeat_resurrection_strategy: HeartbeatResurrectionStrategy,
    pub heartbeat_basis: HeartbeatBasis,
}

/// What a client wants of a policy: an absent attribute stays as it is, or takes its default.
///
/// The inner option is null, where null is a value. Words are as the client spells them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are the contract's; licensing reference §2.2 has the meanings"
)]
pub struct Changes {
    pub name: Option<String>,
    pub duration: Option<Option<i64>>,
    pub strict: Option<bool>,
    pub floating: Option<bool>,
    /// On creation only.
    pub use_pool: Option<bool>,
    /// On creation only.
    pub encrypted: Option<bool>,
    /// On creation only.
    pub scheme: Option<String>,
    pub protected: Option<bool>,
    pub max_machines: Option<Option<i64>>,
    pub max_processes: Option<Option<i64>>,
    pub max_users: Option<Option<i64>>,
    pub max_cores: Option<Option<i64>>,
    pub max_memory: Option<Option<i64>>,
    pub max_disk: Option<Option<i64>>,
    pub max_uses: Option<Option<i64>>,
    pub machine_uniqueness_strategy: Option<String>,
    pub machine_matching_strategy: Option<String>,
    pub component_uniqueness_strategy: Option<String>,
    pub component_matching_strategy: Option<String>,
    pub expiration_strategy: Option<String>,
    pub expiration_basis: Option<String>,
    pub renewal_basis: Option<String>,
    pub transfer_strategy: Option<String>,
    pub authentication_strategy: Option<String>,
    pub machine_leasing_strategy: Option<String>,
    pub process_leasing_strategy: Option<String>,
    pub overage_strategy: Option<String>,
    pub require_product_scope: Option<bool>,
    pub require_policy_scope: Option<bool>,
    pub require_machine_scope: Option<bool>,
    pub require_fingerprint_scope: Option<bool>,
    pub require_components_scope: Option<bool>,
    pub require_user_scope: Option<bool>,
    pub require_checksum_scope: Option<bool>,
    pub require_version_scope: Option<bool>,
    pub require_check_in: Option<bool>,
    pub check_in_interval: Option<Option<String>>,
    pub check_in_interval_count: Option<Option<i64>>,
    pub require_heartbeat: Option<bool>,
    pub heartbeat_duration: Option<Option<i64>>,
    pub heartbeat_cull_strategy: Option<String>,
    pub heartbeat_resurrection_strategy: Option<String>,
    pub heartbeat_basis: Option<String>,
}

/// The attributes that rules may complain about, in the order in which complaints are told.
pub(super) const ORDER: &[&str] = &[
    "name",
    "duration",
    "encrypted",
    "scheme",
    "max_machines",
    "max_processes",
    "max_users",
    "max_cores",
    "max_memory",
    "max_disk",
    "max_uses",
    "machine_uniqueness_strategy",
    "machine_matching_strategy",
    "component_uniqueness_strategy",
    "component_matching_strategy",
    "expiration_strategy",
    "expiration_basis",
    "renewal_basis",
    "transfer_strategy",
    "authentication_strategy",
    "machine_leasing_strategy",
    "process_leasing_strategy",
    "overage_strategy",
    "check_in_interval",
    "check_in_interval_count",
    "heartbeat_duration",
    "heartbeat_cull_strategy",
    "heartbeat_resurrection_strategy",
    "heartbeat_basis",
];

impl Terms {
    /// What a policy says that a client leaves empty, speaking this version; without a name.
    pub(super) fn empty(version: ApiVersion, protected: bool, require_heartbeat: bool) -> Self {
        Self {
            name: String::new(),
            duration: None,
            strict: false,
            floating: false,
            use_pool: false,
            encrypted: false,
            scheme: None,
            protected,
            max_machines: None,
            max_processes: None,
            max_users: None,
            max_cores: None,
            max_memory: None,
            max_disk: None,
            max_uses: None,
            machine_uniqueness_strategy: MachineUniquenessStrategy::UniquePerLicense,
            machine_matching_strategy: MatchingStrategy::MatchAny,
            component_uniqueness_strategy: ComponentUniquenessStrategy::UniquePerMachine,
            component_matching_strategy: MatchingStrategy::MatchAny,
            expiration_strategy: ExpirationStrategy::RestrictAccess,
            expiration_basis: ExpirationBasis::FromCreation,
            renewal_basis: RenewalBasis::FromExpiry,
            transfer_strategy: TransferStrategy::KeepExpiry,
            authentication_strategy: AuthenticationStrategy::Token,
            machine_leasing_strategy: MachineLeasingStrategy::PerLicense,
            process_leasing_strategy: ProcessLeasingStrategy::PerMachine,
            overage_strategy: match version {
                ApiVersion::V1_0 | ApiVersion::V1_1 => OverageStrategy::AlwaysAllowOverage,
                _ => OverageStrategy::NoOverage,
            },
            require_product_scope: false,
            require_policy_scope: false,
            require_machine_scope: false,
            require_fingerprint_scope: false,
            require_components_scope: false,
            require_user_scope: false,
            require_checksum_scope: false,
            require_version_scope: false,
            require_check_in: false,
            check_in_interval: None,
            check_in_interval_count: None,
            require_heartbeat,
            heartbeat_duration: None,
            heartbeat_cull_strategy: HeartbeatCullStrategy::DeactivateDead,
            heartbeat_resurrection_strategy: HeartbeatResurrectionStrategy::NoRevive,
            heartbeat_basis: if require_heartbeat && version > ApiVersion::V1_2 {
                HeartbeatBasis::FromCreation
            } else {
                HeartbeatBasis::FromFirstPing
            },
        }
    }
}
