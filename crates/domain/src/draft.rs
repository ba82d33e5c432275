//! What drafts of records have in common: fields that break a rule, all of them told at once.

use std::borrow::Cow;

use serde_json::Value;

use crate::metadata;
use crate::permissions::PermissionSet;
use crate::refusal::{At, Code, Problem, Refused};
use crate::words::Word;

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

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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

    /// The word that was sent; a text that spells none of the list is a problem, and no word.
    pub fn word<W: Word>(
        &mut self,
        sent: Option<&str>,
        code: Code,
        attribute: &'static str,
    ) -> Option<W> {
        let text = sent?;
        let word = W::parse(text);
        self.require(word.is_some(), code, attribute);
        word
    }

    /// Free data of a bearable size.
    pub fn metadata(&mut self, metadata: &Value) {
        self.extend(metadata::problems(metadata));
    }

    /// What a rule makes of the draft; what it refuses is a problem among the others.
    pub fn take<T>(&mut self, judged: Result<T, Refused>) -> Option<T> {
        match judged {
            Ok(value) => Some(value),
            Err(refused) => {
                self.0.extend(refused.problems);
                None
            }
        }
    }

    /// `Err` with everything that is wrong, or `Ok` when nothing is.
    ///
    /// # Errors
    /// When there is at least one problem.
    pub fn into_result(self) -> Result<(), Refused> {
        Refused::unless_empty(self.0)
    }
}

/// The set of these names, if any were sent. A name that is unknown or given twice is told alone,
/// before anybody is allowed anything; whether the set may be assigned is judged later.
///
/// # Errors
/// When the names are no set of permissions.
pub fn permissions(names: Option<&[String]>) -> Result<Option<PermissionSet>, Refused> {
    let unsupported = |_| Code::PermissionsNotAllowed.at(At::Attribute("permissions".into()));
    Ok(names
        .map(PermissionSet::parse)
        .transpose()
        .map_err(unsupported)?)
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
        let word = problems.word::<DistributionStrategy>(
            Some("open"),
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
        let word = problems.word(
            Some("OPEN"),
            Code::DistributionStrategyNotAllowed,
            "distribution_strategy",
        );
        let absent = problems.word::<DistributionStrategy>(None, Code::NameMissing, "name");

        assert_eq!(word, Some(DistributionStrategy::Open));
        assert_eq!(absent, None);
        assert!(problems.into_result().is_ok());
    }
}
