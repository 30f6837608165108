//! A schema as it is looked things up in: every table under the words of its name, every key under the names of its
//! columns. What is looked up for one column costs no more in a large schema than in a small one.

use super::aliases::Aliases;
use super::words::{Class, Noun, Nouns, class_of, people_rank, split};
use crate::plural::readings;
use schema::{BaseType, Column, ColumnId, DataType, Generation, KeyKind, NamespaceId, Schema, Table, TableId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Which references are taken for granted: they are not suggested again, and they tell what names mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Those that are there.
    All,
    /// For each table, those of the other tables; its own are to be found again.
    OfOtherTables,
}

/// Tables with the same name in this many namespaces are not all looked at; those nearby are.
const MOST_ALIKE: usize = 16;

/// So many words at most are what many names begin with.
const MOST_OF_PREFIX: usize = 3;

/// Prefixes and endings that say that a table is a table.
const TABLE_WORDS: [&str; 16] = [
    "t", "tb", "tbl", "tab", "table", "dim", "fact", "entity", "ao", "master", "mst", "lookup", "lkp", "lu", "ref",
    "info",
];

pub(super) struct Survey<'a> {
    pub(super) schema: &'a Schema,
    pub(super) known: Known,
    /// By namespace, then name.
    pub(super) tables: Vec<Entry<'a>>,
    pub(super) nouns: Nouns,
    /// Places in `tables`, by the whole name.
    pub(super) whole: BTreeMap<Vec<Noun>, Vec<usize>>,
    /// The same by the name without what many names of the schema begin with.
    pub(super) shorn: BTreeMap<Vec<Noun>, Vec<usize>>,
    /// The same by every end of the name.
    pub(super) ends: BTreeMap<Vec<Noun>, Vec<usize>>,
    /// The same by the name written as one word.
    pub(super) joined: BTreeMap<String, Vec<usize>>,
    /// The same by what the name may be shortened to.
    pub(super) shortened: BTreeMap<String, Vec<usize>>,
    /// Keys of one column that say in their name what they are the key of, as places of table and key.
    pub(super) key_names: BTreeMap<String, Vec<(usize, usize)>>,
    /// Tables of people, the likeliest first.
    pub(super) people: Vec<usize>,
    pub(super) aliases: Aliases,
    /// How many of the columns that are named after a table are named so and nothing else.
    pub(super) bare_share: f64,
    /// Whether anybody has thought of indexes.
    pub(super) has_indexes: bool,
    /// Which columns lead to which tables, by references that are not to be suggested again.
    pub(super) led: BTreeSet<(TableId, ColumnId, TableId)>,
}

/// A table and what its name says.
pub(super) struct Entry<'a> {
    pub(super) table: &'a Table,
    pub(super) words: Vec<String>,
    pub(super) nouns: Vec<Noun>,
    /// How many nouns the name begins with that many others of the schema begin with too.
    pub(super) prefix: usize,
    pub(super) keys: Vec<Target<'a>>,
    pub(super) columns: Vec<Facts<'a>>,
    /// Places among the columns, by their names as one word.
    pub(super) by_name: BTreeMap<String, usize>,
    /// Whether its key reads like a reference to another table.
    pub(super) is_child: bool,
    /// How many columns of the schema are named after it.
    pub(super) popularity: usize,
}

/// A key that could be referenced.
pub(super) struct Target<'a> {
    pub(super) columns: Vec<&'a Column>,
    pub(super) is_primary: bool,
    /// Whether it is the primary key, or does as one where there is none.
    pub(super) is_main: bool,
    /// The words of its first column.
    pub(super) words: Vec<String>,
}

/// A column and what its name says.
pub(super) struct Facts<'a> {
    pub(super) column: &'a Column,
    /// What its values are of in the end.
    pub(super) underlying: DataType,
    pub(super) words: Vec<String>,
    /// The words as one.
    pub(super) name: String,
    pub(super) class: Class,
    /// The words without those that say the class.
    pub(super) stem: Vec<String>,
    pub(super) nouns: Vec<Noun>,
    /// Whether it could reference anything at all.
    pub(super) is_open: bool,
    /// Whether a reference of the schema holds it.
    pub(super) is_taken: bool,
    pub(super) is_indexed: bool,
}

impl<'a> Survey<'a> {
    pub(super) fn of(schema: &'a Schema, known: Known) -> Self {
        let tables = schema.tables_by_name();
        let mut nouns = Nouns::default();
        // All words first, as each may show that two others are the same noun.
        for table in &tables {
            let names = table.columns.iter().map(|column| &column.name).chain([&table.name]);
            names.flat_map(|name| split(name.as_str())).for_each(|word| {
                nouns.learn(&word);
            });
        }
        let mut entries: Vec<Entry<'a>> = tables.iter().map(|table| entry(table, &mut nouns)).collect();
        let prefixes = frequent_prefixes(&entries, &mut nouns);
        for it in &mut entries {
            let longest = it.nouns.len().saturating_sub(1).min(MOST_OF_PREFIX);
            let is_frequent = |length: &usize| it.nouns.get(..*length).is_some_and(|start| prefixes.contains(start));
            it.prefix = (1..=longest).take_while(is_frequent).last().unwrap_or(0);
        }
        let vocabulary = vocabulary(&entries);
        let references = schema.references.values().filter(|_| known == Known::All);
        let led =
            references.flat_map(|it| it.pairs.iter().map(|pair| (it.referencing, pair.referencing, it.referenced)));
        let led: BTreeSet<(TableId, ColumnId, TableId)> = led.collect();
        let referencing: BTreeSet<(TableId, ColumnId)> =
            led.iter().map(|(table, column, _)| (*table, *column)).collect();
        for it in &mut entries {
            it.columns = facts(schema, it.table, &vocabulary, &mut nouns);
            it.by_name = it.columns.iter().enumerate().map(|(at, facts)| (facts.name.clone(), at)).collect();
            for column in &mut it.columns {
                column.is_taken = referencing.contains(&(it.table.id, column.column.id));
            }
        }
        let aliases = Aliases::of(schema, &entries);
        let mut survey = Self {
            schema,
            known,
            has_indexes: tables.iter().any(|table| table.indexes.iter().any(|index| !index.unique)),
            tables: entries,
            nouns,
            whole: BTreeMap::new(),
            shorn: BTreeMap::new(),
            ends: BTreeMap::new(),
            joined: BTreeMap::new(),
            shortened: BTreeMap::new(),
            key_names: BTreeMap::new(),
            people: Vec::new(),
            aliases,
            bare_share: 0.0,
            led,
        };
        survey.index();
        survey.count();
        survey.find_people();
        survey
    }

    fn index(&mut self) {
        let table_words: BTreeSet<Noun> = TABLE_WORDS.iter().filter_map(|word| self.nouns.get(word)).collect();
        for (at, it) in self.tables.iter().enumerate() {
            self.whole.entry(it.nouns.clone()).or_default().push(at);
            let last = it.nouns.len().saturating_sub(1);
            let ends_in_table = last > 0 && it.nouns.last().is_some_and(|word| table_words.contains(word));
            for from in 0..=it.prefix {
                let without_start = it.nouns.get(from..).filter(|_| from > 0);
                let without_end = it.nouns.get(from..last).filter(|rest| ends_in_table && !rest.is_empty());
                for shorn in [without_start, without_end].into_iter().flatten() {
                    self.shorn.entry(shorn.to_vec()).or_default().push(at);
                }
            }
            for from in 1..it.nouns.len() {
                self.ends.entry(it.nouns.get(from..).unwrap_or_default().to_vec()).or_default().push(at);
            }
            for (words, is_whole) in
                [(it.words.as_slice(), true), (it.words.get(it.prefix..).unwrap_or_default(), false)]
            {
                if is_whole || it.prefix > 0 {
                    for reading in readings(&words.concat()) {
                        self.joined.entry(reading).or_default().push(at);
                    }
                    for short in short_forms(words) {
                        self.shortened.entry(short).or_default().push(at);
                    }
                }
            }
            for (key, target) in it.keys.iter().enumerate() {
                let [column] = target.columns.as_slice() else { continue };
                let facts = it.facts(column.id);
                let words = facts.map_or(&[][..], |facts| facts.words.as_slice());
                // `charid` is the key of characters, for all that is known here; `version` is a key and tells nothing.
                let tells = words.len() > 1 || words.iter().any(|word| word.len() > 4 && word.ends_with("id"));
                if tells {
                    self.key_names.entry(words.concat()).or_default().push((at, key));
                }
            }
        }
    }

    /// Of several tables of people, the one after which most columns are named is the one that others mean.
    fn find_people(&mut self) {
        let mut people: Vec<(Reverse<usize>, usize, usize)> = Vec::new();
        for (at, it) in self.tables.iter().enumerate() {
            let Some(last) = it.words.last() else { continue };
            let rank = readings(last).iter().filter_map(|word| people_rank(word)).min();
            let length = it.nouns.len() - it.prefix;
            if let Some(rank) = rank.filter(|_| length <= 2) {
                people.push((Reverse(it.popularity), rank + 12 * (length - 1), at));
            }
        }
        people.sort_unstable();
        people.truncate(MOST_ALIKE * 16);
        self.people = people.into_iter().map(|(.., at)| at).collect();
    }

    /// Counts how columns are named after tables, and which of the tables' keys are.
    fn count(&mut self) {
        let (mut bare, mut all) = (0_u32, 0_u32);
        let mut popular: BTreeMap<usize, usize> = BTreeMap::new();
        let mut children = BTreeSet::new();
        for (from, it) in self.tables.iter().enumerate() {
            let key = it.table.primary_key().map(|key| key.columns.as_slice());
            for facts in it.columns.iter().filter(|facts| facts.is_open && !facts.nouns.is_empty()) {
                let found = self.whole.get(&facts.nouns).or_else(|| self.shorn.get(&facts.nouns));
                let leads_to = |at: &&usize| {
                    let key = self.tables.get(**at).and_then(|it| it.keys.first());
                    let [key] = key.map(|key| key.columns.as_slice()).unwrap_or_default() else { return false };
                    let key = self.tables.get(**at).and_then(|it| it.facts(key.id));
                    **at != from && key.is_some_and(|key| facts.underlying.can_reference(&key.underlying))
                };
                let others: Vec<usize> =
                    found.into_iter().flatten().take(MOST_ALIKE).filter(leads_to).copied().collect();
                for at in &others {
                    *popular.entry(*at).or_default() += 1;
                }
                if !others.is_empty() {
                    bare += u32::from(facts.class == Class::Bare);
                    all += 1;
                    if key == Some(&[facts.column.id]) {
                        children.insert(from);
                    }
                }
            }
        }
        for (at, it) in self.tables.iter_mut().enumerate() {
            it.popularity = popular.get(&at).copied().unwrap_or(0);
            it.is_child = children.contains(&at);
        }
        let tables = &self.tables;
        for found in self.key_names.values_mut() {
            // `user_id` is the key of users before it is the key of profiles.
            found.sort_by_key(|(at, key)| (tables.get(*at).is_none_or(|it| it.is_child), *at, *key));
        }
        self.bare_share = f64::from(bare) / f64::from(all.max(1));
    }

    /// Those of the tables of one name that a column of a namespace can mean: all of a few, and those nearby of many.
    pub(super) fn near<'b>(
        &'b self,
        namespace: NamespaceId,
        found: Option<&'b Vec<usize>>,
    ) -> impl Iterator<Item = usize> + use<'a, 'b> {
        let found = found.map(Vec::as_slice).unwrap_or_default();
        let is_few = found.len() <= MOST_ALIKE;
        let default = if is_few { None } else { self.schema.default_namespace() };
        let is_near = move |at: &usize| {
            let table = self.tables.get(*at).map(|it| it.table.namespace);
            is_few || table.is_some_and(|it| it == namespace || Some(it) == default)
        };
        found.iter().copied().filter(is_near).take(MOST_ALIKE)
    }
}

impl<'a> Entry<'a> {
    /// What is known of a column.
    pub(super) fn facts(&self, id: ColumnId) -> Option<&Facts<'a>> {
        self.columns.iter().find(|facts| facts.column.id == id)
    }
}

fn entry<'a>(table: &'a Table, nouns: &mut Nouns) -> Entry<'a> {
    let words = split(table.name.as_str());
    Entry {
        table,
        nouns: words.iter().map(|word| nouns.learn(word)).collect(),
        words,
        prefix: 0,
        keys: targets(table),
        columns: Vec::new(),
        by_name: BTreeMap::new(),
        is_child: false,
        popularity: 0,
    }
}

/// The keys that a reference may name, the primary one first, each set of columns once.
fn targets(table: &Table) -> Vec<Target<'_>> {
    let primary = table.primary_key().map(|key| key.columns.as_slice());
    let sets = table.keys.iter().filter(|key| key.kind == KeyKind::Primary).map(|key| key.columns.clone());
    let mut seen = BTreeSet::new();
    let mut targets = Vec::new();
    for set in sets.chain(table.unique_sets()) {
        let columns: Vec<&Column> = set.iter().filter_map(|id| table.column(*id)).collect();
        let fits = !set.is_empty() && columns.len() == set.len() && table.is_referenceable(&set);
        let mut sorted = set.clone();
        sorted.sort_unstable();
        if fits && seen.insert(sorted) {
            let is_primary = primary == Some(set.as_slice());
            let is_main = is_primary || primary.is_none() && targets.is_empty();
            let words = columns.first().map(|column| split(column.name.as_str())).unwrap_or_default();
            targets.push(Target { columns, is_primary, is_main, words });
        }
    }
    targets
}

/// What many tables' names begin with though no table is called so, and what says that a table is one.
fn frequent_prefixes(entries: &[Entry<'_>], nouns: &mut Nouns) -> BTreeSet<Vec<Noun>> {
    let tables: BTreeSet<&[Noun]> = entries.iter().map(|it| it.nouns.as_slice()).collect();
    let mut counts: BTreeMap<&[Noun], usize> = BTreeMap::new();
    for it in entries {
        let starts = (1..it.nouns.len().min(MOST_OF_PREFIX + 1)).filter_map(|length| it.nouns.get(..length));
        starts.filter(|start| !tables.contains(start)).for_each(|start| *counts.entry(start).or_default() += 1);
    }
    let least = (entries.len() / 20).max(3);
    let frequent = counts.into_iter().filter(|(_, count)| *count >= least).map(|(start, _)| start.to_vec());
    let mut prefixes: BTreeSet<Vec<Noun>> = frequent.collect();
    prefixes.extend(TABLE_WORDS.iter().map(|word| vec![nouns.learn(word)]));
    prefixes
}

/// Every word that a table is called by, and every name as one word.
fn vocabulary(entries: &[Entry<'_>]) -> BTreeSet<String> {
    let mut vocabulary = BTreeSet::new();
    for it in entries {
        vocabulary.extend(it.words.iter().flat_map(|word| readings(word)));
        vocabulary.extend(readings(&it.words.concat()));
        vocabulary.extend(readings(&it.words.get(it.prefix..).unwrap_or_default().concat()));
    }
    vocabulary
}

fn facts<'a>(schema: &Schema, table: &'a Table, vocabulary: &BTreeSet<String>, nouns: &mut Nouns) -> Vec<Facts<'a>> {
    let leading: BTreeSet<ColumnId> =
        table.indexes.iter().filter_map(|index| index.columns().first().copied()).collect();
    let facts = table.columns.iter().map(|column| {
        let words = apart(split(column.name.as_str()), vocabulary);
        let (class, range) = class_of(&words);
        let stem = words.get(range).unwrap_or_default().to_vec();
        let underlying = schema.underlying(&column.data_type);
        Facts {
            column,
            nouns: stem.iter().map(|word| nouns.learn(word)).collect(),
            class,
            stem,
            name: words.concat(),
            words,
            is_open: may_reference(column, &underlying),
            underlying,
            is_taken: false,
            is_indexed: leading.contains(&column.id),
        }
    });
    facts.collect()
}

/// Takes `userid` apart where there are users.
fn apart(mut words: Vec<String>, vocabulary: &BTreeSet<String>) -> Vec<String> {
    let Some(last) = words.pop() else { return words };
    let ending = ["uuid", "id", "code", "no", "key"].iter().find_map(|ending| {
        let stem = last.strip_suffix(ending).filter(|stem| stem.len() >= 3 && !vocabulary.contains(&last))?;
        vocabulary.contains(stem).then(|| (stem.to_owned(), (*ending).to_owned()))
    });
    match ending {
        Some((stem, ending)) => words.extend([stem, ending]),
        None => match last.strip_prefix("id").filter(|stem| words.is_empty() && vocabulary.contains(*stem)) {
            Some(stem) => words.extend(["id".to_owned(), stem.to_owned()]),
            None => words.push(last),
        },
    }
    words
}

/// Whether a column of that type ever holds what identifies another row: whole numbers, texts and uuids do. One that
/// counts by itself is a key of its own.
fn may_reference(column: &Column, underlying: &DataType) -> bool {
    let is_worked_out = matches!(column.generation, Some(Generation::Virtual(_)));
    if underlying.dimensions() > 0 || is_worked_out || column.is_numbered() {
        return false;
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other type is likely, nor are those to come")]
    match underlying.base() {
        Some(base) => match base.without_sequence() {
            BaseType::SmallInt | BaseType::Integer | BaseType::BigInt | BaseType::Uuid => true,
            BaseType::Text | BaseType::Varchar | BaseType::Char => true,
            BaseType::Numeric => underlying.args().get(1).is_none_or(|scale| *scale == 0),
            _ => false,
        },
        // Of types that are not known here, only those of texts and ids are likely.
        None => underlying.foreign_type().is_some_and(|it| {
            let text = it.text(false);
            ["citext", "bpchar", "name", "ulid", "ksuid"].iter().any(|known| text.ends_with(known))
        }),
    }
}

/// What people shorten the words of a name to: the first letters of each, the first few of one, or one without its vowels.
fn short_forms(words: &[String]) -> BTreeSet<String> {
    let mut forms = BTreeSet::new();
    if words.len() > 1 {
        forms.insert(words.iter().filter_map(|word| word.chars().next()).collect());
    }
    let joined = words.concat();
    let length = joined.chars().count();
    if words.len() == 1 {
        forms.extend((3..length.min(8)).map(|end| joined.chars().take(end).collect::<String>()));
    }
    let mut chars = joined.chars();
    let first: String = chars.next().into_iter().collect();
    let vowelless = first + &chars.filter(|c| !"aeiou".contains(*c)).collect::<String>();
    if vowelless.len() >= 3 && vowelless != joined {
        forms.insert(vowelless);
    }
    forms.retain(|form| form.len() >= 2 && *form != joined);
    forms
}
