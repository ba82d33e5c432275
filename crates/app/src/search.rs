//! Searches of what an account holds, for those who run it.

use keystead_domain::access::Action;
use keystead_domain::search::{self, Field, Sent, Subject, Term, Wanted};
use keystead_signing::digest::sha256;
use keystead_store::entities::{Entitlement, Group, Policy, Product, Release, RequestLog};
use keystead_store::licenses::Loaded as License;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::search as stored;

use crate::machines::View;
use crate::users::{Person, people};
use crate::{Cx, Result};

/// One page of what was found.
#[derive(Debug)]
pub enum Found {
    /// Of entitlements.
    Entitlements(Slice<Entitlement>),
    /// Of groups.
    Groups(Slice<Group>),
    /// Of licenses.
    Licenses(Slice<License>),
    /// Of machines.
    Machines(Slice<View>),
    /// Of policies.
    Policies(Slice<Policy>),
    /// Of products.
    Products(Slice<Product>),
    /// Of releases.
    Releases(Slice<Release>),
    /// Of requests.
    RequestLogs(Slice<RequestLog>),
    /// Of users, of whatever role.
    Users(Slice<Person>),
}

/// Who may list a kind of record may search it, if it may search at all.
#[rustfmt::skip]
const LISTS: &[(Subject, Action)] = &[
    (Subject::Entitlements, Action::EntitlementList),
    (Subject::Groups,       Action::GroupList),
    (Subject::Licenses,     Action::LicenseList),
    (Subject::Machines,     Action::MachineList),
    (Subject::Policies,     Action::PolicyList),
    (Subject::Products,     Action::ProductList),
    (Subject::Releases,     Action::ReleaseList),
    (Subject::RequestLogs,  Action::RequestLogList),
    (Subject::Users,        Action::UserList),
];

/// What a search finds, a page at a time.
///
/// # Errors
/// 401, 400 for the first thing wrong with the search, 403 by the access matrix: also when an
/// admin is on the page and the bearer lacks `admin.read`.
pub async fn search(cx: &Cx, sent: Sent<'_>, page: Page, direction: Direction) -> Result<Found> {
    cx.bearer()?;
    let judged = search::judge(sent);
    let scope = cx.allow_list(Action::Search)?;
    let mut search = judged?;
    if let Some((_, list)) = LISTS.iter().find(|(of, _)| *of == search.subject) {
        cx.allow_list(*list)?;
    }
    search.terms.iter_mut().for_each(digest_keys);

    Ok(
        match stored::find(&cx.db, &scope, &search, page, direction).await? {
            stored::Found::Entitlements(page) => Found::Entitlements(page),
            stored::Found::Groups(page) => Found::Groups(page),
            stored::Found::Licenses(page) => Found::Licenses(page),
            stored::Found::Machines(page) => {
                Found::Machines(page.map(|machine| View::of(cx, machine)))
            }
            stored::Found::Policies(page) => Found::Policies(page),
            stored::Found::Products(page) => Found::Products(page),
            stored::Found::Releases(page) => Found::Releases(page),
            stored::Found::RequestLogs(page) => Found::RequestLogs(page),
            stored::Found::Users(page) => {
                let page = cx.allow_each(Action::UserShow, &scope, page)?;
                Found::Users(people(cx, page).await?)
            }
        },
    )
}

/// License keys are found by their digests.
fn digest_keys(term: &mut Term) {
    if let (Field::Key, Wanted::Text(text)) = (term.field, &term.wanted) {
        term.wanted = Wanted::Digest(sha256(text.as_bytes()));
    }
}
