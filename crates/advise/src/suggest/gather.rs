//! Which tables the name of a column may mean, and how it says so.

use super::survey::{Facts, Known, Survey};
use super::words::{Class, Noun, is_agent, is_joint, is_of_itself, is_person, written_out};
use schema::NamespaceId;
use std::collections::BTreeMap;

/// How the name of a column reads as the name of a table. What comes first says it more plainly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// `user_id` and `users`.
    Whole,
    /// `artist_credit` and `artistcredit`.
    Joined,
    /// `status` in `order` and `order_statuses`.
    OwnTable,
    /// `pipeline_id` in `ci_builds` and `ci_pipelines`.
    OwnPrefix,
    /// `billing_address_id` and `addresses`.
    Role,
    /// `partner_id` and `res_partners`, where many tables are `res_…`.
    CommonPrefix,
    /// `application_id` and `oauth_applications`.
    AnyPrefix,
    /// `created_by_application_id` and `oauth_applications`.
    RoleOfPrefixed,
    /// `person_original_id` and `persons`.
    Leading,
    /// `team_in_possession_id` and, from within, `teams`.
    Inside,
    /// `dept_id` and `departments`.
    Short,
    /// Not at all; something else speaks for it.
    Unlike,
}

impl Fit {
    pub(super) const ALL: [Self; 12] = [
        Self::Whole,
        Self::Joined,
        Self::OwnTable,
        Self::OwnPrefix,
        Self::Role,
        Self::CommonPrefix,
        Self::AnyPrefix,
        Self::RoleOfPrefixed,
        Self::Leading,
        Self::Inside,
        Self::Short,
        Self::Unlike,
    ];
}

/// What speaks for a table as the one that a column means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Evidence {
    pub(super) fit: Fit,
    /// How many words of the column's stem are the table's.
    pub(super) covered: usize,
    /// Where in the stem they begin.
    pub(super) from: usize,
    /// Places among the table's keys whose column is called as this one is, or as its last words are.
    pub(super) named_key: Option<(usize, Naming)>,
    pub(super) itself: Itself,
    pub(super) person: Option<Person>,
    /// Which share of the known references of columns called so leads here.
    pub(super) alias: f64,
    /// The same for columns whose last word is the same.
    pub(super) last_alias: f64,
}

/// How a column has the name of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// `customer_id` and `customers.customer_id`.
    Same,
    /// `manager_staff_id` and `staff.staff_id`.
    Last,
}

/// How a column's name speaks of another row of the same table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Itself {
    No,
    /// `parent_id`: of nothing else.
    Only,
    /// `parent_comment_id`: among other things.
    Partly,
    /// `reblog_of_id`: by how it ends.
    Joint,
}

/// How a column's name speaks of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Person {
    /// `created_by`.
    By,
    /// `author_id`.
    Role,
    /// `revoker_id`: by how the word ends.
    Agent,
    /// Any of them, and another table is likelier.
    Perhaps,
}

impl Evidence {
    pub(super) fn of(fit: Fit, from: usize, covered: usize) -> Self {
        Self { fit, covered, from, named_key: None, itself: Itself::No, person: None, alias: 0.0, last_alias: 0.0 }
    }
}

/// What is found for one column, by place of the table.
pub(super) type Found = BTreeMap<usize, Evidence>;

/// Everything that the column's name may mean.
pub(super) fn gather(survey: &Survey<'_>, own: usize, facts: &Facts<'_>) -> Found {
    let Some(entry) = survey.tables.get(own) else { return Found::new() };
    let mut found = Gathering { survey, own, namespace: entry.table.namespace, facts, found: Found::new() };
    if !facts.stem.is_empty() {
        found.by_name();
        found.by_one_word();
        found.by_short_form();
        found.as_itself();
        found.as_person();
        found.by_alias();
    }
    found.by_key_name();
    found.found
}

struct Gathering<'a, 'b> {
    survey: &'b Survey<'a>,
    own: usize,
    namespace: NamespaceId,
    facts: &'b Facts<'a>,
    found: Found,
}

impl Gathering<'_, '_> {
    fn add(&mut self, tables: impl Iterator<Item = usize>, fit: Fit, from: usize, covered: usize) {
        for at in tables {
            let better = Evidence::of(fit, from, covered);
            let it = self.found.entry(at).or_insert(better);
            if (fit, std::cmp::Reverse(covered)) < (it.fit, std::cmp::Reverse(it.covered)) {
                (it.fit, it.from, it.covered) = (fit, from, covered);
            }
        }
    }

    /// Adds what is found under the nouns in the index; says whether there was anything.
    fn look_up(&mut self, index: Index, nouns: &[Noun], fit: Fit, (from, covered): (usize, usize)) -> bool {
        let survey = self.survey;
        let found = match index {
            Index::Whole => survey.whole.get(nouns),
            Index::Shorn => survey.shorn.get(nouns),
            // A word in which half of the tables end says nothing.
            Index::Ends(most) => survey.ends.get(nouns).filter(|found| found.len() <= most),
        };
        let mut near = survey.near(self.namespace, found).peekable();
        let is_any = near.peek().is_some();
        self.add(near, fit, from, covered);
        is_any
    }

    fn by_name(&mut self) {
        let facts = self.facts;
        let stem = facts.nouns.as_slice();
        let length = stem.len();
        self.look_up(Index::Whole, stem, Fit::Whole, (0, length));
        self.with_own_prefix(stem, (0, length));
        self.look_up(Index::Shorn, stem, Fit::CommonPrefix, (0, length));
        self.look_up(Index::Ends(8), stem, Fit::AnyPrefix, (0, length));
        for from in 1..length {
            let end = stem.get(from..).unwrap_or_default();
            let place = (from, length - from);
            let is_found = self.look_up(Index::Whole, end, Fit::Role, place);
            self.look_up(Index::Shorn, end, Fit::RoleOfPrefixed, place);
            self.with_own_prefix_of_role(end, place);
            if !is_found {
                self.look_up(Index::Ends(4), end, Fit::RoleOfPrefixed, place);
            }
        }
        // `link_order` is no link.
        for to in (1..length).rev().filter(|_| facts.class != Class::Bare) {
            let start = stem.get(..to).unwrap_or_default();
            self.look_up(Index::Whole, start, Fit::Leading, (0, to));
            self.look_up(Index::Shorn, start, Fit::Leading, (0, to));
            for from in 1..to {
                let inside = stem.get(from..to).unwrap_or_default();
                self.look_up(Index::Whole, inside, Fit::Inside, (from, to - from));
            }
        }
    }

    /// What the column's own table begins with, put before the name.
    fn with_own_prefix(&mut self, stem: &[Noun], place: (usize, usize)) {
        let Some(own) = self.survey.tables.get(self.own) else { return };
        for length in 1..=own.nouns.len() {
            let fit = if length == own.nouns.len() { Fit::OwnTable } else { Fit::OwnPrefix };
            let mut name = own.nouns.get(..length).unwrap_or_default().to_vec();
            name.extend(stem);
            self.look_up(Index::Whole, &name, fit, place);
            self.look_up(Index::Shorn, &name, fit, place);
        }
        if let Some(shorn) = own.nouns.get(own.prefix..).filter(|_| own.prefix > 0) {
            let mut name = shorn.to_vec();
            name.extend(stem);
            self.look_up(Index::Shorn, &name, Fit::OwnTable, place);
        }
    }

    fn with_own_prefix_of_role(&mut self, end: &[Noun], place: (usize, usize)) {
        let Some(own) = self.survey.tables.get(self.own) else { return };
        for length in 1..=own.nouns.len() {
            let mut name = own.nouns.get(..length).unwrap_or_default().to_vec();
            name.extend(end);
            self.look_up(Index::Whole, &name, Fit::RoleOfPrefixed, place);
        }
    }

    fn by_one_word(&mut self) {
        let namespace = self.namespace;
        let length = self.facts.stem.len();
        // Tables are found by their names in one and in many, and columns are seldom called in many.
        for from in 0..length {
            let end = self.facts.stem.get(from..).unwrap_or_default().concat();
            let found = self.survey.near(namespace, self.survey.joined.get(&end));
            self.add(found, if from == 0 { Fit::Joined } else { Fit::Role }, from, length - from);
        }
    }

    fn by_short_form(&mut self) {
        let stem = self.facts.stem.as_slice();
        let length = stem.len();
        let found = self.survey.shortened.get(&stem.concat()).filter(|found| found.len() <= 4);
        self.add(self.survey.near(self.namespace, found), Fit::Short, 0, length);
        let Some(long) = stem.last().and_then(|word| written_out(word)) else { return };
        let Some(long) = self.survey.nouns.get(long) else { return };
        let mut nouns = self.facts.nouns.clone();
        if let Some(last) = nouns.last_mut() {
            *last = long;
        }
        for from in 0..length {
            let end = nouns.get(from..).unwrap_or_default();
            self.look_up(Index::Whole, end, Fit::Short, (from, length - from));
            self.look_up(Index::Shorn, end, Fit::Short, (from, length - from));
        }
    }

    fn as_itself(&mut self) {
        let stem = self.facts.stem.as_slice();
        let is_own = |word: &String| is_of_itself(word) || is_joint(word);
        let is_any = stem.iter().any(|word| is_of_itself(word));
        let ends_in_joint = stem.len() > 1
            && stem.last().is_some_and(|word| ["of", "to", "from", "into", "for", "with"].contains(&word.as_str()));
        let itself = match (is_any && stem.iter().all(is_own), is_any, ends_in_joint) {
            (true, ..) => Itself::Only,
            (false, true, _) => Itself::Partly,
            (false, false, true) => Itself::Joint,
            (false, false, false) => return,
        };
        self.evidence(self.own).itself = itself;
    }

    fn as_person(&mut self) {
        let stem = self.facts.stem.as_slice();
        let person = match stem {
            [_, .., by] if by == "by" => Person::By,
            [.., last] if is_person(last) => Person::Role,
            [.., last] if self.facts.class != Class::Bare && is_agent(last) => Person::Agent,
            _ => return,
        };
        let survey = self.survey;
        let own = Some(self.namespace);
        let namespace = |at: &usize| survey.tables.get(*at).map(|it| it.table.namespace);
        let near = survey.people.iter().filter(|at| namespace(at) == own);
        let far = survey.people.iter().filter(|at| namespace(at) != own);
        let likeliest: Vec<usize> = near.chain(far).take(2).copied().collect();
        for (order, at) in likeliest.into_iter().enumerate() {
            self.evidence(at).person = Some(if order == 0 { person } else { Person::Perhaps });
        }
    }

    fn by_alias(&mut self) {
        let without = (self.survey.known == Known::OfOtherTables).then_some(self.own);
        for (at, share) in self.survey.aliases.of_stem(&self.facts.nouns, without) {
            self.evidence(at).alias = share;
        }
        let Some(last) = self.facts.nouns.last() else { return };
        for (at, share) in self.survey.aliases.of_last(*last, without) {
            self.evidence(at).last_alias = share;
        }
    }

    fn by_key_name(&mut self) {
        let words = self.facts.words.as_slice();
        for from in 0..words.len() {
            let name = words.get(from..).unwrap_or_default().concat();
            let naming = if from == 0 { Naming::Same } else { Naming::Last };
            let Some(found) = self.survey.key_names.get(&name) else { continue };
            // A name that is the key of many tables is found by the names of the tables.
            if naming == Naming::Last && from + 1 == words.len() {
                continue;
            }
            self.name_keys(found, naming);
        }
        // `fromcurrencycode` and `currency.currencycode`.
        let [word] = words else { return };
        let starts = word.char_indices().map(|(at, _)| at).skip(2);
        let mut ends = starts.filter_map(|at| word.get(at..)).filter(|end| end.len() >= 6);
        if let Some(found) = ends.find_map(|end| self.survey.key_names.get(end)) {
            self.name_keys(found, Naming::Last);
        }
    }

    fn name_keys(&mut self, found: &[(usize, usize)], naming: Naming) {
        for (at, key) in found.iter().take(24).copied() {
            let it = self.evidence(at);
            it.named_key = it.named_key.or(Some((key, naming)));
        }
    }

    fn evidence(&mut self, table: usize) -> &mut Evidence {
        self.found.entry(table).or_insert_with(|| Evidence::of(Fit::Unlike, 0, 0))
    }
}

/// What is looked things up in.
#[derive(Clone, Copy)]
enum Index {
    Whole,
    Shorn,
    /// Ends of names, as long as no more tables than this have them.
    Ends(usize),
}
