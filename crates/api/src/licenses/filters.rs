//! Which licenses a list is narrowed to (licensing reference §3.12).

use std::ops::Bound;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use keystead_domain::span::Span;
use keystead_domain::term::{ACTIVE_FOR, EXPIRING_WITHIN};
use keystead_domain::words::LicenseStatus;
use keystead_store::licenses::{Activity, Expiry, Filter, Range};
use poem_openapi::Object;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::fields::Metadata;
use crate::fields::time;
use crate::listing::Listing;
use crate::problem::Result;
use crate::shape::{self, Shape};

/// Which licenses are wanted. What is no id where one is needed matches nothing, and neither does
/// a time or a duration that can't be read.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct LicenseFilters {
    /// Of the product with this id.
    product: Option<String>,
    /// Of the policy with this id.
    policy: Option<String>,
    /// In the group with this id.
    group: Option<String>,
    /// Bound to the machine with this id.
    machine: Option<String>,
    /// Owned by the user with this id or address.
    owner: Option<String>,
    /// Owned by the user with this id or address, or shared with them.
    user: Option<String>,
    /// By one fact alone, whatever else is true: `ACTIVE` or `INACTIVE` within 90 days,
    /// `SUSPENDED`, `EXPIRED`, `EXPIRING` within 3 days, `BANNED`; in any case.
    status: Option<String>,
    /// Suspended, or not.
    suspended: Option<bool>,
    /// Expired, or not. An object instead asks when: `expired[within]`, `expired[before]`,
    /// `expired[after]`, `expired[on]`.
    expired: Option<bool>,
    /// Within 3 days of their expiry, or not.
    expiring: Option<bool>,
    /// When they will expire.
    expires: Option<Window>,
    /// Owned by or shared with somebody, or not.
    assigned: Option<bool>,
    /// The opposite of `assigned`.
    unassigned: Option<bool>,
    /// Bound to a machine, or to none.
    activated: Option<bool>,
    /// How many machines they are bound to.
    activations: Option<Count>,
    /// When they were created, validated, checked out or checked in last.
    activity: Option<Life>,
    /// With all of these in its metadata; a number, true, false or null as it prints.
    metadata: Option<Metadata>,
}

/// A time from now on, or until now; of several members the first in this order counts.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
#[oai(rename = "LicenseExpiryWindow")]
struct Window {
    /// So long: an ISO 8601 duration (`P2W`, `30d`) or seconds.
    within: Option<String>,
    /// Another name of `within`.
    #[oai(rename = "in")]
    #[serde(rename = "in")]
    inside: Option<String>,
    /// Up to this time, ISO 8601 or Unix seconds.
    before: Option<String>,
    /// From this time on.
    after: Option<String>,
    /// On this day, UTC.
    on: Option<String>,
}

/// A number of machines; of several members the first in this order counts.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
#[oai(rename = "LicenseActivations")]
struct Count {
    /// Exactly so many.
    eq: Option<String>,
    /// More.
    gt: Option<String>,
    /// So many, or more.
    gte: Option<String>,
    /// Fewer.
    lt: Option<String>,
    /// So many, or fewer.
    lte: Option<String>,
}

/// When there was a sign of life; of several members the first in this order counts.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
#[oai(rename = "LicenseActivity")]
struct Life {
    /// Within so long before now: an ISO 8601 duration or seconds.
    inside: Option<String>,
    /// None within so long before now.
    outside: Option<String>,
    /// None from this time on, ISO 8601 or Unix seconds.
    before: Option<String>,
    /// One from this time on.
    after: Option<String>,
}

/// `expired` where it is an object.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
struct Expired {
    expired: Option<Window>,
}

/// What a list is asked for, at this instant.
///
/// # Errors
/// When a filter can't be read, which none refuses to be.
pub fn filter(query: &Listing<LicenseFilters>, now: DateTime<Utc>) -> Result<Filter> {
    let asked = query.filters()?;
    let expired: Expired =
        shape::read_judged(Shape::of::<Expired>().lenient(query.query().members()))?;
    let mut filter = Filter {
        product: asked.product,
        policy: asked.policy,
        group: asked.group,
        machine: asked.machine,
        owner: asked.owner,
        user: asked.user,
        suspended: asked.suspended,
        ..Filter::default()
    };
    let past = (Bound::Unbounded, Bound::Excluded(now));
    let soon = (Bound::Included(now), Bound::Excluded(now + EXPIRING_WITHIN));
    let facts = [(past, asked.expired), (soon, asked.expiring)];
    for (within, wanted) in facts {
        let expiry = wanted.map(|wanted| Expiry { within, wanted });
        filter.expiry.extend(expiry);
    }
    let one = (Bound::Included(1), Bound::Unbounded);
    let none = (Bound::Unbounded, Bound::Excluded(1));
    let machines = asked.activated.map(|any| if any { one } else { none });
    filter.machines.extend(machines);
    filter.assigned.extend(asked.assigned);
    filter
        .assigned
        .extend(asked.unassigned.map(|unassigned| !unassigned));

    if let Some(status) = asked.status {
        state(&mut filter, &status, past, soon, now);
    }
    if let Some(window) = expired.expired {
        let within = window.past(now).map(|within| both(within, past));
        push(&mut filter.nothing, &mut filter.expiry, within.map(inside));
    }
    if let Some(window) = asked.expires {
        let within = window.future(now);
        push(&mut filter.nothing, &mut filter.expiry, within.map(inside));
    }
    if let Some(count) = asked.activations {
        push(&mut filter.nothing, &mut filter.machines, count.range());
    }
    if let Some(life) = asked.activity {
        push(&mut filter.nothing, &mut filter.activity, life.sign(now));
    }
    if let Some(Metadata(members)) = asked.metadata {
        filter.metadata = members.into_iter().filter_map(alternatives).collect();
    }
    Ok(filter)
}

/// A filter that can't be read leaves nothing.
fn push<T>(nothing: &mut bool, filters: &mut Vec<T>, read: Option<T>) {
    *nothing |= read.is_none();
    filters.extend(read);
}

/// One fact of those that a license's status is made of, not the status: an expired license may
/// be active.
fn state(
    filter: &mut Filter,
    status: &str,
    past: Range<DateTime<Utc>>,
    soon: Range<DateTime<Utc>>,
    now: DateTime<Utc>,
) {
    let lively = |wanted| Activity {
        since: now - ACTIVE_FOR,
        wanted,
    };
    match LicenseStatus::parse(&status.to_uppercase()) {
        None => filter.nothing = true,
        Some(LicenseStatus::Active) => filter.activity.push(lively(true)),
        Some(LicenseStatus::Inactive) => filter.activity.push(lively(false)),
        Some(LicenseStatus::Expired) => filter.expiry.push(inside(past)),
        Some(LicenseStatus::Expiring) => filter.expiry.push(inside(soon)),
        Some(LicenseStatus::Suspended) => match filter.suspended {
            Some(false) => filter.nothing = true,
            _ => filter.suspended = Some(true),
        },
        Some(LicenseStatus::Banned) => filter.banned = true,
    }
}

fn inside(within: Range<DateTime<Utc>>) -> Expiry {
    Expiry {
        within,
        wanted: true,
    }
}

/// What lies in `range` and before the end of another.
fn both<T: Copy + Ord>(range: Range<T>, (_, end): Range<T>) -> Range<T> {
    let at = |bound| match bound {
        Bound::Included(at) | Bound::Excluded(at) => Some(at),
        Bound::Unbounded => None,
    };
    let until = match (at(range.1), at(end)) {
        (Some(mine), Some(other)) if mine < other => range.1,
        _ => end,
    };
    (range.0, until)
}

impl Window {
    fn span(&self) -> Option<&str> {
        self.within.as_deref().or(self.inside.as_deref())
    }

    /// A time that lies before now, or reaches into it.
    fn past(&self, now: DateTime<Utc>) -> Option<Range<DateTime<Utc>>> {
        match self.span() {
            Some(span) => {
                let from = Span::parse(span)?.before(now)?;
                Some((Bound::Included(from), Bound::Excluded(now)))
            }
            None => self.fixed(),
        }
    }

    /// A time that lies after now; a day as it is.
    fn future(&self, now: DateTime<Utc>) -> Option<Range<DateTime<Utc>>> {
        if let Some(span) = self.span() {
            let until = Span::parse(span)?.after(now)?;
            return Some((Bound::Included(now), Bound::Included(until)));
        }
        match self.fixed()? {
            (Bound::Unbounded, until) => Some((Bound::Included(now), until)),
            (Bound::Included(from), Bound::Unbounded) => {
                Some((Bound::Included(from.max(now)), Bound::Unbounded))
            }
            day => Some(day),
        }
    }

    fn fixed(&self) -> Option<Range<DateTime<Utc>>> {
        if let Some(before) = &self.before {
            return Some((Bound::Unbounded, Bound::Included(time::parse(before)?)));
        }
        if let Some(after) = &self.after {
            return Some((Bound::Included(time::parse(after)?), Bound::Unbounded));
        }
        let day = time::parse(self.on.as_deref()?)?.date_naive();
        let from = day.and_time(NaiveTime::MIN).and_utc();
        let until = from.checked_add_signed(TimeDelta::days(1))?;
        Some((Bound::Included(from), Bound::Excluded(until)))
    }
}

impl Count {
    fn range(&self) -> Option<Range<i64>> {
        use Bound::{Excluded, Included, Unbounded};
        type Bounds = fn(i64) -> Range<i64>;
        #[rustfmt::skip]
        let members: [(&Option<String>, Bounds); 5] = [
            (&self.eq,  |n| (Included(n), Included(n))),
            (&self.gt,  |n| (Excluded(n), Unbounded)),
            (&self.gte, |n| (Included(n), Unbounded)),
            (&self.lt,  |n| (Unbounded,   Excluded(n))),
            (&self.lte, |n| (Unbounded,   Included(n))),
        ];
        let (text, bounds) = members
            .into_iter()
            .find_map(|(text, bounds)| Some((text.as_deref()?, bounds)))?;
        text.trim().parse().ok().map(bounds)
    }
}

impl Life {
    fn sign(&self, now: DateTime<Utc>) -> Option<Activity> {
        let ago = |span: &str| Span::parse(span)?.before(now);
        let (since, wanted) = if let Some(span) = &self.inside {
            (ago(span), true)
        } else if let Some(span) = &self.outside {
            (ago(span), false)
        } else if let Some(time) = &self.before {
            (time::parse(time), false)
        } else {
            (time::parse(self.after.as_deref()?), true)
        };
        since.map(|since| Activity { since, wanted })
    }
}

/// What a member of free data may be stored as: a text, or what prints as it. None when it is
/// blank, which asks for nothing.
fn alternatives((name, value): (String, Value)) -> Option<Vec<Value>> {
    let object = |value: Value| Value::Object(Map::from_iter([(name.clone(), value)]));
    let Value::String(text) = &value else {
        // Texts alone are matched further down.
        return Some(vec![object(value)]);
    };
    let scalar = match text.as_str() {
        "" => return None,
        "true" => Some(json!(true)),
        "false" => Some(json!(false)),
        "null" => Some(Value::Null),
        number => number
            .parse::<i64>()
            .map(Value::from)
            .ok()
            .or_else(|| decimal(number)),
    };
    Some(scalar.into_iter().chain([value]).map(object).collect())
}

/// A decimal number, and nothing else that a float may be.
fn decimal(text: &str) -> Option<Value> {
    let digits = text.trim_start_matches('-');
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number = text.parse::<f64>().ok().filter(|_| plain)?;
    serde_json::Number::from_f64(number).map(Value::Number)
}
