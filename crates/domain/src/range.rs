//! Ranges: the bounds of numbers and texts, worded as the contract words them.

use crate::refusal::{At, Code, Problem};

/// The greatest 32-bit integer, which most counts and durations must not exceed.
pub const MAX_32: i64 = 2_147_483_647;

/// The greatest 64-bit integer, for sizes in bytes.
pub const MAX_64: i64 = i64::MAX;

/// A number among the attributes of a resource.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    /// The attribute, in snake case.
    pub name: &'static str,
    /// Its value; a number that isn't there breaks no bound.
    pub value: Option<i64>,
    /// The code of every complaint about it.
    pub code: Code,
}

impl Number {
    /// A complaint if the number is below `min`.
    pub fn at_least(self, min: i64) -> Option<Problem> {
        self.unless(
            |value| value >= min,
            || format!("must be greater than or equal to {min}"),
        )
    }

    /// A complaint if the number is not above `min`.
    pub fn above(self, min: i64) -> Option<Problem> {
        self.unless(
            |value| value > min,
            || format!("must be greater than {min}"),
        )
    }

    /// A complaint if the number is beyond `max`.
    pub fn at_most(self, max: i64) -> Option<Problem> {
        self.unless(
            |value| value <= max,
            || format!("must be less than or equal to {max}"),
        )
    }

    /// A complaint in words if the number doesn't pass.
    pub fn unless(
        self,
        passes: impl FnOnce(i64) -> bool,
        detail: impl FnOnce() -> String,
    ) -> Option<Problem> {
        let value = self.value?;
        (!passes(value)).then(|| self.code.says(detail(), At::Attribute(self.name.into())))
    }
}

/// A text among the attributes of a resource.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The attribute, in snake case.
    pub name: &'static str,
    /// Its value.
    pub value: &'a str,
}

impl Text<'_> {
    /// A complaint if the text has fewer than `min` characters.
    pub fn at_least(self, min: usize, code: Code) -> Option<Problem> {
        (self.characters() < min).then(|| {
            code.says(
                format!("is too short (minimum is {min} characters)"),
                self.place(),
            )
        })
    }

    /// A complaint if the text has more than `max` characters.
    pub fn at_most(self, max: usize, code: Code) -> Option<Problem> {
        (self.characters() > max).then(|| {
            code.says(
                format!("is too long (maximum is {max} characters)"),
                self.place(),
            )
        })
    }

    /// A complaint if the text is a word of paths.
    pub fn unreserved(self, code: Code) -> Option<Problem> {
        crate::ids::reserved(self.value).then(|| code.says("is reserved", self.place()))
    }

    /// Where the text is.
    pub fn place(self) -> At {
        At::Attribute(self.name.into())
    }

    fn characters(self) -> usize {
        self.value.chars().count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_inclusive_and_absent_numbers_pass() {
        let number = |value| Number {
            name: "max_uses",
            value,
            code: Code::MaxUsesInvalid,
        };
        let detail = |problem: Option<Problem>| problem.map(|p| p.detail.into_owned());

        assert_eq!(number(Some(0)).at_least(0), None);
        assert_eq!(
            detail(number(Some(-1)).at_least(0)),
            Some("must be greater than or equal to 0".into())
        );
        assert_eq!(number(Some(1)).above(0), None);
        assert_eq!(
            detail(number(Some(0)).above(0)),
            Some("must be greater than 0".into())
        );
        assert_eq!(number(Some(MAX_32)).at_most(MAX_32), None);
        assert_eq!(
            detail(number(Some(MAX_32 + 1)).at_most(MAX_32)),
            Some("must be less than or equal to 2147483647".into())
        );
        assert_eq!(number(None).at_least(0), None);
        let problem = number(Some(-1)).at_least(0).unwrap();
        assert_eq!(problem.code, Some(Code::MaxUsesInvalid));
        assert_eq!(problem.at, At::Attribute("max_uses".into()));
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        let text = |value| Text {
            name: "name",
            value,
        };

        assert_eq!(text("né").at_most(2, Code::NameTooLong), None);
        assert_eq!(
            text("née").at_most(2, Code::NameTooLong).unwrap().detail,
            "is too long (maximum is 2 characters)"
        );
        assert_eq!(text("né").at_least(2, Code::KeyTooShort), None);
        assert_eq!(
            text("é").at_least(2, Code::KeyTooShort).unwrap().detail,
            "is too short (minimum is 2 characters)"
        );
        assert_eq!(
            text("actions")
                .unreserved(Code::KeyNotAllowed)
                .unwrap()
                .detail,
            "is reserved"
        );
    }
}
