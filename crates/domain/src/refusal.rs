//! Refusals: what the caller can mend, without a word of HTTP.
//!
//! A rule names what is wrong and where; `api` alone knows status lines, titles and pointers.

use std::borrow::Cow;

/// A place in the request that a problem points to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum At {
    /// An attribute of the resource, in snake case.
    Attribute(Cow<'static, str>),
    /// A relationship of the resource, in snake case.
    Relationship(Cow<'static, str>),
    /// The resource as a whole.
    Record,
    /// The resource's id.
    Id,
    /// A member of the top-level `meta`, in snake case; nested members are split by `/`.
    Meta(Cow<'static, str>),
    /// A path through the document, segments in snake case, e.g. `data/relationships/admins/data/0`.
    Path(String),
    /// A query parameter, as the client spells it.
    Parameter(Cow<'static, str>),
    /// A request header.
    Header(&'static str),
    /// Nowhere in particular.
    Nowhere,
}

/// The family of a problem; `api` maps each to one status and title.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request is malformed.
    BadRequest,
    /// Nobody is authenticated, or the credential is no good.
    Unauthorized,
    /// Somebody is authenticated, but may not.
    Forbidden,
    /// There is no such thing, as far as the caller may see.
    NotFound,
    /// Another change came first.
    Conflict,
    /// A field breaks a rule.
    Unprocessable,
    /// The operation as a whole breaks a rule.
    UnprocessableEntity,
    /// Too much, too fast.
    TooManyRequests,
}

/// One thing wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The problem's family.
    pub kind: Kind,
    /// The machine-readable code, where the contract has one.
    pub code: Option<Code>,
    /// What is wrong, in the contract's words.
    pub detail: Cow<'static, str>,
    /// Where it is wrong.
    pub at: At,
    /// The documentation page and anchor, e.g. `authentication/#token-authentication`.
    pub about: Option<Cow<'static, str>>,
    /// Where to go instead, as an absolute URL.
    pub redirect: Option<Box<str>>,
}

impl Problem {
    /// A problem of a family, without a code or a place.
    pub fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            code: None,
            detail: detail.into(),
            at: At::Nowhere,
            about: None,
            redirect: None,
        }
    }

    /// The same problem, with a code.
    #[must_use]
    pub fn code(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    /// The same problem, at a place.
    #[must_use]
    pub fn at(mut self, at: At) -> Self {
        self.at = at;
        self
    }

    /// The same problem, with the page that explains it.
    #[must_use]
    pub fn about(mut self, page: impl Into<Cow<'static, str>>) -> Self {
        self.about = Some(page.into());
        self
    }

    /// The same problem, with where to go instead.
    #[must_use]
    pub fn redirect(mut self, url: impl Into<Box<str>>) -> Self {
        self.redirect = Some(url.into());
        self
    }
}

/// Everything that is wrong with a request: at least one problem, all of one family.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.iter().map(|p| p.detail.as_ref()).collect::<Vec<_>>().join("; "))]
pub struct Refused {
    /// The problems, in the order they were found; equal (code, place) pairs are collapsed by `api`.
    pub problems: Vec<Problem>,
}

impl Refused {
    /// 401 with the contract's default detail.
    pub fn unauthorized(code: Code) -> Self {
        Problem::new(Kind::Unauthorized, code.detail())
            .code(code)
            .into()
    }

    /// 403 with a reason in the contract's frame.
    pub fn forbidden(reason: &str) -> Self {
        Problem::new(
            Kind::Forbidden,
            format!("You do not have permission to complete the request ({reason})"),
        )
        .into()
    }

    /// 404 for a thing looked up by `id`; `noun` in words, e.g. `machine component`.
    pub fn not_found(noun: &str, id: &str) -> Self {
        Problem::new(
            Kind::NotFound,
            format!("The requested {noun} '{id}' was not found"),
        )
        .code(Code::NotFound)
        .into()
    }

    /// 404 for a thing without an id.
    pub fn missing(noun: &str) -> Self {
        Problem::new(
            Kind::NotFound,
            format!("The requested {noun} was not found"),
        )
        .code(Code::NotFound)
        .into()
    }

    /// 409: another change came first.
    pub fn conflict() -> Self {
        Problem::new(
            Kind::Conflict,
            "The request could not be completed because of a conflict",
        )
        .into()
    }

    /// `Err` with all `problems`, or `Ok` when there are none.
    ///
    /// # Errors
    /// When there is at least one problem.
    pub fn unless_empty(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self { problems })
        }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}

/// Declares the closed list of codes: variant, spelling, default detail.
macro_rules! codes {
    ($($variant:ident = $text:literal, $detail:literal;)*) => {
        /// A machine-readable code of the contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $detail] $variant,)* }

        impl Code {
            /// Every code, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code's spelling on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// What the code says unless a rule says it more precisely.
            pub const fn detail(self) -> &'static str {
                match self { $(Self::$variant => $detail,)* }
            }
        }
    };
}

impl Code {
    /// A field problem (422) at a place, with the code's default detail.
    pub fn at(self, at: At) -> Problem {
        Problem::new(Kind::Unprocessable, self.detail())
            .code(self)
            .at(at)
    }

    /// A field problem (422) with a more precise detail.
    pub fn says(self, detail: impl Into<Cow<'static, str>>, at: At) -> Problem {
        Problem::new(Kind::Unprocessable, detail).code(self).at(at)
    }
}

include!("refusal/codes.rs");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_the_golden_ones_each_spelled_once() {
        let lines: Vec<_> = Code::ALL
            .iter()
            .map(|code| format!("{}: {}\n", code.as_str(), code.detail()))
            .collect();
        crate::golden::check("codes.txt", &lines.concat());

        let spellings: std::collections::HashSet<_> =
            Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(spellings.len(), Code::ALL.len());
    }

    #[test]
    fn a_refusal_reads_as_its_details() {
        let refused = Refused {
            problems: vec![
                Code::NameMissing.at(At::Attribute("name".into())),
                Code::KeyTaken.says("has gone", At::Attribute("key".into())),
            ],
        };

        assert_eq!(refused.to_string(), "can't be blank; has gone");
        assert!(Refused::unless_empty(vec![]).is_ok());
        assert_eq!(
            Refused::unless_empty(refused.problems.clone()),
            Err(refused)
        );
    }
}
