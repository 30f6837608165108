//! The place of a column among its table's columns.

use serde::{Deserialize, Serialize};

/// A sparse sort key: there is nearly always room between two ranks, so inserting or moving one column changes
/// that column only. Equal ranks are ordered by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Rank(pub i64);

impl Rank {
    /// The distance left between two ranks made in sequence.
    pub const GAP: i64 = 1 << 32;

    /// The rank of the `n`th object of a list made at once, from 0.
    pub fn nth(n: usize) -> Self {
        Self(i64::try_from(n).unwrap_or(i64::MAX / Self::GAP).saturating_mul(Self::GAP))
    }

    /// A rank after `before` and before `after`; either may be missing at an end of the list. It is one of the two when
    /// there is no room between them: then the whole list has to be ranked anew.
    pub fn between(before: Option<Self>, after: Option<Self>) -> Self {
        match (before, after) {
            (None, None) => Self(0),
            (Some(Self(low)), None) => Self(low.saturating_add(Self::GAP)),
            (None, Some(Self(high))) => Self(high.saturating_sub(Self::GAP)),
            (Some(Self(low)), Some(Self(high))) => Self(low.midpoint(high)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_lies_between() {
        let (a, b) = (Rank::nth(0), Rank::nth(1));
        let middle = Rank::between(Some(a), Some(b));
        assert!(a < middle && middle < b);
        assert!(Rank::between(None, Some(a)) < a);
        assert!(Rank::between(Some(b), None) > b);
    }

    #[test]
    fn any_two_ranks_have_a_middle() {
        for (low, high, expect) in [
            (i64::MIN, i64::MAX, 0),
            (i64::MAX - 2, i64::MAX, i64::MAX - 1),
            (i64::MIN, i64::MIN + 2, i64::MIN + 1),
            (-3, 0, -1),
            (4, 5, 4),
            (-5, -4, -4),
        ] {
            assert_eq!(Rank::between(Some(Rank(low)), Some(Rank(high))), Rank(expect), "{low} {high}");
        }
        assert_eq!(Rank::between(Some(Rank(i64::MAX)), None), Rank(i64::MAX));
    }
}
