//! A license as it is answered (licensing reference §3.15).

use chrono::{DateTime, Utc};
use keystead_app::licenses::{self, limits, next_check_in, status};
use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::{LicenseStatus, Scheme};
use keystead_store::licenses::Loaded;
use poem_openapi::Object;
use serde::{Serialize, Serializer};

use crate::document::{AccountLink, EnvironmentLink, Place, Rendered, Resource, ToMany, ToOne};
use crate::fields::{Metadata, Nullable, OneOf, Time};
use crate::input::Nothing;
use crate::nouns::{Groups, Licenses, Policies, Products, Users};

/// A license's attributes.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct LicenseAttributes {
    /// A name for people.
    name: Nullable<String>,
    /// The key, exactly as it validates and authenticates. Legacy encrypted keys are shown when
    /// they are made, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// When it expires; never when null.
    expiry: Nullable<Time>,
    /// What it is now.
    status: OneOf<LicenseStatus>,
    /// How often it was used.
    uses: i64,
    /// Whether it is suspended.
    suspended: bool,
    /// How its key was made.
    scheme: Nullable<OneOf<Scheme>>,
    /// Whether its key is stored as a hash only.
    encrypted: bool,
    /// Whether its policy counts machines in validations.
    strict: bool,
    /// Whether it may be on several machines.
    floating: bool,
    /// Whether it is protected from its users.
    protected: bool,
    /// The release it was last validated for.
    version: Nullable<String>,
    /// Machines it may have; any number when null.
    max_machines: Nullable<i64>,
    /// Processes it may run; any number when null.
    max_processes: Nullable<i64>,
    /// Users it may have; any number when null.
    max_users: Nullable<i64>,
    /// Cores its machines may have; any number when null.
    max_cores: Nullable<i64>,
    /// Bytes of memory its machines may have; any number when null.
    max_memory: Nullable<i64>,
    /// Bytes of disk its machines may have; any number when null.
    max_disk: Nullable<i64>,
    /// How often it may be used; any number when null.
    max_uses: Nullable<i64>,
    /// Whether its machines must send heartbeats.
    require_heartbeat: bool,
    /// Whether it must check in.
    require_check_in: bool,
    /// Its last validation.
    last_validated: Nullable<Time>,
    /// Its last check-in.
    last_check_in: Nullable<Time>,
    /// When it must check in next.
    next_check_in: Nullable<Time>,
    /// Its last check-out.
    last_check_out: Nullable<Time>,
    /// What it permits, ascending: what its owner permits too.
    permissions: Names,
    /// Free data.
    metadata: Metadata,
    /// When it was created.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// What a license is related to.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct LicenseRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The product it is of.
    product: ToOne<Products>,
    /// The policy whose terms it is under.
    policy: ToOne<Policies>,
    /// The group whose limits it shares.
    group: ToOne<Groups>,
    /// The user who owns it.
    owner: ToOne<Users>,
    /// The users who hold it: its owner, and those attached.
    users: ToMany<UserCount>,
    /// The machines it is bound to.
    machines: ToMany<MachineTotals>,
    /// The tokens that speak for it.
    tokens: ToMany,
    /// The entitlements it holds.
    entitlements: ToMany,
}

/// How many users hold a license.
#[derive(Object, Serialize)]
pub struct UserCount {
    /// Users, the owner included.
    count: i64,
}

/// What the machines of a license amount to.
#[derive(Object, Serialize)]
pub struct MachineTotals {
    /// Their cores.
    cores: i64,
    /// Their memory, in bytes.
    memory: i64,
    /// Their disk, in bytes.
    disk: i64,
    /// How many there are.
    count: i64,
}

/// The names of permissions, ascending, printed without a list being made first.
pub struct Names(PermissionSet);

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.names())
    }
}

wire!(answered [] Names {
    required: true,
    name: "permissions",
    schema: schema!("array", items: Some(Box::new(schema!("string")))),
    register: |_registry| (),
});

impl Rendered for Licenses {
    const NAME: &'static str = "License";
    type Attributes = LicenseAttributes;
    type Relationships = LicenseRelationships;
    type Meta = Nothing;
}

/// A license as it is answered at `now`.
pub fn resource(loaded: Loaded, now: DateTime<Utc>) -> Resource<Licenses> {
    let key = (!licenses::hides_key(&loaded)).then(|| loaded.license.key.clone());
    with_key(loaded, key, now)
}

/// A license as it is answered once, with the raw form of its key.
pub fn with_key(loaded: Loaded, key: Option<String>, now: DateTime<Utc>) -> Resource<Licenses> {
    let limits = limits(&loaded);
    let (status, next) = (status(&loaded, now), next_check_in(&loaded));
    let (users, permissions) = (loaded.users(), loaded.permissions());
    let Loaded {
        license, policy, ..
    } = loaded;
    let place = Place::of::<Licenses>(license.account_id, license.id);
    let time = |time: Option<DateTime<Utc>>| Nullable(time.map(Time));
    let attributes = LicenseAttributes {
        name: Nullable(license.name),
        key,
        expiry: time(license.expiry),
        status: OneOf(status),
        uses: license.uses,
        suspended: license.suspended,
        scheme: Nullable(policy.scheme.map(OneOf)),
        encrypted: policy.encrypted,
        strict: policy.strict,
        floating: policy.floating,
        protected: license.protected,
        version: Nullable(license.version),
        max_machines: Nullable(limits.machines),
        max_processes: Nullable(limits.processes),
        max_users: Nullable(limits.users),
        max_cores: Nullable(limits.cores),
        max_memory: Nullable(limits.memory),
        max_disk: Nullable(limits.disk),
        max_uses: Nullable(limits.uses),
        require_heartbeat: policy.require_heartbeat,
        require_check_in: policy.require_check_in,
        last_validated: time(license.last_validated_at),
        last_check_in: time(license.last_check_in_at),
        next_check_in: time(next),
        last_check_out: time(license.last_check_out_at),
        permissions: Names(permissions),
        metadata: Metadata::from(license.metadata),
        created: Time(license.created_at),
        updated: Time(license.updated_at),
    };
    let relationships = LicenseRelationships {
        account: place.account_link(),
        environment: place.environment_link(license.environment_id),
        product: place.to_one("product", Some(license.product_id)),
        policy: place.to_one("policy", Some(license.policy_id)),
        group: place.to_one("group", license.group_id),
        owner: place.to_one("owner", license.owner_id),
        users: place.to_many_with("users", Some(UserCount { count: users })),
        machines: place.to_many_with(
            "machines",
            Some(MachineTotals {
                cores: license.machines_cores,
                memory: license.machines_memory,
                disk: license.machines_disk,
                count: license.machines_count,
            }),
        ),
        tokens: place.to_many("tokens"),
        entitlements: place.to_many("entitlements"),
    };
    Resource::new(place, attributes, relationships)
}
