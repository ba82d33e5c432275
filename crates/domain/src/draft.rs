//! What drafts of records have in common: fields that break a rule, all of them told at once.

use std::borrow::Cow;

use crate::refusal::{At, Code, Problem, Refused};

/// A text that spells no word of the closed list it should be from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

/// A word as a client spelled it, judged together with the other rules of its record.
pub type Spelled<W> = Result<W, Unknown>;

/// Characters that a name, an address or any other short text may have.
pub const MAX_CHARACTERS: usize = 255;

/// Everything that is wrong with a draft, in the order it was found.
#[derive(Debug, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Nothing wrong so far.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a problem.
    pub fn add(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Adds the problem that `code` tells of an attribute, unless `holds`.
    pub fn require(&mut self, holds: bool, code: Code, attribute: impl Into<Cow<'static, str>>) {
        if !holds {
            self.add(code.at(At::Attribute(attribute.into())));
        }
    }

    /// A text of at most 255 characters.
    pub fn short(&mut self, text: &str, code: Code, attribute: &'static str) {
        self.require(text.chars().count() <= MAX_CHARACTERS, code, attribute);
    }

    /// The word that was sent; an unknown one is a problem, and none.
    pub fn word<W>(
        &mut self,
        sent: Option<Spelled<W>>,
        code: Code,
        attribute: &'static str,
    ) -> Option<W> {
        self.require(!matches!(sent, Some(Err(Unknown))), code, attribute);
        sent.and_then(Result::ok)
    }

    /// `Err` with everything that is wrong, or `Ok` when nothing is.
    ///
    /// # Errors
    /// When there is at least one problem.
    pub fn into_result(self) -> Result<(), Refused> {
        Refused::unless_empty(self.0)
    }
}

impl Extend<Problem> for Problems {
    fn extend<T: IntoIterator<Item = Problem>>(&mut self, problems: T) {
        self.0.extend(problems);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::DistributionStrategy;

    #[test]
    fn problems_are_told_all_at_once_and_in_order() {
        let mut problems = Problems::none();
        problems.short(&"é".repeat(255), Code::NameTooLong, "name");
        problems.short(&"é".repeat(256), Code::NameTooLong, "name");
        let sent: Option<Spelled<DistributionStrategy>> = Some(Err(Unknown));
        let word = problems.word(
            sent,
            Code::DistributionStrategyNotAllowed,
            "distribution_strategy",
        );

        let refused = problems.into_result().unwrap_err();
        let codes: Vec<_> = refused.problems.iter().map(|p| p.code).collect();
        assert_eq!(word, None);
        assert_eq!(
            codes,
            [
                Some(Code::NameTooLong),
                Some(Code::DistributionStrategyNotAllowed)
            ]
        );
    }

    #[test]
    fn a_draft_without_problems_is_fine() {
        let mut problems = Problems::none();
        let open = Some(Ok(DistributionStrategy::Open));
        let word = problems.word(
            open,
            Code::DistributionStrategyNotAllowed,
            "distribution_strategy",
        );

        assert_eq!(word, Some(DistributionStrategy::Open));
        assert!(problems.into_result().is_ok());
    }
}
