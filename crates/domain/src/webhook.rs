//! Webhooks: what receivers may be, and what becomes of a delivery (machines reference §5).

use chrono::TimeDelta;

use crate::draft::Problems;
use crate::event::EventName;
use crate::product::{dotted, parts};
use crate::refusal::{At, Code};
use crate::words::{WebhookSignatureAlgorithm, WebhookStatus};

/// Characters of a receiver's URL at most.
const MAX_URL_CHARS: usize = 4_096;

/// Hosts that are never receivers: this machine, and the contract's own service.
const FORBIDDEN_HOSTS: &[&str] = &[
    "localhost",
    "keygen.sh",
    "api.keygen.sh",
    "app.keygen.sh",
    "dist.keygen.sh",
    "dashboard.keygen.sh",
    "portal.keygen.sh",
    "status.keygen.sh",
    "stats.keygen.sh",
];

/// Where receivers may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// On the public internet, behind `https`.
    #[default]
    Public,
    /// Also in the operator's own network, by any name or address, and in the clear.
    Internal,
}

/// Judges a receiver's URL: `https`, and a dotted name that isn't ours, unless the operator lets
/// receivers be internal. What the name resolves to is judged with every delivery.
pub fn judge_url(url: &str, reach: Reach, problems: &mut Problems) {
    let at = || At::Attribute("url".into());
    if url.chars().count() > MAX_URL_CHARS {
        let detail = format!("is too long (maximum is {MAX_URL_CHARS} characters)");
        problems.add(Code::UrlTooLong.says(detail, at()));
    }
    let Some(parts) = parts(url) else {
        problems.add(Code::UrlInvalid.at(at()));
        return;
    };
    let web = |scheme: &str| parts.scheme.eq_ignore_ascii_case(scheme);
    if reach == Reach::Internal && (web("http") || web("https")) && !parts.host.is_empty() {
        return;
    }
    if !web("https") {
        let detail = "must be a valid URL using one of the following protocols: https";
        problems.add(Code::UrlProtocolInvalid.says(detail, at()));
    }
    let host = parts.host.to_ascii_lowercase();
    if !dotted(&host) || FORBIDDEN_HOSTS.contains(&host.as_str()) {
        problems.add(Code::UrlHostInvalid.at(at()));
    }
}

/// Judges what a receiver subscribes to, and drops repetitions: either `*` alone, or names.
pub fn judge_subscriptions(names: Vec<String>, problems: &mut Problems) -> Vec<String> {
    let at = || At::Attribute("subscriptions".into());
    let mut distinct: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    let all = distinct.len() == 1 && distinct[0] == "*";
    if distinct.is_empty() {
        problems.add(Code::SubscriptionsTooShort.at(at()));
    } else if !all && distinct.iter().any(|name| EventName::parse(name).is_none()) {
        problems.add(Code::SubscriptionsNotAllowed.at(at()));
    }
    distinct
}

/// Judges how a receiver wants to be signed to; the default when unsaid.
pub fn judge_algorithm(
    name: Option<&str>,
    problems: &mut Problems,
) -> Option<WebhookSignatureAlgorithm> {
    let name = name?;
    let known = WebhookSignatureAlgorithm::parse(name);
    let code = Code::SignatureAlgorithmNotAllowed;
    problems.require(known.is_some(), code, "signature_algorithm");
    known
}

/// Why nothing came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The receiver's certificate, or its TLS, is no good.
    Tls,
    /// It took too long.
    TimedOut,
    /// Nobody listens.
    Refused,
    /// The connection was cut.
    Reset,
    /// There is no way to its network.
    NetworkUnreachable,
    /// There is no way to it, or none that may be taken.
    HostUnreachable,
    /// Its name has no address.
    Unresolved,
    /// The connection ended before an answer did.
    Ended,
}

impl Lost {
    /// What the event shows in place of an answer.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tls => "SSL_ERROR",
            Self::TimedOut => "REQ_TIMEOUT",
            Self::Refused => "CONN_REFUSED",
            Self::Reset => "CONN_RESET",
            Self::NetworkUnreachable => "NET_UNREACH",
            Self::HostUnreachable => "HOST_UNREACH",
            Self::Unresolved => "DNS_ERROR",
            Self::Ended => "EOF_ERROR",
        }
    }
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending<'a> {
    /// The receiver answered.
    Answered {
        /// The status code.
        status: u16,
        /// The host that was called, in lower case.
        host: &'a str,
        /// What it said.
        body: &'a str,
    },
    /// It didn't.
    Lost(Lost),
}

/// What becomes of an event and its receiver after a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consequence {
    /// What the event is now.
    pub status: WebhookStatus,
    /// Whether it is tried again.
    pub again: bool,
    /// Whether the receiver asked not to be called any more.
    pub disables: bool,
    /// Whether the receiver looks broken: enough of these in a row, and it is given a rest.
    pub troubles: bool,
}

/// What holds of an ending, and what follows from it.
type Row = (fn(&Ending<'_>) -> bool, Consequence);

/// In order of precedence: the first row that holds is the answer.
#[rustfmt::skip]
const CONSEQUENCES: &[Row] = &[
    //                      what the event is        again  disables troubles
    (delivered,      row(WebhookStatus::Delivered, false, false,   false)),
    (unwanted,       row(WebhookStatus::Failed,    false, true,    false)),
    (tunnel_gone,    row(WebhookStatus::Failed,    false, true,    false)),
    (tunnel_asleep,  row(WebhookStatus::Failed,    false, false,   true)),
    (answered,       row(WebhookStatus::Failing,   true,  false,   true)),
    (passing,        row(WebhookStatus::Failing,   true,  false,   true)),
    (|_| true,       row(WebhookStatus::Failed,    false, false,   true)),
];

const fn row(status: WebhookStatus, again: bool, disables: bool, troubles: bool) -> Consequence {
    Consequence {
        status,
        again,
        disables,
        troubles,
    }
}

/// What becomes of an event after a try (machines reference §5.4).
pub fn consequence(ending: &Ending<'_>) -> Consequence {
    CONSEQUENCES
        .iter()
        .find(|(holds, _)| holds(ending))
        .map_or(row(WebhookStatus::Failed, false, false, true), |(_, it)| {
            *it
        })
}

fn delivered(ending: &Ending<'_>) -> bool {
    matches!(
        ending,
        Ending::Answered {
            status: 200..=299,
            ..
        }
    )
}

fn unwanted(ending: &Ending<'_>) -> bool {
    matches!(
        ending,
        Ending::Answered {
            status: 410 | 530,
            ..
        }
    )
}

fn tunnel_gone(ending: &Ending<'_>) -> bool {
    let Ending::Answered {
        status: 404,
        host,
        body,
    } = ending
    else {
        return false;
    };
    let named = |text: &str| text.starts_with("Tunnel ") && text.contains(".ngrok.io not found");
    host.ends_with(".ngrok.io") && named(body)
}

fn tunnel_asleep(ending: &Ending<'_>) -> bool {
    let Ending::Answered {
        status: 504, host, ..
    } = ending
    else {
        return false;
    };
    host.ends_with(".ngrok.io") || host.ends_with(".loca.lt")
}

fn answered(ending: &Ending<'_>) -> bool {
    matches!(ending, Ending::Answered { .. })
}

fn passing(ending: &Ending<'_>) -> bool {
    matches!(ending, Ending::Lost(Lost::Tls | Lost::TimedOut))
}

/// Tries after the first one.
pub const RETRIES: u32 = 15;

/// How long an event waits before retry `n`, from 0: n⁴ seconds and 10 to 100 minutes, by `chance`.
pub fn wait_before(n: u32, chance: u64) -> TimeDelta {
    let n = i64::from(n.min(RETRIES));
    let tenths = i64::try_from(chance % 10).unwrap_or_default() + 1;
    TimeDelta::seconds(n.pow(4) + 600 * tenths)
}

/// Failures in a row after which a receiver is given a rest.
const PATIENCE: i64 = 5;

/// How long a receiver that failed so often in a row is left alone: a minute, then twice as long
/// each time, an hour at most; not at all at first.
pub fn rest_after(failures: i64) -> Option<TimeDelta> {
    let beyond = failures - PATIENCE;
    if beyond < 0 {
        return None;
    }
    let minutes = 1_i64 << beyond.min(6);
    Some(TimeDelta::minutes(minutes.min(60)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url_codes(url: &str) -> Vec<Code> {
        let mut problems = Problems::none();
        judge_url(url, Reach::Public, &mut problems);
        codes(problems)
    }

    fn codes(problems: Problems) -> Vec<Code> {
        match problems.into_result() {
            Ok(()) => Vec::new(),
            Err(refused) => refused.problems.iter().filter_map(|it| it.code).collect(),
        }
    }

    #[test]
    fn a_receiver_is_a_dotted_name_behind_https() {
        use Code::{UrlHostInvalid, UrlInvalid, UrlProtocolInvalid};
        #[rustfmt::skip]
        let table: &[(&str, &[Code])] = &[
            ("https://example.com",                 &[]),
            ("https://example.com:8443/in?x=1",     &[]),
            ("HTTPS://Example.COM/",                &[]),
            ("http://example.com",                  &[UrlProtocolInvalid]),
            ("ssh://example.com",                   &[UrlProtocolInvalid]),
            ("http://localhost",                    &[UrlProtocolInvalid, UrlHostInvalid]),
            ("https://localhost",                   &[UrlHostInvalid]),
            ("https://LocalHost/",                  &[UrlHostInvalid]),
            ("https://invalid",                     &[UrlHostInvalid]),
            ("https://127.0.0.1/",                  &[UrlHostInvalid]),
            ("https://[::1]/",                      &[UrlHostInvalid]),
            ("https://169.254.169.254/latest",      &[UrlHostInvalid]),
            ("https://api.keygen.sh/v1",            &[UrlHostInvalid]),
            ("https://user@api.keygen.sh/v1",       &[UrlHostInvalid]),
            ("no url at all!",                      &[UrlInvalid]),
            ("",                                    &[UrlInvalid]),
        ];
        for (url, expected) in table {
            assert_eq!(url_codes(url), *expected, "{url:?}");
        }
        let long = format!("https://example.com/{}", "x".repeat(4_096));
        assert_eq!(url_codes(&long), [Code::UrlTooLong]);
    }

    #[test]
    fn an_internal_receiver_is_whatever_speaks_http() {
        let judged = |url| {
            let mut problems = Problems::none();
            judge_url(url, Reach::Internal, &mut problems);
            codes(problems)
        };

        assert_eq!(judged("http://127.0.0.1:9000/in"), []);
        assert_eq!(judged("http://receiver"), []);
        assert_eq!(judged("https://example.com"), []);
        assert_eq!(judged("ftp://receiver.example"), [Code::UrlProtocolInvalid]);
        assert_eq!(judged("no url!"), [Code::UrlInvalid]);
    }

    #[test]
    fn subscriptions_are_everything_or_names() {
        use Code::{SubscriptionsNotAllowed, SubscriptionsTooShort};
        #[rustfmt::skip]
        let table: &[(&[&str], &[&str], &[Code])] = &[
            (&["*"],                                  &["*"],                             &[]),
            (&["*", "*"],                             &["*"],                             &[]),
            (&["key.created", "key.created"],         &["key.created"],                   &[]),
            (&["license.created", "key.created"],     &["license.created", "key.created"], &[]),
            (&[],                                     &[],                                &[SubscriptionsTooShort]),
            (&["*", "key.created"],                   &["*", "key.created"],              &[SubscriptionsNotAllowed]),
            (&["license.*"],                          &["license.*"],                     &[SubscriptionsNotAllowed]),
            (&["foo.bar"],                            &["foo.bar"],                       &[SubscriptionsNotAllowed]),
        ];
        for (names, expected, refused) in table {
            let mut problems = Problems::none();
            let names = names.iter().map(|&name| name.to_owned()).collect();
            assert_eq!(judge_subscriptions(names, &mut problems), *expected);
            assert_eq!(codes(problems), *refused, "{expected:?}");
        }
    }

    #[test]
    fn what_becomes_of_an_event_depends_on_what_came_back() {
        use WebhookStatus::{Delivered, Failed, Failing};
        let said = |status, host, body| Ending::Answered { status, host, body };
        let gone = "Tunnel abc.ngrok.io not found";
        #[rustfmt::skip]
        let table = [
            // ending,                            status,    again, disables
            (said(200, "a.example", ""),          Delivered, false, false),
            (said(204, "a.example", ""),          Delivered, false, false),
            (said(299, "a.example", ""),          Delivered, false, false),
            (said(301, "a.example", ""),          Failing,   true,  false),
            (said(404, "a.example", gone),        Failing,   true,  false),
            (said(410, "a.example", ""),          Failed,    false, true),
            (said(530, "a.example", ""),          Failed,    false, true),
            (said(404, "abc.ngrok.io", gone),     Failed,    false, true),
            (said(404, "abc.ngrok.io", "nope"),   Failing,   true,  false),
            (said(504, "abc.ngrok.io", ""),       Failed,    false, false),
            (said(504, "abc.loca.lt", ""),        Failed,    false, false),
            (said(504, "a.example", ""),          Failing,   true,  false),
            (said(500, "a.example", ""),          Failing,   true,  false),
            (Ending::Lost(Lost::Tls),             Failing,   true,  false),
            (Ending::Lost(Lost::TimedOut),        Failing,   true,  false),
            (Ending::Lost(Lost::Refused),         Failed,    false, false),
            (Ending::Lost(Lost::Reset),           Failed,    false, false),
            (Ending::Lost(Lost::NetworkUnreachable), Failed, false, false),
            (Ending::Lost(Lost::HostUnreachable), Failed,    false, false),
            (Ending::Lost(Lost::Unresolved),      Failed,    false, false),
            (Ending::Lost(Lost::Ended),           Failed,    false, false),
        ];
        for (ending, status, again, disables) in table {
            let told = consequence(&ending);
            assert_eq!(
                (told.status, told.again, told.disables),
                (status, again, disables),
                "{ending:?}"
            );
        }
    }

    #[test]
    fn retries_are_spread_and_get_rarer() {
        assert_eq!(wait_before(0, 0), TimeDelta::minutes(10));
        assert_eq!(wait_before(0, 9), TimeDelta::minutes(100));
        assert_eq!(wait_before(0, 10), TimeDelta::minutes(10));
        assert_eq!(wait_before(3, 0), TimeDelta::seconds(81 + 600));
        assert_eq!(wait_before(99, 0), wait_before(15, 0));
        let all: TimeDelta = (0..RETRIES).map(|n| wait_before(n, 4)).sum();
        assert!(
            all > TimeDelta::days(1) && all < TimeDelta::days(3),
            "{all}"
        );
    }

    #[test]
    fn a_broken_receiver_rests_longer_and_longer() {
        let minutes: Vec<_> = [0, 4, 5, 6, 7, 10, 11, 1_000]
            .map(|failures| rest_after(failures).map(|rest| rest.num_minutes()))
            .to_vec();

        assert_eq!(
            minutes,
            [
                None,
                None,
                Some(1),
                Some(2),
                Some(4),
                Some(32),
                Some(60),
                Some(60)
            ]
        );
    }
}
