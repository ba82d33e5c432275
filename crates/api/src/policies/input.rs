//! What clients send of a policy (licensing reference §2.2).

use keystead_app::Cx;
use keystead_app::policies::{Change, Draft};
use keystead_domain::policy::Changes;
use keystead_domain::words::{
    AuthenticationStrategy, CheckInInterval, ComponentUniquenessStrategy, ExpirationBasis,
    ExpirationStrategy, HeartbeatBasis, HeartbeatCullStrategy, HeartbeatResurrectionStrategy,
    MachineLeasingStrategy, MachineUniquenessStrategy, MatchingStrategy, OverageStrategy,
    ProcessLeasingStrategy, RenewalBasis, Scheme, TransferStrategy,
};
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::{Judged, Link, Maybe, MaybeLink, Metadata};
use crate::input::{Create, Update};
use crate::nouns::{Environments, Policies, Products};
use crate::shape::Guards;

/// What of a policy may be said at any time. What is absent takes its default when the policy is
/// made, and stays when it is changed; null clears where there may be nothing.
#[derive(Debug, Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
#[serde(default)]
pub struct PolicyTerms {
    /// Its name, at most 255 characters.
    name: Option<String>,
    /// Seconds that its licenses last, a day at least; for ever when null.
    duration: Maybe<i64>,
    /// Whether limits are enforced in validations.
    strict: Option<bool>,
    /// Whether its licenses may be on several machines.
    floating: Option<bool>,
    /// Machines that a license may have; any number when null.
    max_machines: Maybe<i64>,
    /// Processes that a license may run; any number when null.
    max_processes: Maybe<i64>,
    /// Users that a license may have; any number when null.
    max_users: Maybe<i64>,
    /// Cores that a license's machines may have; any number when null.
    max_cores: Maybe<i64>,
    /// Bytes of memory that a license's machines may have; any number when null.
    max_memory: Maybe<i64>,
    /// Bytes of disk that a license's machines may have; any number when null.
    max_disk: Maybe<i64>,
    /// How often a license may be used; any number when null.
    max_uses: Maybe<i64>,
    /// Where a machine's fingerprint must be unique, besides its license.
    machine_uniqueness_strategy: Option<Judged<MachineUniquenessStrategy>>,
    /// How many of several fingerprints must match in a validation.
    machine_matching_strategy: Option<Judged<MatchingStrategy>>,
    /// Where a component's fingerprint must be unique, besides its machine.
    component_uniqueness_strategy: Option<Judged<ComponentUniquenessStrategy>>,
    /// How many of a machine's components must match in a validation.
    component_matching_strategy: Option<Judged<MatchingStrategy>>,
    /// What expiry takes away.
    expiration_strategy: Option<Judged<ExpirationStrategy>>,
    /// The moment a license's term starts.
    expiration_basis: Option<Judged<ExpirationBasis>>,
    /// The moment a renewal counts from.
    renewal_basis: Option<Judged<RenewalBasis>>,
    /// What a transfer to this policy does to the expiry.
    transfer_strategy: Option<Judged<TransferStrategy>>,
    /// How its licenses may authenticate.
    authentication_strategy: Option<Judged<AuthenticationStrategy>>,
    /// The pool that machines, cores, memory and disk are counted in.
    machine_leasing_strategy: Option<Judged<MachineLeasingStrategy>>,
    /// The pool that processes are counted in.
    process_leasing_strategy: Option<Judged<ProcessLeasingStrategy>>,
    /// How far limits may be exceeded.
    overage_strategy: Option<Judged<OverageStrategy>>,
    /// Whether users are kept from making and managing licenses; a new policy takes it from the account.
    protected: Option<bool>,
    /// Whether a validation must name the product.
    require_product_scope: Option<bool>,
    /// Whether a validation must name the policy.
    require_policy_scope: Option<bool>,
    /// Whether a validation must name a machine.
    require_machine_scope: Option<bool>,
    /// Whether a validation must name a fingerprint.
    require_fingerprint_scope: Option<bool>,
    /// Whether a validation must name components.
    require_components_scope: Option<bool>,
    /// Whether a validation must name a user.
    require_user_scope: Option<bool>,
    /// Whether a validation must name a checksum.
    require_checksum_scope: Option<bool>,
    /// Whether a validation must name a version.
    require_version_scope: Option<bool>,
    /// Whether its licenses must check in.
    require_check_in: Option<bool>,
    /// The unit of the check-in interval.
    check_in_interval: Maybe<Judged<CheckInInterval>>,
    /// How many units a check-in interval has, 1 to 365.
    check_in_interval_count: Maybe<i64>,
    /// Seconds that a heart may be silent, 60 at least; 600 when null.
    heartbeat_duration: Maybe<i64>,
    /// What becomes of dead machines.
    heartbeat_cull_strategy: Option<Judged<HeartbeatCullStrategy>>,
    /// How long a dead machine may be revived.
    heartbeat_resurrection_strategy: Option<Judged<HeartbeatResurrectionStrategy>>,
    /// When a machine's heart starts beating.
    heartbeat_basis: Option<Judged<HeartbeatBasis>>,
    /// Whether machines must send heartbeats.
    require_heartbeat: Option<bool>,
    /// Free data, replaced as a whole.
    metadata: Option<Metadata>,
}

/// What is said of a new policy: some of it now or never.
#[derive(Debug, Default, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
pub struct NewPolicy {
    /// What can be changed later.
    #[oai(flatten)]
    #[serde(flatten)]
    terms: PolicyTerms,
    /// Whether keys are taken from a pool.
    use_pool: Option<bool>,
    /// Whether keys are stored as hashes only.
    encrypted: Option<bool>,
    /// How keys are made; at random when absent.
    scheme: Option<Judged<Scheme>>,
}

/// What a new policy is related to.
#[derive(Debug, Object, Deserialize)]
pub struct NewPolicyRelationships {
    /// The product whose licenses it is for.
    product: Link<Products>,
    /// The environment; the request's when absent.
    #[serde(default)]
    environment: MaybeLink<Environments>,
}

/// The body of `POST /policies`.
pub type NewPolicyBody = Create<Policies, NewPolicy, NewPolicyRelationships>;

/// The body of `PATCH /policies/{policy}`.
pub type PolicyChangeBody = Update<Policies, PolicyTerms>;

/// What the bearer may send of a policy: anything that its version knows.
pub fn guards(cx: &Cx) -> Guards {
    Guards::at(cx.version)
}

/// What a body asks for, as the use case takes it.
pub fn draft(sent: NewPolicyBody) -> Draft {
    let (new, relationships) = (sent.data.attributes, sent.data.relationships);
    let Change { terms, metadata } = new.terms.into();
    let terms = Changes {
        use_pool: new.use_pool,
        encrypted: new.encrypted,
        scheme: new.scheme.map(|word| word.text),
        ..terms
    };
    Draft {
        product: relationships.product.id(),
        terms,
        metadata,
        environment: relationships.environment.sent().change(),
    }
}

/// What a body changes, as the use case takes it.
pub fn change(sent: PolicyChangeBody) -> Change {
    sent.data.attributes.into()
}

impl From<PolicyTerms> for Change {
    fn from(sent: PolicyTerms) -> Self {
        let terms = Changes {
            name: sent.name,
            duration: sent.duration.change(),
            strict: sent.strict,
            floating: sent.floating,
            max_machines: sent.max_machines.change(),
            max_processes: sent.max_processes.change(),
            max_users: sent.max_users.change(),
            max_cores: sent.max_cores.change(),
            max_memory: sent.max_memory.change(),
            max_disk: sent.max_disk.change(),
            max_uses: sent.max_uses.change(),
            machine_uniqueness_strategy: sent.machine_uniqueness_strategy.map(|word| word.text),
            machine_matching_strategy: sent.machine_matching_strategy.map(|word| word.text),
            component_uniqueness_strategy: sent.component_uniqueness_strategy.map(|word| word.text),
            component_matching_strategy: sent.component_matching_strategy.map(|word| word.text),
            expiration_strategy: sent.expiration_strategy.map(|word| word.text),
            expiration_basis: sent.expiration_basis.map(|word| word.text),
            renewal_basis: sent.renewal_basis.map(|word| word.text),
            transfer_strategy: sent.transfer_strategy.map(|word| word.text),
            authentication_strategy: sent.authentication_strategy.map(|word| word.text),
            machine_leasing_strategy: sent.machine_leasing_strategy.map(|word| word.text),
            process_leasing_strategy: sent.process_leasing_strategy.map(|word| word.text),
            overage_strategy: sent.overage_strategy.map(|word| word.text),
            protected: sent.protected,
            require_product_scope: sent.require_product_scope,
            require_policy_scope: sent.require_policy_scope,
            require_machine_scope: sent.require_machine_scope,
            require_fingerprint_scope: sent.require_fingerprint_scope,
            require_components_scope: sent.require_components_scope,
            require_user_scope: sent.require_user_scope,
            require_checksum_scope: sent.require_checksum_scope,
            require_version_scope: sent.require_version_scope,
            require_check_in: sent.require_check_in,
            check_in_interval: sent.check_in_interval.map(|word| word.text).change(),
            check_in_interval_count: sent.check_in_interval_count.change(),
            heartbeat_duration: sent.heartbeat_duration.change(),
            heartbeat_cull_strategy: sent.heartbeat_cull_strategy.map(|word| word.text),
            heartbeat_resurrection_strategy: sent
                .heartbeat_resurrection_strategy
                .map(|word| word.text),
            heartbeat_basis: sent.heartbeat_basis.map(|word| word.text),
            require_heartbeat: sent.require_heartbeat,
            // Said once, when the policy is made.
            ..Changes::default()
        };
        Self {
            terms,
            metadata: sent.metadata.map(Into::into),
        }
    }
}
