//! The closed list of what may happen and be told: webhooks subscribe to these names.
//!
//! Machines reference §6. Some names can be subscribed to and are never told.

words! {
    /// The name of an event, ascending.
    EventName {
        AccountBillingUpdated = "account.billing.updated",
        AccountPlanUpdated = "account.plan.updated",
        AccountSettingsCreated = "account.settings.created",
        AccountSettingsDeleted = "account.settings.deleted",
        AccountSettingsUpdated = "account.settings.updated",
        AccountSubscriptionCanceled = "account.subscription.canceled",
        AccountSubscriptionPaused = "account.subscription.paused",
        AccountSubscriptionRenewed = "account.subscription.renewed",
        AccountSubscriptionResumed = "account.subscription.resumed",
        AccountUpdated = "account.updated",
        ArtifactCreated = "artifact.created",
        ArtifactDeleted = "artifact.deleted",
        ArtifactDownloaded = "artifact.downloaded",
        ArtifactUpdated = "artifact.updated",
        ArtifactUploadFailed = "artifact.upload.failed",
        ArtifactUploadProcessing = "artifact.upload.processing",
        ArtifactUploadSucceeded = "artifact.upload.succeeded",
        ArtifactUploaded = "artifact.uploaded",
        ComponentCreated = "component.created",
        ComponentDeleted = "component.deleted",
        ComponentUpdated = "component.updated",
        EntitlementCreated = "entitlement.created",
        EntitlementDeleted = "entitlement.deleted",
        EntitlementUpdated = "entitlement.updated",
        EnvironmentCreated = "environment.created",
        EnvironmentDeleted = "environment.deleted",
        EnvironmentUpdated = "environment.updated",
        GroupCreated = "group.created",
        GroupDeleted = "group.deleted",
        GroupOwnersAttached = "group.owners.attached",
        GroupOwnersDetached = "group.owners.detached",
        GroupUpdated = "group.updated",
        KeyCreated = "key.created",
        KeyDeleted = "key.deleted",
        KeyUpdated = "key.updated",
        LicenseCheckInOverdue = "license.check-in-overdue",
        LicenseCheckInRequiredSoon = "license.check-in-required-soon",
        LicenseCheckedIn = "license.checked-in",
        LicenseCheckedOut = "license.checked-out",
        LicenseCreated = "license.created",
        LicenseDeleted = "license.deleted",
        LicenseEntitlementsAttached = "license.entitlements.attached",
        LicenseEntitlementsDetached = "license.entitlements.detached",
        LicenseExpired = "license.expired",
        LicenseExpiringSoon = "license.expiring-soon",
        LicenseGroupUpdated = "license.group.updated",
        LicenseOwnerUpdated = "license.owner.updated",
        LicensePolicyUpdated = "license.policy.updated",
        LicenseReinstated = "license.reinstated",
        LicenseRenewed = "license.renewed",
        LicenseRevoked = "license.revoked",
        LicenseSuspended = "license.suspended",
        LicenseUpdated = "license.updated",
        LicenseUsageDecremented = "license.usage.decremented",
        LicenseUsageIncremented = "license.usage.incremented",
        LicenseUsageReset = "license.usage.reset",
        LicenseUserUpdated = "license.user.updated",
        LicenseUsersAttached = "license.users.attached",
        LicenseUsersDetached = "license.users.detached",
        LicenseValidated = "license.validated",
        LicenseValidationFailed = "license.validation.failed",
        LicenseValidationSucceeded = "license.validation.succeeded",
        MachineCheckedOut = "machine.checked-out",
        MachineCreated = "machine.created",
        MachineDeleted = "machine.deleted",
        MachineGroupUpdated = "machine.group.updated",
        MachineHeartbeatDead = "machine.heartbeat.dead",
        MachineHeartbeatPing = "machine.heartbeat.ping",
        MachineHeartbeatPong = "machine.heartbeat.pong",
        MachineHeartbeatReset = "machine.heartbeat.reset",
        MachineHeartbeatResurrected = "machine.heartbeat.resurrected",
        MachineOwnerUpdated = "machine.owner.updated",
        MachineProofsGenerated = "machine.proofs.generated",
        MachineUpdated = "machine.updated",
        PackageCreated = "package.created",
        PackageDeleted = "package.deleted",
        PackageUpdated = "package.updated",
        PolicyCreated = "policy.created",
        PolicyDeleted = "policy.deleted",
        PolicyEntitlementsAttached = "policy.entitlements.attached",
        PolicyEntitlementsDetached = "policy.entitlements.detached",
        PolicyPoolPopped = "policy.pool.popped",
        PolicyUpdated = "policy.updated",
        ProcessCreated = "process.created",
        ProcessDeleted = "process.deleted",
        ProcessHeartbeatDead = "process.heartbeat.dead",
        ProcessHeartbeatPing = "process.heartbeat.ping",
        ProcessHeartbeatPong = "process.heartbeat.pong",
        ProcessHeartbeatResurrected = "process.heartbeat.resurrected",
        ProcessUpdated = "process.updated",
        ProductCreated = "product.created",
        ProductDeleted = "product.deleted",
        ProductUpdated = "product.updated",
        ReleaseConstraintsAttached = "release.constraints.attached",
        ReleaseConstraintsDetached = "release.constraints.detached",
        ReleaseCreated = "release.created",
        ReleaseDeleted = "release.deleted",
        ReleaseDownloaded = "release.downloaded",
        ReleasePackageUpdated = "release.package.updated",
        ReleasePublished = "release.published",
        ReleaseReplaced = "release.replaced",
        ReleaseUpdated = "release.updated",
        ReleaseUpgraded = "release.upgraded",
        ReleaseUploaded = "release.uploaded",
        ReleaseYanked = "release.yanked",
        SecondFactorCreated = "second-factor.created",
        SecondFactorDeleted = "second-factor.deleted",
        SecondFactorDisabled = "second-factor.disabled",
        SecondFactorEnabled = "second-factor.enabled",
        TokenGenerated = "token.generated",
        TokenRegenerated = "token.regenerated",
        TokenRevoked = "token.revoked",
        UserBanned = "user.banned",
        UserCreated = "user.created",
        UserDeleted = "user.deleted",
        UserGroupUpdated = "user.group.updated",
        UserPasswordReset = "user.password-reset",
        UserUnbanned = "user.unbanned",
        UserUpdated = "user.updated",
    }
}

impl EventName {
    /// Whether the server ever tells of the event. The others belong to hosted billing, or were
    /// replaced; receivers may still subscribe to them.
    pub const fn told(self) -> bool {
        !matches!(
            self,
            Self::AccountBillingUpdated
                | Self::AccountPlanUpdated
                | Self::AccountSubscriptionCanceled
                | Self::AccountSubscriptionPaused
                | Self::AccountSubscriptionRenewed
                | Self::AccountSubscriptionResumed
                | Self::LicenseValidated
                | Self::ReleaseReplaced
        )
    }

    /// Whether the event says that all is well, once more. There are as many of these as requests.
    pub const fn routine(self) -> bool {
        matches!(
            self,
            Self::LicenseValidationSucceeded
                | Self::MachineHeartbeatPing
                | Self::ProcessHeartbeatPing
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ascending_and_are_the_golden_ones() {
        assert!(
            EventName::ALL
                .windows(2)
                .all(|pair| pair[0].as_str() < pair[1].as_str())
        );

        let lines: Vec<_> = EventName::ALL
            .iter()
            .map(|name| format!("{name}{}\n", if name.told() { "" } else { " (never told)" }))
            .collect();
        crate::golden::check("events.txt", &lines.concat());
    }

    #[test]
    fn names_parse_back_and_nothing_else_does() {
        for &name in EventName::ALL {
            assert_eq!(EventName::parse(name.as_str()), Some(name));
        }
        for other in ["*", "license.*", "License.Created", "license.created ", ""] {
            assert_eq!(EventName::parse(other), None, "{other:?}");
        }
    }

    #[test]
    fn what_the_first_registry_forgot_is_listed() {
        for name in [
            "group.owners.attached",
            "group.owners.detached",
            "process.updated",
            "process.heartbeat.resurrected",
        ] {
            assert!(
                EventName::parse(name).is_some_and(EventName::told),
                "{name}"
            );
        }
    }
}
