//! Overage: how far a count may exceed its limit.

use crate::words::OverageStrategy;

impl OverageStrategy {
    /// The most that `max` stands for as a fraction of it; none when there is no most.
    const fn factor(self) -> Option<(i128, i128)> {
        match self {
            Self::AlwaysAllowOverage => None,
            Self::Allow1_25xOverage => Some((5, 4)),
            Self::Allow1_5xOverage => Some((3, 2)),
            Self::Allow2xOverage => Some((2, 1)),
            Self::NoOverage => Some((1, 1)),
        }
    }

    /// Whether `count` may stand against a limit of `max`. The product isn't rounded.
    pub const fn tolerates(self, count: i64, max: i64) -> bool {
        match self.factor() {
            None => true,
            Some((times, of)) => count as i128 * of <= max as i128 * times,
        }
    }

    /// The greatest count that may stand against a limit of `max`, for statements that compare
    /// and count in one go; none when there is no limit, or the strategy knows none.
    pub fn ceiling(self, max: Option<i64>) -> Option<i64> {
        let (times, of) = self.factor()?;
        let ceiling = (i128::from(max?) * times).div_euclid(of);
        Some(i64::try_from(ceiling).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::OverageStrategy::*;

    #[test]
    fn the_ceiling_is_the_last_count_that_is_tolerated() {
        for &strategy in super::OverageStrategy::ALL {
            for max in 0..50 {
                let ceiling = strategy.ceiling(Some(max));
                for count in 0..120 {
                    assert_eq!(
                        ceiling.is_none_or(|ceiling| count <= ceiling),
                        strategy.tolerates(count, max),
                        "{strategy}: {count} of {max}"
                    );
                }
            }
            assert_eq!(strategy.ceiling(None), None);
        }
        assert_eq!(Allow2xOverage.ceiling(Some(i64::MAX)), Some(i64::MAX));
    }

    #[test]
    fn a_strategy_tolerates_its_factor_of_the_limit_and_not_one_more() {
        #[rustfmt::skip]
        let table = [
            // strategy,         max,  last tolerated
            (NoOverage,          5,    5),
            (Allow1_25xOverage,  4,    5),
            (Allow1_25xOverage,  5,    6),
            (Allow1_5xOverage,   4,    6),
            (Allow1_5xOverage,   3,    4),
            (Allow2xOverage,     5,    10),
            (Allow2xOverage,     1,    2),
            (Allow2xOverage,     0,    0),
        ];
        for (strategy, max, last) in table {
            assert!(strategy.tolerates(last, max), "{strategy} of {max}: {last}");
            assert!(
                !strategy.tolerates(last + 1, max),
                "{strategy} of {max}: {}",
                last + 1
            );
        }
        assert!(AlwaysAllowOverage.tolerates(i64::MAX, 0));
        assert!(Allow2xOverage.tolerates(i64::MAX, i64::MAX));
    }
}
