//! What events are about: the views that operations answer, borrowed.

use keystead_domain::access::{Action, Tie, Tied};
use keystead_signing::Secret;
use keystead_store::artifacts::Loaded as Artifact;
use keystead_store::components::Loaded as Component;
use keystead_store::entities::{
    Account, AccountSetting, Constraint, Entitlement, Environment, Group, GroupOwner,
    LicenseEntitlement, LicenseUser, Package, Policy, PolicyEntitlement, Product, Release,
    SecondFactor,
};
use keystead_store::keys::Pooled;
use keystead_store::licenses::Loaded as License;
use keystead_store::tokens::Issued;

use crate::licenses::Validation;
use crate::machines::View as Machine;
use crate::processes::View as Process;
use crate::users::Person;

/// The records that an event is about. A new noun is one more variant.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each variant is named after its noun")]
pub enum Payload<'a> {
    Account(&'a Account),
    Artifact(&'a Artifact),
    Component(&'a Component),
    Entitlement(&'a Entitlement),
    Environment(&'a Environment),
    Group(&'a Group),
    /// With the tie of the group.
    GroupOwners(&'a [GroupOwner], Tie),
    Key(&'a Pooled),
    License(&'a License),
    /// With the tie of the license.
    LicenseEntitlements(&'a [LicenseEntitlement], Tie),
    /// With the tie of the license.
    LicenseUsers(&'a [LicenseUser], Tie),
    Machine(&'a Machine),
    Package(&'a Package),
    Policy(&'a Policy),
    /// With the tie of the policy.
    PolicyEntitlements(&'a [PolicyEntitlement], Tie),
    Process(&'a Process),
    Product(&'a Product),
    Release(&'a Release),
    /// With the tie of the release.
    ReleaseConstraints(&'a [Constraint], Tie),
    /// The user, and the secret that resets its password: whoever subscribed may bring it.
    PasswordReset(&'a Person, &'a Secret<String>),
    /// With the tie of the user; never the seed.
    SecondFactor(&'a SecondFactor, Tie),
    Setting(&'a AccountSetting),
    /// Never its secret.
    Token(&'a Issued),
    User(&'a Person),
    Validation(&'a Validation),
}

impl Payload<'_> {
    /// The action that would show the records, and how they hang together with bearers: an
    /// endpoint of a product hears of what its product could be shown.
    #[rustfmt::skip]
    pub(super) fn shown(&self) -> (Action, Tie) {
        match self {
            Self::Account(account)            => (Action::AccountShow, account.tie()),
            Self::Artifact(artifact)          => (Action::ArtifactShow, artifact.tie()),
            Self::Component(component)        => (Action::ComponentShow, component.tie()),
            Self::Entitlement(entitlement)    => (Action::EntitlementShow, entitlement.tie()),
            Self::Environment(environment)    => (Action::EnvironmentShow, environment.tie()),
            Self::Group(group)                => (Action::GroupShow, group.tie()),
            Self::GroupOwners(_, tie)         => (Action::GroupOwners, *tie),
            Self::Key(key)                    => (Action::KeyShow, key.tie()),
            Self::License(license)            => (Action::LicenseShow, license.tie()),
            Self::LicenseEntitlements(_, tie) => (Action::LicenseEntitlements, *tie),
            Self::LicenseUsers(_, tie)        => (Action::LicenseUsers, *tie),
            Self::Machine(machine)            => (Action::MachineShow, machine.loaded.tie()),
            Self::Package(package)            => (Action::PackageShow, package.tie()),
            Self::Policy(policy)              => (Action::PolicyShow, policy.tie()),
            Self::PolicyEntitlements(_, tie)  => (Action::PolicyEntitlements, *tie),
            Self::Process(process)            => (Action::ProcessShow, process.loaded.tie()),
            Self::Product(product)            => (Action::ProductShow, product.tie()),
            Self::Release(release)            => (Action::ReleaseShow, release.tie()),
            Self::ReleaseConstraints(_, tie)  => (Action::ReleaseConstraints, *tie),
            Self::PasswordReset(person, _)    => (Action::UserShow, person.user.tie()),
            Self::SecondFactor(_, tie)        => (Action::SecondFactorShow, *tie),
            Self::Setting(setting)            => (Action::SettingShow, setting.tie()),
            Self::Token(issued)               => (Action::TokenShow, issued.tie()),
            Self::User(person)                => (Action::UserShow, person.user.tie()),
            Self::Validation(validation)      => {
                let tie = validation.license.as_ref().map(Tied::tie);
                (Action::LicenseShow, tie.unwrap_or_default())
            }
        }
    }
}

/// A copy of what an event is about, for the events that nobody waits for.
#[derive(Debug)]
#[expect(missing_docs, reason = "each variant is named after its noun")]
pub enum Kept {
    Machine(Box<Machine>),
    Process(Box<Process>),
    Validation(Box<Validation>),
}

impl Kept {
    /// What is kept, as it is told.
    pub fn payload(&self) -> Payload<'_> {
        match self {
            Self::Machine(machine) => Payload::Machine(machine),
            Self::Process(process) => Payload::Process(process),
            Self::Validation(validation) => Payload::Validation(validation),
        }
    }
}
