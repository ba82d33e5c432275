//! License files: the record of one, and what it tells (licensing §7.2).

use keystead_app::Cx;
use keystead_app::licenses::check_out::{Dataset, File, Included};
use keystead_domain::AccountId;
use keystead_store::entities::Policy;
use poem_openapi::Object;
use serde::Serialize;
use serde_json::{Value, json};

use super::resource::resource;
use crate::check_outs::{Along, Made, each};
use crate::document::{AccountLink, EnvironmentLink, Link, Place, Rendered, Resource, ToOne};
use crate::input::Nothing;
use crate::nouns::{LicenseFiles, Licenses};
use crate::{entitlements, environments, groups, policies, products, users};

/// A license file's attributes.
#[derive(Object, Serialize)]
pub struct LicenseFileAttributes {
    /// What is said of every file.
    #[oai(flatten)]
    #[serde(flatten)]
    file: Made,
}

/// What a license file is related to.
#[derive(Object, Serialize)]
pub struct LicenseFileRelationships {
    /// The account.
    account: AccountLink,
    /// The environment of the request; global when null.
    environment: EnvironmentLink,
    /// The license.
    license: ToOne<Licenses>,
}

impl Rendered for LicenseFiles {
    const NAME: &'static str = "LicenseFile";
    type Attributes = LicenseFileAttributes;
    type Relationships = LicenseFileRelationships;
    type Meta = Nothing;
}

/// A license file as it is answered.
pub fn file_resource(cx: &Cx, file: File) -> Resource<LicenseFiles> {
    let account: AccountId = cx.account();
    let place = Place::of::<LicenseFiles>(account, file.id);
    let attributes = LicenseFileAttributes {
        file: Made::of(file.plan, file.certificate),
    };
    let relationships = LicenseFileRelationships {
        account: place.account_link(),
        environment: place.environment_link(cx.environment.id()),
        license: Place::to_one_at(Place::of::<Licenses>(account, file.license)),
    };
    Resource {
        link: Link::Nowhere,
        ..Resource::new(place, attributes, relationships)
    }
}

/// What a file tells: the license's document as it is shown in the client's version, with what
/// was asked for along.
pub fn dataset(cx: &Cx, told: Dataset<'_>) -> String {
    let Dataset {
        license,
        plan,
        included,
    } = told;
    let policy = license.policy.clone();
    let mut data = json!(resource(license, cx.now));
    let mut along = Along::default();
    for (name, found) in plan.includes.iter().zip(included) {
        let records = records(found, &policy);
        along.add_related(&mut data, name, records);
    }
    along.document(cx, data, plan, None)
}

/// What a file holds besides, as it is answered.
pub fn records(included: Included, policy: &Policy) -> Value {
    match included {
        Included::Entitlements(held) => json!(each(held, entitlements::resource)),
        Included::Users(holders) => json!(each(holders, users::resource)),
        Included::Owner(owner) => json!(owner.map(|owner| users::resource(*owner))),
        Included::Environment(found) => json!(found.map(environments::resource)),
        Included::Group(found) => json!(found.map(|found| groups::resource(*found))),
        Included::Product(found) => json!(found.map(|found| products::resource(*found))),
        Included::Policy => json!(policies::resource(policy.clone())),
    }
}
