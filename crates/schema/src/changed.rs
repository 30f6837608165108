//! What differs between two schemas that share most of their objects.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::sync::Arc;

/// Both sides of each object that is not the same in the two maps, in order of their ids. What the maps share is passed
/// over without being looked into; objects that were made apart may come although they are equal.
pub fn changed<'a, I: Ord, T>(
    before: &'a BTreeMap<I, Arc<T>>,
    after: &'a BTreeMap<I, Arc<T>>,
) -> impl Iterator<Item = (Option<&'a T>, Option<&'a T>)> {
    let (mut before, mut after) = (before.iter().peekable(), after.iter().peekable());
    let both = std::iter::from_fn(move || next(&mut before, &mut after));
    both.filter(|sides| !matches!(sides, (Some(from), Some(to)) if Arc::ptr_eq(from, to)))
        .map(|(from, to)| (from.map(AsRef::as_ref), to.map(AsRef::as_ref)))
}

/// An entry of either map, with that of the other under the same id.
fn next<'a, I: Ord + 'a, T: 'a>(
    before: &mut Peekable<impl Iterator<Item = (&'a I, &'a T)>>,
    after: &mut Peekable<impl Iterator<Item = (&'a I, &'a T)>>,
) -> Option<(Option<&'a T>, Option<&'a T>)> {
    let (from, to) = match (before.peek(), after.peek()) {
        (None, None) => return None,
        (Some((from, _)), Some((to, _))) => (from <= to, to <= from),
        (from, to) => (from.is_some(), to.is_some()),
    };
    let from = from.then(|| before.next()).flatten();
    let to = to.then(|| after.next()).flatten();
    Some((from.map(|(_, it)| it), to.map(|(_, it)| it)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &[(u8, &'static str)], after: &[(u8, &'static str)], expect: &[(Option<&str>, Option<&str>)]) {
        let shared: BTreeMap<&str, Arc<&str>> = ["a", "b", "c", "d"].map(|text| (text, Arc::new(text))).into();
        let map = |list: &[(u8, &'static str)]| -> BTreeMap<u8, Arc<&str>> {
            list.iter().map(|(id, text)| (*id, Arc::clone(&shared[text]))).collect()
        };
        let (before, after) = (map(before), map(after));
        let found: Vec<_> = changed(&before, &after).map(|(from, to)| (from.copied(), to.copied())).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn only_what_is_not_shared_comes() {
        check(&[], &[], &[]);
        check(&[(1, "a"), (2, "b")], &[(1, "a"), (2, "b")], &[]);
        check(&[(1, "a")], &[(2, "a")], &[(Some("a"), None), (None, Some("a"))]);
        check(&[(1, "a"), (3, "b")], &[(1, "a"), (2, "c"), (3, "d")], &[(None, Some("c")), (Some("b"), Some("d"))]);
        check(&[(1, "a"), (2, "b"), (3, "c")], &[(3, "c")], &[(Some("a"), None), (Some("b"), None)]);
    }
}
