//! Who may have a release that they see (distribution reference §6).
//!
//! What nobody may know of is left out by look-ups. What is left is judged here: the licenses of
//! the bearer, one by one, against the release.

use chrono::{DateTime, Utc};

use crate::EntitlementId;
use crate::words::{DistributionStrategy, ExpirationStrategy};

/// What a verdict looks at of a release.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// How its product is distributed; `LICENSED` when unset.
    pub strategy: Option<DistributionStrategy>,
    /// The entitlements that it asks for, all of them.
    pub constraints: &'a [EntitlementId],
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it is to count as created.
    pub backdated_at: Option<DateTime<Utc>>,
}

/// What a verdict looks at of one of the bearer's licenses of the product.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    /// Whether it is suspended.
    pub suspended: bool,
    /// Whether its owner is banned.
    pub banned: bool,
    /// When it expires.
    pub expiry: Option<DateTime<Utc>>,
    /// What expiry takes away.
    pub strategy: ExpirationStrategy,
    /// What it is entitled to, by itself or through its policy.
    pub entitlements: &'a [EntitlementId],
}

/// Why a release is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The license is suspended.
    Suspended,
    /// The license's owner is banned.
    Banned,
    /// The license expired, and with it all access.
    Expired,
    /// The release came after the license expired.
    OutsideWindow,
    /// The release asks for more than the license holds.
    MissingEntitlements,
    /// The product is for its vendor alone.
    Closed,
    /// The bearer holds no license of the product.
    NoLicense,
    /// Nobody asks, and the release is not for strangers.
    Stranger,
}

impl Denied {
    /// The contract's words.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Suspended => "license is suspended",
            Self::Banned => "license is banned",
            Self::Expired => "license is expired",
            Self::OutsideWindow => "license expiry falls outside of access window",
            Self::MissingEntitlements => "license is missing entitlements",
            Self::Closed => "release distribution strategy is closed",
            Self::NoLicense => "ensure the token or license is allowed to access all resources",
            Self::Stranger => "authentication is required",
        }
    }
}

type Check = fn(&Held<'_>, &Wanted<'_>, DateTime<Utc>) -> bool;

/// In order of precedence: the first row that holds is why a license doesn't give a release.
#[rustfmt::skip]
const CHECKS: &[(Denied, Check)] = &[
    (Denied::Suspended,           |held, _, _|        held.suspended),
    (Denied::Banned,              |held, _, _|        held.banned),
    (Denied::Expired,             |held, _, now|      expired(held, now) && held.strategy == ExpirationStrategy::RevokeAccess),
    (Denied::OutsideWindow,       |held, wanted, now| expired(held, now) && late(held, wanted)),
    (Denied::MissingEntitlements, |held, wanted, _|   !entitled(held, wanted)),
];

fn expired(held: &Held<'_>, now: DateTime<Utc>) -> bool {
    held.expiry.is_some_and(|expiry| expiry <= now)
}

fn late(held: &Held<'_>, wanted: &Wanted<'_>) -> bool {
    let released = wanted.backdated_at.unwrap_or(wanted.created_at);
    held.strategy != ExpirationStrategy::AllowAccess
        && held.expiry.is_some_and(|expiry| released > expiry)
}

fn entitled(held: &Held<'_>, wanted: &Wanted<'_>) -> bool {
    wanted
        .constraints
        .iter()
        .all(|wanted| held.entitlements.contains(wanted))
}

/// Whether whoever holds these licenses of the product may have the release. A stranger holds
/// none, and so may somebody else.
///
/// # Errors
/// The reason; of several licenses, the last one's.
pub fn judge(
    wanted: &Wanted<'_>,
    held: &[Held<'_>],
    stranger: bool,
    now: DateTime<Utc>,
) -> Result<(), Denied> {
    match wanted.strategy {
        Some(DistributionStrategy::Closed) => return Err(Denied::Closed),
        Some(DistributionStrategy::Open) if wanted.constraints.is_empty() => return Ok(()),
        _ => {}
    }
    let mut denied = match stranger {
        true => Denied::Stranger,
        false => Denied::NoLicense,
    };
    for license in held {
        let broken = CHECKS
            .iter()
            .find(|(_, holds)| holds(license, wanted, now))
            .map(|(why, _)| *why);
        match broken {
            None => return Ok(()),
            Some(why) => denied = why,
        }
    }
    Err(denied)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn wanted(constraints: &[EntitlementId]) -> Wanted<'_> {
        Wanted {
            strategy: None,
            constraints,
            created_at: NOW,
            backdated_at: None,
        }
    }

    fn good() -> Held<'static> {
        Held {
            suspended: false,
            banned: false,
            expiry: None,
            strategy: ExpirationStrategy::RestrictAccess,
            entitlements: &[],
        }
    }

    /// Makes one row hold.
    type Break = fn(&mut Held<'_>);

    /// How to break each row, in the order of the table.
    fn breaks() -> Vec<(Denied, Break)> {
        vec![
            (Denied::Suspended, |held| held.suspended = true),
            (Denied::Banned, |held| held.banned = true),
            (Denied::Expired, |held| {
                held.expiry = Some(NOW - TimeDelta::days(1));
                held.strategy = ExpirationStrategy::RevokeAccess;
            }),
            (Denied::OutsideWindow, |held| {
                held.expiry = Some(NOW - TimeDelta::days(1));
            }),
        ]
    }

    #[test]
    fn each_break_gives_its_reason_and_of_two_the_earlier_one_is_told() {
        let constraints = [EntitlementId(Uuid::from_u128(1))];
        let breaks = breaks();
        for (first, (why, break_first)) in breaks.iter().enumerate() {
            let mut held = good();
            break_first(&mut held);
            assert_eq!(
                judge(&wanted(&[]), std::slice::from_ref(&held), false, NOW),
                Err(*why)
            );
            assert_eq!(
                judge(
                    &wanted(&constraints),
                    std::slice::from_ref(&held),
                    false,
                    NOW
                ),
                Err(*why),
                "entitlements are asked for last"
            );
            for (_, break_later) in &breaks[first + 1..] {
                let mut held = good();
                break_later(&mut held);
                break_first(&mut held);
                assert_eq!(judge(&wanted(&[]), &[held], false, NOW), Err(*why));
            }
        }
        assert_eq!(
            judge(&wanted(&constraints), &[good()], false, NOW),
            Err(Denied::MissingEntitlements)
        );
    }

    #[test]
    fn one_license_that_passes_is_enough_and_else_the_last_one_tells_why() {
        let suspended = Held {
            suspended: true,
            ..good()
        };
        let banned = Held {
            banned: true,
            ..good()
        };

        let one = judge(&wanted(&[]), &[suspended.clone(), good()], false, NOW);
        let none = judge(&wanted(&[]), &[suspended, banned], false, NOW);

        assert_eq!(one, Ok(()));
        assert_eq!(none, Err(Denied::Banned));
    }

    #[test]
    fn the_products_strategy_decides_before_any_license() {
        use DistributionStrategy::{Closed, Licensed, Open};
        let entitlement = [EntitlementId(Uuid::from_u128(1))];
        #[rustfmt::skip]
        let table: [(_, &[EntitlementId], _, _); 6] = [
            (Some(Open),     &[],          true,  Ok(())),
            (Some(Open),     &entitlement, true,  Err(Denied::Stranger)),
            (Some(Closed),   &[],          false, Err(Denied::Closed)),
            (Some(Licensed), &[],          true,  Err(Denied::Stranger)),
            (Some(Licensed), &[],          false, Err(Denied::NoLicense)),
            (None,           &[],          false, Err(Denied::NoLicense)),
        ];
        for (strategy, constraints, stranger, expected) in table {
            let wanted = Wanted {
                strategy,
                ..wanted(constraints)
            };
            assert_eq!(judge(&wanted, &[], stranger, NOW), expected, "{strategy:?}");
        }
    }

    #[test]
    fn expiry_closes_the_window_for_what_came_later() {
        use ExpirationStrategy::{AllowAccess, MaintainAccess, RestrictAccess, RevokeAccess};
        let day = TimeDelta::days(1);
        let expiry = NOW - day;
        #[rustfmt::skip]
        let table = [
            (RevokeAccess,   expiry - day, Err(Denied::Expired)),
            (RestrictAccess, expiry - day, Ok(())),
            (RestrictAccess, expiry,       Ok(())),
            (RestrictAccess, expiry + day, Err(Denied::OutsideWindow)),
            (MaintainAccess, expiry + day, Err(Denied::OutsideWindow)),
            (AllowAccess,    expiry + day, Ok(())),
        ];
        for (strategy, released, expected) in table {
            let held = Held {
                expiry: Some(expiry),
                strategy,
                ..good()
            };
            let created = Wanted {
                created_at: released,
                ..wanted(&[])
            };
            let backdated = Wanted {
                backdated_at: Some(released),
                ..wanted(&[])
            };
            assert_eq!(
                judge(&created, std::slice::from_ref(&held), false, NOW),
                expected
            );
            assert_eq!(judge(&backdated, &[held], false, NOW), expected);
        }
    }
}
