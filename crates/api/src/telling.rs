//! The documents that events carry to webhooks: what clients are shown, in a receiver's version.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use keystead_app::herald::{Documents, Payload};
use keystead_app::machines::View;
use keystead_domain::version::ApiVersion;
use keystead_domain::words::WebhookStatus;
use keystead_store::entities::WebhookEvent;
use serde::Serialize;

use crate::document::{Document, List, Rendered, Resource};
use crate::entitlements::attached;
use crate::versions::{Exchange, LicenseOwners, downgrade};
use crate::{
    accounts, artifacts, components, entitlements, environments, groups, keys, licenses, machines,
    packages, passwords, policies, processes, products, releases, second_factors, settings, tokens,
    users, webhook_events,
};

/// Prints the documents of events as the API answers them.
#[derive(Clone, Copy, Debug)]
pub struct Printer;

impl Documents for Printer {
    fn render(&self, payload: Payload<'_>, version: ApiVersion, now: DateTime<Utc>) -> String {
        let text = print(payload, now);
        let owners = owners(payload);
        migrated(text, &Exchange::embedded(version, owners.as_ref()))
    }

    fn parcel(&self, event: &WebhookEvent, version: ApiVersion) -> String {
        let mut event = event.clone();
        // What the payload has been printed for may be newer than what is read by now.
        if version < event.api_version {
            event.payload = migrated(event.payload, &Exchange::embedded(version, None));
        }
        one(webhook_events::resource(WebhookEvent {
            api_version: version,
            status: WebhookStatus::Delivering,
            last_response_code: None,
            last_response_body: None,
            ..event
        }))
    }
}

/// One line for each noun.
#[rustfmt::skip]
fn print(payload: Payload<'_>, now: DateTime<Utc>) -> String {
    match payload {
        Payload::Account(account)             => one(accounts::resource(account.clone())),
        Payload::Artifact(artifact)           => one(artifacts::resource(artifact.clone())),
        Payload::Component(component)         => one(components::resource(component.clone())),
        Payload::Entitlement(entitlement)     => one(entitlements::resource(entitlement.clone())),
        Payload::Environment(environment)     => one(environments::resource(environment.clone())),
        Payload::Group(group)                 => one(groups::resource(group.clone())),
        Payload::GroupOwners(rows, _)         => many(rows.iter().map(groups::owner)),
        Payload::Key(key)                     => one(keys::resource(key.clone())),
        Payload::License(license)             => one(licenses::resource::resource(license.clone(), now)),
        Payload::LicenseEntitlements(rows, _) => many(rows.iter().map(attached::to_license)),
        Payload::LicenseUsers(rows, _)        => many(rows.iter().map(licenses::attachment)),
        Payload::Machine(machine)             => one(machines::resource::resource(machine.clone())),
        Payload::Package(package)             => one(packages::resource(package.clone())),
        Payload::Policy(policy)               => one(policies::resource(policy.clone())),
        Payload::PolicyEntitlements(rows, _)  => many(rows.iter().map(attached::to_policy)),
        Payload::Process(process)             => one(processes::resource(process.clone())),
        Payload::Product(product)             => one(products::resource(product.clone())),
        Payload::Release(release)             => one(releases::resource(release.clone())),
        Payload::ReleaseConstraints(rows, _)  => many(rows.iter().cloned().map(releases::constraint)),
        Payload::PasswordReset(person, token) => text(&passwords::told(person.clone(), token)),
        Payload::SecondFactor(factor, _)      => one(second_factors::told(factor.clone())),
        Payload::Setting(setting)             => one(settings::resource(setting.clone())),
        Payload::Token(issued)                => one(tokens::resource(issued, None)),
        Payload::User(person)                 => one(users::resource(person.clone())),
        Payload::Validation(validation)       => text(&licenses::validation::document(validation.clone(), now)),
    }
}

fn one<N: Rendered>(resource: Resource<N>) -> String {
    text(&Document::of(resource))
}

fn many<N: Rendered>(resources: impl Iterator<Item = Resource<N>>) -> String {
    text(&resources.collect::<List<N>>())
}

fn text<T: Serialize>(document: &T) -> String {
    serde_json::to_string(document).expect("documents are made of texts, numbers and lists")
}

/// Until 1.5 a machine showed who owns its license.
fn owners(payload: Payload<'_>) -> Option<LicenseOwners> {
    let Payload::Machine(View { loaded, .. }) = payload else {
        return None;
    };
    let owner = loaded.terms.license_owner_id?;
    Some(LicenseOwners(HashMap::from([(loaded.machine.id, owner)])))
}

fn migrated(text: String, exchange: &Exchange<'_>) -> String {
    if exchange.version == ApiVersion::LATEST {
        return text;
    }
    match serde_json::from_str(&text) {
        Ok(mut document) => {
            downgrade(exchange, &mut document);
            document.to_string()
        }
        Err(_) => text,
    }
}
