//! What is not asked of Keystead, and why: told by what a scenario says, never by its name or path.

use std::sync::LazyLock;

use regex::RegexSet;

use crate::run::Mode;
use crate::suite::Scenario;

/// Steps and requests that only the hosted service's billing has.
static BILLING: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new([
        r#"^the account "[^"]*" is (canceled|canceling|paused|pending|trialing|on a free tier)$"#,
        r#"^the account "[^"]*" has a max \w+ limit of"#,
        r#"^the account "[^"]*" has exceeded its daily request limit$"#,
        r#"^the account "[^"]*" has its billing uninitialized$"#,
        r#"^the account ("[^"]*" )?does (not )?have a card on file$"#,
        r"^the account (is|should be) in an? ",
        r"^the account (doesn't|should( not)?) have a subscription$",
        r"^the account should (not )?be charged$",
        r#"^the account "[^"]*" should (not )?have a referral"#,
        r"^I have a (valid )?(payment token|coupon)",
        r"^(we are receiving|there is an incoming|the event is received)",
        r#"^the (first|last) "plan" "#,
        r#"request to "/(plans|stripe)\b"#,
        r#"request to "/accounts/[^/"]+/(plan|billing)\b"#,
        r#"request to "/accounts/[^"]*-subscription[?"]"#,
        r#"^the account should receive a "prompt-for-first-impression" email$"#,
        r#"^sidekiq should have [1-9]\d* "(initialize-billing|slack-invite)" jobs?$"#,
    ])
    .expect("valid expressions")
});

/// Requests to hosts that shorten the hosted service's URLs, and to an engine that is not served.
static SHORT_HOSTS: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new([r#"request to "//(get|bin|oci\.pkg)\.keygen\.sh"#]).expect("a valid expression")
});

/// Why a scenario is left out, if it is.
pub fn reason(scenario: &Scenario, mode: Option<Mode>) -> Option<&'static str> {
    let tagged = |tag: &str| scenario.tags.iter().any(|known| known == tag);
    let asks = |what: &RegexSet| scenario.steps.iter().any(|step| what.is_match(&step.text));
    if tagged("skip") {
        return Some("the suite skips it");
    }
    if tagged("ce") {
        return Some("asserts that features are withheld, and none is");
    }
    if asks(&BILLING) {
        return Some("billing of the hosted service");
    }
    if asks(&SHORT_HOSTS) {
        return Some("short-URL hosts of the hosted service");
    }
    match mode {
        Some(Mode::Single) if tagged("mp") => Some("for many accounts; runs with --mode multi"),
        Some(Mode::Multi) if tagged("sp") => Some("for one account; runs with --mode single"),
        _ => None,
    }
}
