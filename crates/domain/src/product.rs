//! Products: what their attributes may be (licensing reference §1.2).

use crate::draft::Problems;
use crate::refusal::Code;

/// Judges a product's home page: a web address with a dotted host.
///
/// The first rule that is broken is the problem.
pub fn judge_url(url: &str, problems: &mut Problems) {
    problems.short(url, Code::UrlTooLong, "url");
    let code = match parts(url) {
        None => Code::UrlInvalid,
        Some(Parts { scheme, .. }) if !is_web(scheme) => Code::UrlProtocolInvalid,
        Some(Parts { host, .. }) if !dotted(host) => Code::UrlHostInvalid,
        Some(_) => return,
    };
    problems.require(false, code, "url");
}

pub(crate) struct Parts<'a> {
    /// Empty for a relative address.
    pub scheme: &'a str,
    pub host: &'a str,
}

/// The parts of an address that are judged; none for what is no address at all.
pub(crate) fn parts(url: &str) -> Option<Parts<'_>> {
    if url.is_empty() || url.contains(|c: char| !c.is_ascii_graphic() || "<>\"{}|\\^`".contains(c))
    {
        return None;
    }
    let Some((scheme, rest)) = url.split_once(':') else {
        return Some(Parts {
            scheme: "",
            host: "",
        });
    };
    let rest = rest.strip_prefix("//").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    Some(Parts {
        scheme,
        host: host.split(':').next().unwrap_or_default(),
    })
}

fn is_web(scheme: &str) -> bool {
    ["http", "https"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web))
}

/// Whether a host is a name of at least two labels that ends in two letters.
pub(crate) fn dotted(host: &str) -> bool {
    let named = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let ends_in_letters =
        host.len() > 2 && host.bytes().rev().take(2).all(|b| b.is_ascii_alphabetic());
    host.contains('.') && host.split('.').all(named) && ends_in_letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_page_is_a_web_address_with_a_dotted_host() {
        let long = format!("https://aurora.example/{}", "x".repeat(240));
        #[rustfmt::skip]
        let table = [
            ("https://aurora.example",                 None),
            ("HTTP://me:pw@www.aurora.example:8080/a?b#c", None),
            ("https://xn--e1afmkfd.xn--p1ai/",         None),
            ("ftp://aurora.example",                   Some(Code::UrlProtocolInvalid)),
            ("aurora.example",                         Some(Code::UrlProtocolInvalid)),
            ("javascript:alert(1)",                    Some(Code::UrlProtocolInvalid)),
            ("https://localhost",                      Some(Code::UrlHostInvalid)),
            ("https://127.0.0.1",                      Some(Code::UrlHostInvalid)),
            ("https://aurora.example.",                Some(Code::UrlHostInvalid)),
            ("https://aurora..example",                Some(Code::UrlHostInvalid)),
            ("https://a.b",                            Some(Code::UrlHostInvalid)),
            ("https:aurora.example",                   Some(Code::UrlHostInvalid)),
            ("https://",                               Some(Code::UrlHostInvalid)),
            ("https://aurora example.com",             Some(Code::UrlInvalid)),
            ("https://bücher.example",                 Some(Code::UrlInvalid)),
            ("",                                       Some(Code::UrlInvalid)),
            (long.as_str(),                            Some(Code::UrlTooLong)),
        ];
        for (url, expected) in table {
            let mut problems = Problems::none();
            judge_url(url, &mut problems);
            let told = problems
                .into_result()
                .err()
                .and_then(|refused| refused.problems[0].code);
            assert_eq!(told, expected, "{url:?}");
        }
    }
}
