//! What is known of a candidate, as numbers that a model can weigh.

use super::candidate::{Candidate, Shape};
use super::gather::{Evidence, Fit, Itself, Naming, Person};
use super::survey::{Entry, Facts, Survey};
use super::words::Class;
use schema::BaseType;

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// What a model weighs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Feature { $($(#[$doc])* $name),* }

        impl Feature {
            /// All of them, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

features! {
    /// The name is the table's.
    Whole,
    /// The name, with others run together.
    Joined,
    /// The column's own table's name comes before it.
    OwnTable,
    /// What the own table's name begins with comes before it.
    OwnPrefix,
    /// A role comes before the table's name.
    Role,
    /// What many names of the schema begin with comes before it.
    CommonPrefix,
    /// Anything comes before it.
    AnyPrefix,
    /// A role instead of what the table's name begins with.
    RoleOfPrefixed,
    /// The name begins with the table's.
    Leading,
    /// The table's name is within it.
    Inside,
    /// It is a short form.
    Short,
    /// The share of the column's words that are the table's.
    Covered,
    /// The share of the table's words that are the column's.
    Spanned,
    /// Two words and more of both are the same.
    LongMatch,
    /// The name is that of a key, and tells it from others.
    KeyName,
    /// The same, and no other table has such a key.
    OnlyKeyName,
    /// The same, and the table's name says it too.
    KeyNameAndTable,
    /// The same, and the table's name says something else.
    KeyNameAlone,
    /// The same, and the key looks like a reference itself.
    KeyNameOfChild,
    /// The same, and the name says nothing of a key.
    KeyNameBare,
    /// It ends with the name of a key.
    KeyNameLast,
    /// It is about another row of the same table and nothing else.
    ItselfOnly,
    /// Among other things.
    ItselfPartly,
    /// Among them, and it is the table's name.
    ItselfNamed,
    /// By the little word in which it ends.
    ItselfJoint,
    /// It ends in “by”, and the table is of people.
    PersonBy,
    /// It is what people are to a row, and the table is of people.
    PersonRole,
    /// It looks like a word for a person, and the table is of people.
    PersonAgent,
    /// Any of them, and another table of people is likelier.
    PersonPerhaps,
    /// The share of the known references of columns called so that lead there.
    Alias,
    /// They lead elsewhere.
    AliasElsewhere,
    /// The share of those of columns with the same last word.
    LastAlias,
    /// `…_uuid`.
    ClassUuid,
    /// `…_fk`.
    ClassReference,
    /// `…_key`.
    ClassKey,
    /// `…_code`.
    ClassCode,
    /// `…_no`.
    ClassNumber,
    /// The name says that it is a key of some kind, or those that name a table seldom do.
    SaysKey,
    /// The types are the same.
    SameType,
    /// Both are whole numbers of different widths.
    OtherWidth,
    /// The column is a text.
    Text,
    /// A text that says nothing of the kind in its name.
    BareText,
    /// The key is the primary one, or does as one.
    MainKey,
    /// The column ends as the key is called: `country_code` and `code`.
    SameEnd,
    /// The column says that it is an id, and the key is called otherwise.
    IdForOther,
    /// The column alone is its table's primary key.
    IsPrimaryKey,
    /// It is part of it.
    InPrimaryKey,
    /// It is unique.
    IsUnique,
    /// It is part of what is unique.
    InUnique,
    /// It may be NULL.
    Nullable,
    /// It may be NULL, and the name is the table's: one that was never declared more often than others.
    NullableWhole,
    /// Both tables are in one namespace.
    SameNamespace,
    /// An index begins with the column.
    Indexed,
    /// None does, though there are others.
    NotIndexed,
    /// The table joins others and little else.
    Junction,
    /// No other table fits as well.
    First,
    /// Others fit as well.
    Rivals,
    /// The key looks like a reference itself.
    ToChild,
    /// How many columns are named after the table.
    Popular,
    /// It is the column's own table.
    ToItself,
    /// It is, and is called so.
    ToItselfWhole,
    /// That table has a column called so too, beside its key.
    ToSame,
    /// The column's note names the table.
    Noted,
    /// Several columns together.
    Composite,
    /// All of them are called as the key's are.
    CompositeSame,
    /// The share of the table's words that the key's columns have.
    CompositeNamed,
    /// The key is made of references to other tables.
    CompositeToJunction,
    /// The key is the primary one.
    CompositePrimary,
    /// The share of the columns that are in their table's primary key.
    CompositeInKey,
    /// They and nothing else are their table's primary key.
    CompositeIsKey,
    /// No other table has such a key and as many words of it in its name.
    CompositeFirst,
    /// Others have.
    CompositeRivals,
}

/// One number a feature.
pub type Features = [f64; Feature::ALL.len()];

/// How a candidate stands among those of the same column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// Whether no other table comes before it.
    pub(super) is_first: bool,
    /// How many others fit in the same way.
    pub(super) rivals: usize,
    /// The greatest share of known references that leads to another table.
    pub(super) elsewhere: f64,
}

/// Where the column is, and what speaks for the table.
pub(super) struct Case<'a, 'b> {
    pub(super) survey: &'b Survey<'a>,
    pub(super) own: &'b Entry<'a>,
    pub(super) facts: &'b Facts<'a>,
    pub(super) evidence: &'b Evidence,
    pub(super) standing: Standing,
}

struct Numbers(Features);

impl Numbers {
    fn put(&mut self, feature: Feature, value: f64) {
        if let Some(number) = self.0.get_mut(feature as usize) {
            *number = value;
        }
    }

    fn say(&mut self, feature: Feature, holds: bool) {
        self.put(feature, f64::from(u8::from(holds)));
    }
}

/// The numbers of a candidate of one column.
pub(super) fn features(case: &Case<'_, '_>, candidate: &Candidate<'_>) -> Features {
    let mut numbers = Numbers([0.0; Feature::ALL.len()]);
    let Some(target) = case.survey.tables.get(candidate.to) else { return numbers.0 };
    of_name(&mut numbers, case, target, candidate);
    of_column(&mut numbers, case);
    of_pair(&mut numbers, case, target, candidate);
    numbers.0
}

fn of_name(numbers: &mut Numbers, case: &Case<'_, '_>, target: &Entry<'_>, candidate: &Candidate<'_>) {
    let evidence = case.evidence;
    let fit = match evidence.fit {
        Fit::Whole => Some(Feature::Whole),
        Fit::Joined => Some(Feature::Joined),
        Fit::OwnTable => Some(Feature::OwnTable),
        Fit::OwnPrefix => Some(Feature::OwnPrefix),
        Fit::Role => Some(Feature::Role),
        Fit::CommonPrefix => Some(Feature::CommonPrefix),
        Fit::AnyPrefix => Some(Feature::AnyPrefix),
        Fit::RoleOfPrefixed => Some(Feature::RoleOfPrefixed),
        Fit::Leading => Some(Feature::Leading),
        Fit::Inside => Some(Feature::Inside),
        Fit::Short => Some(Feature::Short),
        Fit::Unlike => None,
    };
    if let Some(fit) = fit {
        numbers.say(fit, true);
    }
    numbers.put(Feature::Covered, share(evidence.covered, case.facts.stem.len()));
    let spanned = share(evidence.covered, target.nouns.len()).min(1.0);
    numbers.put(Feature::Spanned, if evidence.fit == Fit::OwnTable { 1.0 } else { spanned });
    numbers.say(Feature::LongMatch, evidence.covered > 1 && target.nouns.len() > 1);
    let naming = evidence.named_key.filter(|(key, _)| *key == candidate.key).map(|(_, naming)| naming);
    let is_named = naming == Some(Naming::Same);
    numbers.say(Feature::KeyName, is_named);
    numbers.say(Feature::OnlyKeyName, is_named && candidate.is_only_key_name);
    numbers.say(Feature::KeyNameAndTable, is_named && evidence.fit <= Fit::CommonPrefix);
    numbers.say(Feature::KeyNameAlone, is_named && evidence.fit == Fit::Unlike);
    numbers.say(Feature::KeyNameBare, is_named && case.facts.class == Class::Bare);
    numbers.say(Feature::KeyNameLast, naming == Some(Naming::Last));
    numbers.say(Feature::ItselfOnly, evidence.itself == Itself::Only);
    numbers.say(Feature::ItselfPartly, evidence.itself == Itself::Partly);
    let is_named = evidence.itself == Itself::Partly && evidence.fit <= Fit::Role;
    numbers.say(Feature::ItselfNamed, is_named && candidate.from == candidate.to);
    numbers.say(Feature::ItselfJoint, evidence.itself == Itself::Joint);
    numbers.say(Feature::PersonBy, evidence.person == Some(Person::By));
    numbers.say(Feature::PersonRole, evidence.person == Some(Person::Role));
    numbers.say(Feature::PersonAgent, evidence.person == Some(Person::Agent));
    numbers.say(Feature::PersonPerhaps, evidence.person == Some(Person::Perhaps));
    numbers.put(Feature::Alias, evidence.alias);
    numbers.put(Feature::AliasElsewhere, case.standing.elsewhere);
    numbers.put(Feature::LastAlias, evidence.last_alias);
}

fn of_column(numbers: &mut Numbers, case: &Case<'_, '_>) {
    let (facts, table) = (case.facts, case.own.table);
    let class = match facts.class {
        Class::Uuid => Some(Feature::ClassUuid),
        Class::Reference => Some(Feature::ClassReference),
        Class::Key => Some(Feature::ClassKey),
        Class::Code => Some(Feature::ClassCode),
        Class::Number => Some(Feature::ClassNumber),
        Class::Id | Class::Bare => None,
    };
    if let Some(class) = class {
        numbers.say(class, true);
    }
    let is_bare = facts.class == Class::Bare;
    let is_text = matches!(facts.underlying.base(), Some(BaseType::Text | BaseType::Varchar | BaseType::Char) | None);
    let evidence = case.evidence;
    let speaks = evidence.itself == Itself::Only || matches!(evidence.person, Some(Person::By | Person::Role));
    let says_key = if !is_bare || speaks && !is_text { 1.0 } else { case.survey.bare_share };
    numbers.put(Feature::SaysKey, says_key);
    numbers.say(Feature::Text, is_text);
    numbers.say(Feature::BareText, is_text && is_bare);
    let id = facts.column.id;
    let key = table.primary_key().map(|key| key.columns.as_slice());
    let is_key = key == Some(&[id]);
    let in_key = table.in_primary_key(id) && !is_key;
    numbers.say(Feature::IsPrimaryKey, is_key);
    numbers.say(Feature::InPrimaryKey, in_key);
    numbers.say(Feature::IsUnique, !is_key && table.is_referenceable(&[id]));
    let in_unique = |set: &Vec<schema::ColumnId>| set.len() > 1 && set.contains(&id);
    numbers.say(Feature::InUnique, !is_key && !in_key && table.unique_sets().any(|set| in_unique(&set)));
    let is_nullable = facts.column.nullable && !is_key && !in_key;
    numbers.say(Feature::Nullable, is_nullable);
    numbers.say(Feature::NullableWhole, is_nullable && case.evidence.fit == Fit::Whole);
    numbers.say(Feature::Indexed, facts.is_indexed);
    numbers.say(Feature::NotIndexed, case.survey.has_indexes && !facts.is_indexed && !is_key && !in_key);
    numbers.say(Feature::Junction, in_key && key.is_some_and(|key| key.len() + 3 > table.columns.len()));
}

fn of_pair(numbers: &mut Numbers, case: &Case<'_, '_>, target: &Entry<'_>, candidate: &Candidate<'_>) {
    let Some(key) = target.keys.get(candidate.key) else { return };
    let Some(key_column) = key.columns.first() else { return };
    let Some(key_facts) = target.facts(key_column.id) else { return };
    let theirs = &key_facts.underlying;
    let mine = &case.facts.underlying;
    let is_same = mine.base() == theirs.base() && mine.user_type() == theirs.user_type();
    numbers.say(Feature::SameType, is_same);
    numbers.say(Feature::OtherWidth, !is_same && mine.base().is_some_and(BaseType::is_number));
    numbers.say(Feature::MainKey, key.is_main);
    let key_name = key_facts.name.as_str();
    let ending = case.facts.words.last().map(String::as_str);
    numbers.say(Feature::SameEnd, case.facts.class != Class::Bare && ending == Some(key_name));
    let is_named = candidate.columns.len() == 1 && key_name == case.facts.name;
    numbers.say(Feature::KeyNameOfChild, is_named && target.is_child);
    let says_id = matches!(case.facts.class, Class::Id | Class::Uuid);
    numbers.say(Feature::IdForOther, says_id && !key_name.ends_with("id"));
    numbers.say(Feature::SameNamespace, target.table.namespace == case.own.table.namespace);
    numbers.say(Feature::First, case.standing.is_first);
    numbers.put(Feature::Rivals, 1.0 - 1.0 / (1.0 + count(case.standing.rivals)));
    numbers.say(Feature::ToChild, target.is_child && key.is_main);
    numbers.put(Feature::Popular, (1.0 + count(target.popularity)).ln() / 4.0);
    numbers.say(Feature::ToItself, candidate.from == candidate.to);
    let is_own = candidate.from == candidate.to;
    numbers.say(Feature::ToItselfWhole, is_own && case.evidence.fit == Fit::Whole);
    let key_id = key_column.id;
    let has_same =
        |it: &Facts<'_>| it.column.id != key_id && it.class == case.facts.class && it.nouns == case.facts.nouns;
    let is_other = candidate.from != candidate.to && !case.facts.nouns.is_empty();
    numbers.say(Feature::ToSame, is_other && target.columns.iter().any(has_same));
    let is_noted = case.facts.column.note.as_deref().is_some_and(|note| {
        let name = target.table.name.as_str().to_lowercase();
        name.len() > 3 && note.to_lowercase().contains(&name)
    });
    numbers.say(Feature::Noted, is_noted);
}

/// The numbers of a candidate of several columns.
pub(super) fn composite(shape: &Shape, standing: Standing) -> Features {
    let mut numbers = Numbers([0.0; Feature::ALL.len()]);
    numbers.say(Feature::Composite, true);
    numbers.say(Feature::CompositeSame, shape.is_same);
    numbers.put(Feature::CompositeNamed, shape.named);
    numbers.say(Feature::CompositeToJunction, shape.to_junction);
    numbers.say(Feature::CompositePrimary, shape.is_primary);
    numbers.put(Feature::CompositeInKey, shape.in_key);
    numbers.say(Feature::CompositeIsKey, shape.is_key);
    numbers.say(Feature::CompositeFirst, standing.is_first);
    numbers.put(Feature::CompositeRivals, 1.0 - 1.0 / (1.0 + count(standing.rivals)));
    numbers.say(Feature::SameNamespace, shape.is_near);
    numbers.0
}

pub(super) fn share(part: usize, whole: usize) -> f64 {
    count(part) / count(whole).max(1.0)
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}
