//! What attaches entitlements to policies and licenses, as it is answered (licensing reference
//! §2.6, §3.10).

use keystead_store::entities::{LicenseEntitlement, PolicyEntitlement};
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Link, List, Place, Rendered, Resource, ToOne};
use crate::fields::Time;
use crate::input::Nothing;
use crate::nouns::{Entitlements, LicenseEntitlements, Licenses, Policies, PolicyEntitlements};

/// An attachment's attributes.
#[derive(Object, Serialize)]
pub struct AttachmentAttributes {
    /// When it was made.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// The relationships of an entitlement's attachment to a policy.
#[derive(Object, Serialize)]
pub struct PolicyEntitlementRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The entitlement.
    entitlement: ToOne<Entitlements>,
    /// The policy.
    policy: ToOne<Policies>,
}

/// The relationships of an entitlement's attachment to a license.
#[derive(Object, Serialize)]
pub struct LicenseEntitlementRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The entitlement.
    entitlement: ToOne<Entitlements>,
    /// The license.
    license: ToOne<Licenses>,
}

impl Rendered for PolicyEntitlements {
    const NAME: &'static str = "PolicyEntitlement";
    type Attributes = AttachmentAttributes;
    type Relationships = PolicyEntitlementRelationships;
    type Meta = Nothing;
}

impl Rendered for LicenseEntitlements {
    const NAME: &'static str = "LicenseEntitlement";
    type Attributes = AttachmentAttributes;
    type Relationships = LicenseEntitlementRelationships;
    type Meta = Nothing;
}

/// An entitlement's attachment to a policy as it is answered.
pub fn to_policy(row: &PolicyEntitlement) -> Resource<PolicyEntitlements> {
    let account = row.account_id;
    let place = Place::of::<PolicyEntitlements>(account, row.id);
    let policy = Place::of::<Policies>(account, row.policy_id);
    let entitlement = Place::of::<Entitlements>(account, row.entitlement_id);
    let attributes = AttachmentAttributes {
        created: Time(row.created_at),
        updated: Time(row.updated_at),
    };
    let relationships = PolicyEntitlementRelationships {
        account: place.account_link(),
        environment: place.environment_link(row.environment_id),
        entitlement: Place::to_one_at(entitlement),
        policy: Place::to_one_at(policy),
    };
    Resource {
        link: below(policy, entitlement),
        ..Resource::new(place, attributes, relationships)
    }
}

/// An entitlement's attachment to a license as it is answered.
pub fn to_license(row: &LicenseEntitlement) -> Resource<LicenseEntitlements> {
    let account = row.account_id;
    let place = Place::of::<LicenseEntitlements>(account, row.id);
    let license = Place::of::<Licenses>(account, row.license_id);
    let entitlement = Place::of::<Entitlements>(account, row.entitlement_id);
    let attributes = AttachmentAttributes {
        created: Time(row.created_at),
        updated: Time(row.updated_at),
    };
    let relationships = LicenseEntitlementRelationships {
        account: place.account_link(),
        environment: place.environment_link(row.environment_id),
        entitlement: Place::to_one_at(entitlement),
        license: Place::to_one_at(license),
    };
    Resource {
        link: below(license, entitlement),
        ..Resource::new(place, attributes, relationships)
    }
}

/// All of them, as a list without pages.
pub fn list<N: Rendered>(attached: impl Iterator<Item = Resource<N>>) -> List<N> {
    List {
        data: attached.collect(),
        links: None,
    }
}

fn below(place: Place, entitlement: Place) -> Link {
    Link::Joined {
        place,
        name: "entitlements",
        id: entitlement.id(),
    }
}
