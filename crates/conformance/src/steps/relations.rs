//! Records tied to others after they were made.

use futures::FutureExt;

use super::givens::tie;
use super::{Call, Entry};
use crate::factory::{Order, change, change_all, create};
use crate::fault::{Outcome, broken};
use crate::world::{World, id};

pub const STEPS: &[Entry] = &[
    (
        "the {nth} {s} (?:belongs to|is in) the {nth} {s}(?: through {s})?",
        |w, c| belongs(w, c).boxed(),
    ),
    (
        "the (first|last) {n} {s} (?:belong to|is in) the {nth} {s}(?: through {s})?",
        |w, c| some_belong(w, c).boxed(),
    ),
    (
        "(?:all|the) {s} belong to the {nth} {s}(?: through {s})?",
        |w, c| all_belong(w, c).boxed(),
    ),
    (
        "the {nth} {s} is associated (?:with|to) the {nth} {s}(?: as {s})?",
        |w, c| associated(w, c).boxed(),
    ),
    (
        "the {nth} \"license\" has the following (policy|license) entitlements:",
        |w, c| entitled(w, c).boxed(),
    ),
];

async fn belongs(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account()?;
    let (noun, row) = w.record(c.text(0)?, c.text(1)?, account).await?;
    let (_, other) = w.record(c.text(2)?, c.text(3)?, account).await?;
    let attributes = tie(c.text(1)?, c.text(3)?, id(&other)?, c.maybe(4))?;
    change(w, noun, &row, &attributes).await
}

async fn some_belong(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account()?;
    let (noun, rows) = w.records(c.text(2)?, Some(account)).await?;
    let (_, other) = w.record(c.text(3)?, c.text(4)?, account).await?;
    let count = c.number(1)?.min(rows.len());
    let chosen = match c.text(0)? {
        "first" => &rows[..count],
        _ => &rows[rows.len() - count..],
    };
    let attributes = tie(c.text(2)?, c.text(4)?, id(&other)?, c.maybe(5))?;
    change_all(w, noun, chosen, &attributes).await
}

async fn all_belong(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account()?;
    let (noun, rows) = w.records(c.text(0)?, Some(account)).await?;
    let (_, other) = w.record(c.text(1)?, c.text(2)?, account).await?;
    let attributes = tie(c.text(0)?, c.text(2)?, id(&other)?, c.maybe(3))?;
    change_all(w, noun, &rows, &attributes).await
}

async fn associated(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account()?;
    let (noun, row) = w.record(c.text(0)?, c.text(1)?, account).await?;
    let (other_noun, other) = w.record(c.text(2)?, c.text(3)?, account).await?;
    let attributes = tie(c.text(1)?, c.text(3)?, id(&other)?, c.maybe(4))?;
    let column = attributes.keys().next().cloned().unwrap_or_default();
    if crate::nouns::column(noun, &column).is_ok() {
        return change(w, noun, &row, &attributes).await;
    }
    // Many to many: a record of its own says so.
    let link = match (noun.name, other_noun.name) {
        ("license", "user") | ("user", "license") => "license_user",
        ("license", "entitlement") | ("entitlement", "license") => "license_entitlement",
        ("policy", "entitlement") | ("entitlement", "policy") => "policy_entitlement",
        (one, other) => return broken(format!("nothing ties a {one} to a {other}")),
    };
    let order = Order::of(account)
        .with(&format!("{}_id", noun.name), row["id"].clone())
        .with(&format!("{}_id", other_noun.name), other["id"].clone());
    create(w, link, order).await?;
    Ok(())
}

async fn entitled(w: &mut World, c: &Call<'_>) -> Outcome {
    let account = w.account()?;
    let (_, license) = w.record(c.text(0)?, "license", account).await?;
    let to = c.text(1)?;
    let holder = match to {
        "policy" => license["policy_id"].clone(),
        _ => license["id"].clone(),
    };
    let codes = c.json(w).await?;
    for code in codes.as_array().into_iter().flatten() {
        let entitlement = Order::of(account).with("code", code.clone());
        let entitlement = create(w, "entitlement", entitlement).await?;
        let order = Order::of(account)
            .with(&format!("{to}_id"), holder.clone())
            .with("entitlement_id", entitlement.to_string());
        create(w, &format!("{to}_entitlement"), order).await?;
    }
    Ok(())
}
