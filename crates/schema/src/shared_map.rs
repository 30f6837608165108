//! An ordered map whose copies share what does not differ.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};
use std::iter::{FlatMap, Map};
use std::ops::Index;
use std::slice;
use std::sync::Arc;

/// Entries in order of their keys; never empty, never more than [`MOST`].
type Leaf<K, V> = Vec<(K, Arc<V>)>;

/// How many entries a leaf has at most. A change copies one leaf, a copy of the map and a comparison of two look at each
/// leaf once; at ten thousand entries both are some hundred steps.
const MOST: usize = 64;
/// Below that, a leaf is put together with the next one where both fit.
const FEW: usize = MOST / 4;
/// How many entries a leaf begins with, so that it has room for some more.
const BEGIN: usize = MOST * 3 / 4;

/// A map from ids to shared values, in order of the ids. A copy costs next to nothing and shares all values with the
/// first; a change of either copies only what lies near. Read and written as JSON like any map.
///
/// ```
/// use schema::{SharedMap, changed};
/// use std::sync::Arc;
///
/// let before: SharedMap<u8, &str> = [(1, Arc::new("one")), (2, Arc::new("two"))].into();
/// let mut after = before.clone();
/// after.insert(3, Arc::new("three"));
/// assert_eq!(changed(&before, &after).collect::<Vec<_>>(), [(None, Some(&"three"))]);
/// ```
pub struct SharedMap<K, V> {
    leaves: Vec<Arc<Leaf<K, V>>>,
    len: usize,
}

type Iter<'a, K, V> = Map<
    FlatMap<slice::Iter<'a, Arc<Leaf<K, V>>>, &'a Leaf<K, V>, fn(&'a Arc<Leaf<K, V>>) -> &'a Leaf<K, V>>,
    fn(&'a (K, Arc<V>)) -> (&'a K, &'a Arc<V>),
>;

impl<K, V> SharedMap<K, V> {
    /// Nothing.
    pub const fn new() -> Self {
        Self { leaves: Vec::new(), len: 0 }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// The entries, in order of their keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.leaves.iter().flat_map(AsRef::as_ref as fn(_) -> _).map(|(key, value)| (key, value))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// The values, in order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Arc<V>> + Clone {
        self.iter().map(|(_, value)| value)
    }
}

impl<K: Ord + Copy, V> SharedMap<K, V> {
    /// The value of that key.
    pub fn get(&self, key: &K) -> Option<&Arc<V>> {
        let leaf = self.leaves.get(self.leaf_of(key))?;
        let at = place(leaf, key).ok()?;
        leaf.get(at).map(|(_, value)| value)
    }

    /// Whether there is an entry of that key.
    pub fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// The value of that key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut Arc<V>> {
        let number = self.leaf_of(key);
        let leaf = self.leaves.get_mut(number)?;
        let at = place(leaf, key).ok()?;
        Arc::make_mut(leaf).get_mut(at).map(|(_, value)| value)
    }

    /// Puts the value there, in place of that which was there, and gives that one.
    pub fn insert(&mut self, key: K, value: Arc<V>) -> Option<Arc<V>> {
        let number = self.leaf_of(&key);
        let Some(shared) = self.leaves.get_mut(number) else {
            self.leaves.push(Arc::new(vec![(key, value)]));
            self.len += 1;
            return None;
        };
        let leaf = Arc::make_mut(shared);
        match place(leaf, &key) {
            Ok(at) => leaf.get_mut(at).map(|(_, old)| std::mem::replace(old, value)),
            Err(at) => {
                leaf.insert(at, (key, value));
                self.len += 1;
                if leaf.len() > MOST {
                    let rest = leaf.split_off(MOST / 2);
                    self.leaves.insert(number + 1, Arc::new(rest));
                }
                None
            }
        }
    }

    /// Puts the value there unless there is one already.
    pub fn insert_new(&mut self, key: K, value: Arc<V>) {
        if !self.contains_key(&key) {
            self.insert(key, value);
        }
    }

    /// Takes the entry of that key away, and gives its value.
    pub fn remove(&mut self, key: &K) -> Option<Arc<V>> {
        let number = self.leaf_of(key);
        let shared = self.leaves.get_mut(number)?;
        let at = place(shared, key).ok()?;
        let leaf = Arc::make_mut(shared);
        let (_, value) = leaf.remove(at);
        let left = leaf.len();
        self.len -= 1;
        if left == 0 {
            self.leaves.remove(number);
        } else if left < FEW && self.leaves.get(number + 1).is_some_and(|next| left + next.len() <= MOST) {
            let next = Arc::unwrap_or_clone(self.leaves.remove(number + 1));
            if let Some(shared) = self.leaves.get_mut(number) {
                Arc::make_mut(shared).extend(next);
            }
        }
        Some(value)
    }

    /// Takes the first entry away.
    pub fn pop_first(&mut self) -> Option<(K, Arc<V>)> {
        let key = *self.keys().next()?;
        Some((key, self.remove(&key)?))
    }

    /// Takes the last entry away.
    pub fn pop_last(&mut self) -> Option<(K, Arc<V>)> {
        let key = *self.keys().next_back()?;
        Some((key, self.remove(&key)?))
    }

    /// Keeps the entries that are to stay.
    pub fn retain(&mut self, mut stays: impl FnMut(&K, &Arc<V>) -> bool) {
        let gone: Vec<K> = self.iter().filter(|(key, value)| !stays(key, value)).map(|(key, _)| *key).collect();
        for key in gone {
            self.remove(&key);
        }
    }

    /// The entries, their values to be changed. All of the map is copied then where it is shared.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut Arc<V>)> {
        let entries = self.leaves.iter_mut().flat_map(|leaf| Arc::make_mut(leaf).iter_mut());
        entries.map(|(key, value)| (&*key, value))
    }

    /// The values, to be changed, as by [`Self::iter_mut`].
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Arc<V>> {
        self.iter_mut().map(|(_, value)| value)
    }

    /// The keys alone.
    pub fn into_keys(self) -> impl Iterator<Item = K> {
        self.into_iter().map(|(key, _)| key)
    }

    /// The values alone.
    pub fn into_values(self) -> impl Iterator<Item = Arc<V>> {
        self.into_iter().map(|(_, value)| value)
    }

    /// Where the leaf is that the key is in or would go to.
    fn leaf_of(&self, key: &K) -> usize {
        let behind = self.leaves.partition_point(|leaf| leaf.first().is_some_and(|(first, _)| first <= key));
        behind.saturating_sub(1)
    }
}

fn place<K: Ord, V>(leaf: &Leaf<K, V>, key: &K) -> Result<usize, usize> {
    leaf.binary_search_by(|(other, _)| other.cmp(key))
}

/// Both sides of each value that is not the same in the two maps, in order of their keys. What the maps share is passed
/// over without being looked into, whole leaves at a time; values that were made apart may come although they are equal.
pub fn changed<'a, K: Ord, V>(
    before: &'a SharedMap<K, V>,
    after: &'a SharedMap<K, V>,
) -> impl Iterator<Item = (Option<&'a V>, Option<&'a V>)> {
    let (mut before, mut after) = (Walk { leaves: &before.leaves, at: 0 }, Walk { leaves: &after.leaves, at: 0 });
    std::iter::from_fn(move || {
        loop {
            let (from, to) = match (before.entry(), after.entry()) {
                (None, None) => return None,
                (Some(_), Some(_)) if before.is_with(&after) => {
                    before.pass_leaf();
                    after.pass_leaf();
                    continue;
                }
                (Some(from), Some(to)) if from.0 < to.0 => (Some(from), None),
                (Some(from), Some(to)) if to.0 < from.0 => (None, Some(to)),
                sides => sides,
            };
            before.at += usize::from(from.is_some());
            after.at += usize::from(to.is_some());
            match (from, to) {
                (Some((_, from)), Some((_, to))) if Arc::ptr_eq(from, to) => {}
                (from, to) => return Some((from.map(|(_, it)| it.as_ref()), to.map(|(_, it)| it.as_ref()))),
            }
        }
    })
}

/// A place in a map.
struct Walk<'a, K, V> {
    leaves: &'a [Arc<Leaf<K, V>>],
    /// In the first of them.
    at: usize,
}

impl<'a, K, V> Walk<'a, K, V> {
    fn entry(&mut self) -> Option<&'a (K, Arc<V>)> {
        loop {
            let leaf = self.leaves.first()?;
            match leaf.get(self.at) {
                Some(entry) => return Some(entry),
                None => self.pass_leaf(),
            }
        }
    }

    fn pass_leaf(&mut self) {
        self.leaves = self.leaves.get(1..).unwrap_or_default();
        self.at = 0;
    }

    /// Whether both stand at the same place of a leaf that they share.
    fn is_with(&self, other: &Self) -> bool {
        let leaves = self.leaves.first().zip(other.leaves.first());
        self.at == other.at && leaves.is_some_and(|(one, two)| Arc::ptr_eq(one, two))
    }
}

impl<K, V> Default for SharedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> Clone for SharedMap<K, V> {
    fn clone(&self) -> Self {
        Self { leaves: self.leaves.clone(), len: self.len }
    }
}

impl<K: Ord, V: PartialEq> PartialEq for SharedMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && changed(self, other).all(|(one, two)| one == two)
    }
}

impl<K: Ord, V: Eq> Eq for SharedMap<K, V> {}

impl<K: Debug, V: Debug> Debug for SharedMap<K, V> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Ord + Copy, V> Index<&K> for SharedMap<K, V> {
    type Output = Arc<V>;

    /// The value of that key.
    ///
    /// # Panics
    /// When there is none, as with any map; for those who have just seen it.
    #[expect(clippy::expect_used, reason = "what an index is for")]
    fn index(&self, key: &K) -> &Arc<V> {
        self.get(key).expect("no entry of that key")
    }
}

impl<K: Ord + Copy, V> FromIterator<(K, Arc<V>)> for SharedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, Arc<V>)>>(entries: I) -> Self {
        let sorted: BTreeMap<K, Arc<V>> = entries.into_iter().collect();
        let len = sorted.len();
        let mut leaves: Vec<Arc<Leaf<K, V>>> = Vec::with_capacity(len.div_ceil(BEGIN));
        let mut entries = sorted.into_iter();
        loop {
            let leaf: Leaf<K, V> = entries.by_ref().take(BEGIN).collect();
            if leaf.is_empty() {
                return Self { leaves, len };
            }
            leaves.push(Arc::new(leaf));
        }
    }
}

impl<K: Ord + Copy, V, const N: usize> From<[(K, Arc<V>); N]> for SharedMap<K, V> {
    fn from(entries: [(K, Arc<V>); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K: Ord + Copy, V> Extend<(K, Arc<V>)> for SharedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, Arc<V>)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Copy, V> IntoIterator for SharedMap<K, V> {
    type Item = (K, Arc<V>);
    type IntoIter = FlatMap<std::vec::IntoIter<Arc<Leaf<K, V>>>, Leaf<K, V>, fn(Arc<Leaf<K, V>>) -> Leaf<K, V>>;

    fn into_iter(self) -> Self::IntoIter {
        self.leaves.into_iter().flat_map(Arc::unwrap_or_clone)
    }
}

impl<'a, K, V> IntoIterator for &'a SharedMap<K, V> {
    type Item = (&'a K, &'a Arc<V>);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Serialize, V: Serialize> Serialize for SharedMap<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, K: Ord + Copy + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for SharedMap<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::<K, Arc<V>>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(before: &[(u8, &'static str)], after: &[(u8, &'static str)], expect: &[(Option<&str>, Option<&str>)]) {
        let shared: BTreeMap<&str, Arc<&str>> = ["a", "b", "c", "d"].map(|text| (text, Arc::new(text))).into();
        let map = |list: &[(u8, &'static str)]| -> SharedMap<u8, &str> {
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

    /// What is done to a map: a key, and the value that it shall have, if any.
    fn steps() -> impl Strategy<Value = Vec<(u16, Option<u8>)>> {
        let step = (0_u16..600, prop_oneof![3 => any::<u8>().prop_map(Some), 2 => Just(None)]);
        proptest::collection::vec(step, 0..900)
    }

    fn take(map: &mut SharedMap<u16, u8>, plain: &mut BTreeMap<u16, u8>, steps: &[(u16, Option<u8>)]) {
        for (key, value) in steps {
            let (found, expect) = match value {
                Some(value) => (map.insert(*key, Arc::new(*value)), plain.insert(*key, *value)),
                None => (map.remove(key), plain.remove(key)),
            };
            assert_eq!(found.as_deref(), expect.as_ref());
        }
        assert_eq!(map.len(), plain.len());
        assert!(map.leaves.iter().all(|leaf| (1..=MOST).contains(&leaf.len())));
    }

    proptest! {
        /// It does what an ordinary map does, and a change of a copy is none of the first.
        #[test]
        fn it_is_a_map(first in steps(), second in steps(), more in steps()) {
            let (mut map, mut plain) = (SharedMap::new(), BTreeMap::new());
            take(&mut map, &mut plain, &first);
            let (mut other, mut other_plain) = (map.clone(), plain.clone());
            take(&mut other, &mut other_plain, &second);
            other.retain(|key, _| key % 7 != 0);
            other_plain.retain(|key, _| key % 7 != 0);
            for (key, _) in &more {
                if let (Some(value), Some(plain)) = (other.get_mut(key), other_plain.get_mut(key)) {
                    *Arc::make_mut(value) ^= 1;
                    *plain ^= 1;
                }
            }
            for (map, plain) in [(&map, &plain), (&other, &other_plain)] {
                prop_assert!(map.iter().map(|(key, value)| (*key, **value)).eq(plain.iter().map(|(key, value)| (*key, *value))));
                prop_assert!(map.keys().rev().eq(plain.keys().rev()));
                prop_assert!((0..600).all(|key| map.get(&key).map(|it| **it) == plain.get(&key).copied()));
                prop_assert_eq!(serde_json::to_string(map).unwrap(), serde_json::to_string(plain).unwrap());
                let read: SharedMap<u16, u8> = serde_json::from_str(&serde_json::to_string(map).unwrap()).unwrap();
                prop_assert_eq!(&read, map);
                prop_assert_eq!(map.clone().into_iter().map(|(key, it)| (key, *it)).collect::<BTreeMap<_, _>>(), plain.clone());
            }
            prop_assert_eq!(map == other, plain == other_plain);

            let said: Vec<_> = changed(&map, &other).filter(|(from, to)| from != to).collect();
            let keys: std::collections::BTreeSet<u16> = plain.keys().chain(other_plain.keys()).copied().collect();
            let sides = keys.iter().map(|key| (plain.get(key), other_plain.get(key)));
            prop_assert_eq!(said, sides.filter(|(from, to)| from != to).collect::<Vec<_>>());
        }
    }
}
