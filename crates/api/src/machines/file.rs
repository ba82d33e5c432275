//! Machine files: the record of one, and what it tells (machines §4.2).

use std::collections::HashMap;

use keystead_app::Cx;
use keystead_app::machines::check_out::{Dataset, File, Included};
use keystead_domain::AccountId;
use poem_openapi::Object;
use serde::Serialize;
use serde_json::json;

use super::resource::resource;
use crate::check_outs::{Along, Made, each, link};
use crate::document::{AccountLink, EnvironmentLink, Link, Place, Rendered, Resource, ToOne};
use crate::input::Nothing;
use crate::licenses::{file_records, resource::resource as license_resource};
use crate::nouns::{Licenses, MachineFiles, Machines};
use crate::versions::LicenseOwners;
use crate::{components, environments, groups, users};

/// A machine file's attributes.
#[derive(Object, Serialize)]
pub struct MachineFileAttributes {
    /// What is said of every file.
    #[oai(flatten)]
    #[serde(flatten)]
    file: Made,
}

/// What a machine file is related to.
#[derive(Object, Serialize)]
pub struct MachineFileRelationships {
    /// The account.
    account: AccountLink,
    /// The environment of the request; global when null.
    environment: EnvironmentLink,
    /// The machine's license.
    license: ToOne<Licenses>,
    /// The machine.
    machine: ToOne<Machines>,
}

impl Rendered for MachineFiles {
    const NAME: &'static str = "MachineFile";
    type Attributes = MachineFileAttributes;
    type Relationships = MachineFileRelationships;
    type Meta = Nothing;
}

/// A machine file as it is answered.
pub fn file_resource(cx: &Cx, file: File) -> Resource<MachineFiles> {
    let account: AccountId = cx.account();
    let place = Place::of::<MachineFiles>(account, file.id);
    let attributes = MachineFileAttributes {
        file: Made::of(file.plan, file.certificate),
    };
    let relationships = MachineFileRelationships {
        account: place.account_link(),
        environment: place.environment_link(cx.environment.id()),
        license: Place::to_one_at(Place::of::<Licenses>(account, file.license)),
        machine: Place::to_one_at(Place::of::<Machines>(account, file.machine)),
    };
    Resource {
        link: Link::Nowhere,
        ..Resource::new(place, attributes, relationships)
    }
}

/// What a file tells: the machine's document as it is shown in the client's version, with what was
/// asked for along.
pub fn dataset(cx: &Cx, told: Dataset<'_>) -> String {
    let Dataset {
        machine,
        license,
        plan,
        included,
    } = told;
    let id = machine.loaded.machine.id;
    let owner = machine.loaded.terms.license_owner_id;
    let owners = LicenseOwners(HashMap::from_iter(owner.map(|owner| (id, owner))));
    let policy = license.policy.clone();
    let license = json!(license_resource(license, cx.now));
    let mut data = json!(resource(machine));
    let mut along = Along::default();
    for (name, found) in plan.includes.iter().zip(included) {
        let records = match found {
            Included::OfLicense(found) => {
                let records = file_records(found, &policy);
                along.add(license.clone());
                let name = name.trim_start_matches("license.");
                if let Some(license) = along.find(&license) {
                    link(license, name, &records);
                }
                along.add(records);
                continue;
            }
            Included::License => license.clone(),
            Included::Owner(owner) => json!(owner.map(|owner| users::resource(*owner))),
            Included::Components(parts) => json!(each(parts, components::resource)),
            Included::Environment(found) => json!(found.map(environments::resource)),
            Included::Group(found) => json!(found.map(|found| groups::resource(*found))),
        };
        along.add_related(&mut data, name, records);
    }
    along.document(cx, data, plan, Some(&owners))
}
