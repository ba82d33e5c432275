//! A policy as it is answered (licensing reference §2.8).

use keystead_domain::words::{
    AuthenticationStrategy, CheckInInterval, ComponentUniquenessStrategy, ExpirationBasis,
    ExpirationStrategy, HeartbeatBasis, HeartbeatCullStrategy, HeartbeatResurrectionStrategy,
    MachineLeasingStrategy, MachineUniquenessStrategy, MatchingStrategy, OverageStrategy,
    ProcessLeasingStrategy, RenewalBasis, Scheme, TransferStrategy,
};
use keystead_store::entities::Policy;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Place, Rendered, Resource, ToMany, ToOne};
use crate::fields::{Metadata, Nullable, OneOf, Time};
use crate::input::Nothing;
use crate::nouns::{Policies, Products};

/// A policy's attributes.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct PolicyAttributes {
    /// Its name.
    name: String,
    /// Seconds that its licenses last; for ever when null.
    duration: Nullable<i64>,
    /// Whether limits are enforced in validations.
    strict: bool,
    /// Whether its licenses may be on several machines.
    floating: bool,
    /// Whether keys are taken from a pool.
    use_pool: bool,
    /// Machines that a license may have; any number when null.
    max_machines: Nullable<i64>,
    /// Processes that a license may run; any number when null.
    max_processes: Nullable<i64>,
    /// Users that a license may have; any number when null.
    max_users: Nullable<i64>,
    /// Cores that a license's machines may have; any number when null.
    max_cores: Nullable<i64>,
    /// Bytes of memory that a license's machines may have; any number when null.
    max_memory: Nullable<i64>,
    /// Bytes of disk that a license's machines may have; any number when null.
    max_disk: Nullable<i64>,
    /// How often a license may be used; any number when null.
    max_uses: Nullable<i64>,
    /// Where a machine's fingerprint must be unique, besides its license.
    machine_uniqueness_strategy: OneOf<MachineUniquenessStrategy>,
    /// How many of several fingerprints must match in a validation.
    machine_matching_strategy: OneOf<MatchingStrategy>,
    /// Where a component's fingerprint must be unique, besides its machine.
    component_uniqueness_strategy: OneOf<ComponentUniquenessStrategy>,
    /// How many of a machine's components must match in a validation.
    component_matching_strategy: OneOf<MatchingStrategy>,
    /// What expiry takes away.
    expiration_strategy: OneOf<ExpirationStrategy>,
    /// The moment a license's term starts.
    expiration_basis: OneOf<ExpirationBasis>,
    /// The moment a renewal counts from.
    renewal_basis: OneOf<RenewalBasis>,
    /// What a transfer to this policy does to the expiry.
    transfer_strategy: OneOf<TransferStrategy>,
    /// How its licenses may authenticate.
    authentication_strategy: OneOf<AuthenticationStrategy>,
    /// The pool that machines, cores, memory and disk are counted in.
    machine_leasing_strategy: OneOf<MachineLeasingStrategy>,
    /// The pool that processes are counted in.
    process_leasing_strategy: OneOf<ProcessLeasingStrategy>,
    /// How far limits may be exceeded.
    overage_strategy: OneOf<OverageStrategy>,
    /// How keys are made; at random when null.
    scheme: Nullable<OneOf<Scheme>>,
    /// Whether keys are stored as hashes only.
    encrypted: bool,
    /// Whether users are kept from making and managing licenses.
    protected: bool,
    /// Whether a validation must name the product.
    require_product_scope: bool,
    /// Whether a validation must name the policy.
    require_policy_scope: bool,
    /// Whether a validation must name a machine.
    require_machine_scope: bool,
    /// Whether a validation must name a fingerprint.
    require_fingerprint_scope: bool,
    /// Whether a validation must name components.
    require_components_scope: bool,
    /// Whether a validation must name a user.
    require_user_scope: bool,
    /// Whether a validation must name a checksum.
    require_checksum_scope: bool,
    /// Whether a validation must name a version.
    require_version_scope: bool,
    /// Whether its licenses must check in.
    require_check_in: bool,
    /// The unit of the check-in interval.
    check_in_interval: Nullable<OneOf<CheckInInterval>>,
    /// How many units a check-in interval has.
    check_in_interval_count: Nullable<i64>,
    /// Seconds that a heart may be silent; 600 when null.
    heartbeat_duration: Nullable<i64>,
    /// What becomes of dead machines.
    heartbeat_cull_strategy: OneOf<HeartbeatCullStrategy>,
    /// How long a dead machine may be revived.
    heartbeat_resurrection_strategy: OneOf<HeartbeatResurrectionStrategy>,
    /// When a machine's heart starts beating.
    heartbeat_basis: OneOf<HeartbeatBasis>,
    /// Whether machines must send heartbeats.
    require_heartbeat: bool,
    /// Free data.
    metadata: Metadata,
    /// When it was created.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// A policy's relationships.
#[derive(Object, Serialize)]
pub struct PolicyRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The product whose licenses it is for.
    product: ToOne<Products>,
    /// The keys that wait to be taken.
    pool: ToMany,
    /// The licenses under its terms.
    licenses: ToMany,
    /// The rights that all of its licenses hold.
    entitlements: ToMany,
}

impl Rendered for Policies {
    const NAME: &'static str = "Policy";
    type Attributes = PolicyAttributes;
    type Relationships = PolicyRelationships;
    type Meta = Nothing;
}

/// A policy as it is answered.
pub fn resource(policy: Policy) -> Resource<Policies> {
    let place = Place::of::<Policies>(policy.account_id, policy.id);
    let relationships = PolicyRelationships {
        account: place.account_link(),
        environment: place.environment_link(policy.environment_id),
        product: place.to_one("product", Some(policy.product_id)),
        pool: place.to_many("pool"),
        licenses: place.to_many("licenses"),
        entitlements: place.to_many("entitlements"),
    };
    let attributes = PolicyAttributes {
        name: policy.name,
        duration: Nullable(policy.duration),
        strict: policy.strict,
        floating: policy.floating,
        use_pool: policy.use_pool,
        max_machines: Nullable(policy.max_machines),
        max_processes: Nullable(policy.max_processes),
        max_users: Nullable(policy.max_users),
        max_cores: Nullable(policy.max_cores),
        max_memory: Nullable(policy.max_memory),
        max_disk: Nullable(policy.max_disk),
        max_uses: Nullable(policy.max_uses),
        machine_uniqueness_strategy: OneOf(policy.machine_uniqueness_strategy),
        machine_matching_strategy: OneOf(policy.machine_matching_strategy),
        component_uniqueness_strategy: OneOf(policy.component_uniqueness_strategy),
        component_matching_strategy: OneOf(policy.component_matching_strategy),
        expiration_strategy: OneOf(policy.expiration_strategy),
        expiration_basis: OneOf(policy.expiration_basis),
        renewal_basis: OneOf(policy.renewal_basis),
        transfer_strategy: OneOf(policy.transfer_strategy),
        authentication_strategy: OneOf(policy.authentication_strategy),
        machine_leasing_strategy: OneOf(policy.machine_leasing_strategy),
        process_leasing_strategy: OneOf(policy.process_leasing_strategy),
        overage_strategy: OneOf(policy.overage_strategy),
        scheme: Nullable(policy.scheme.map(OneOf)),
        encrypted: policy.encrypted,
        protected: policy.protected,
        require_product_scope: policy.require_product_scope,
        require_policy_scope: policy.require_policy_scope,
        require_machine_scope: policy.require_machine_scope,
        require_fingerprint_scope: policy.require_fingerprint_scope,
        require_components_scope: policy.require_components_scope,
        require_user_scope: policy.require_user_scope,
        require_checksum_scope: policy.require_checksum_scope,
        require_version_scope: policy.require_version_scope,
        require_check_in: policy.require_check_in,
        check_in_interval: Nullable(policy.check_in_interval.map(OneOf)),
        check_in_interval_count: Nullable(policy.check_in_interval_count),
        heartbeat_duration: Nullable(policy.heartbeat_duration),
        heartbeat_cull_strategy: OneOf(policy.heartbeat_cull_strategy),
        heartbeat_resurrection_strategy: OneOf(policy.heartbeat_resurrection_strategy),
        heartbeat_basis: OneOf(policy.heartbeat_basis),
        require_heartbeat: policy.require_heartbeat,
        metadata: policy.metadata.into(),
        created: Time(policy.created_at),
        updated: Time(policy.updated_at),
    };
    Resource::new(place, attributes, relationships)
}
