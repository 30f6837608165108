//! What the people of a run do: drawn from a seed, replayed from a list, made shorter when it fails.

use edit::Attribute;
use editor::{Change, Command, Decision, Editor, Input, NewReference};
use schema::{
    BaseType, Cardinality, ColumnId, ColumnPair, DataType, Deferral, Expression, IndexOptions, KeyOptions, Name,
    ObjectId, ReferenceId, ReferenceOptions, ReferentialAction, Schema, Table, TableId, TableOptions,
};
use std::sync::Arc;

/// Numbers that look random and are not.
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.roll() % n.max(1)
    }

    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let at = self.below(list.len() as u64) as usize;
        list.get(at)
    }
}

/// One thing that somebody does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) client: usize,
    pub(crate) act: Act,
    /// Which of the things at hand.
    pub(crate) dice: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    AddTable,
    AddColumn,
    RenameTable,
    RenameColumn,
    Retype,
    Nullable,
    Default,
    Note,
    Move,
    Unique,
    Primary,
    Index,
    Check,
    Reference,
    OnDelete,
    OnUpdate,
    Ends,
    Cardinality,
    Key,
    SetIndex,
    RenamePart,
    Options,
    Namespace,
    Drop,
    Undo,
    Redo,
    Discard,
    DiscardAll,
    Restore,
    Resolve,
    Meet,
    CommitAll,
    CommitSome,
    Crash,
    Wait,
    Partition,
}

const ACTS: &[(Act, u64)] = &[
    (Act::AddTable, 4),
    (Act::AddColumn, 8),
    (Act::RenameTable, 5),
    (Act::RenameColumn, 10),
    (Act::Retype, 10),
    (Act::Nullable, 8),
    (Act::Default, 5),
    (Act::Note, 10),
    (Act::Move, 4),
    (Act::Unique, 5),
    (Act::Primary, 2),
    (Act::Index, 4),
    (Act::Check, 4),
    (Act::Reference, 7),
    (Act::OnDelete, 4),
    (Act::OnUpdate, 4),
    (Act::Ends, 4),
    (Act::Cardinality, 2),
    (Act::Key, 2),
    (Act::SetIndex, 4),
    (Act::RenamePart, 5),
    (Act::Options, 6),
    (Act::Namespace, 3),
    (Act::Drop, 10),
    (Act::Undo, 8),
    (Act::Redo, 4),
    (Act::Discard, 3),
    (Act::DiscardAll, 1),
    (Act::Restore, 2),
    (Act::Resolve, 24),
    (Act::CommitAll, 26),
    (Act::CommitSome, 12),
    (Act::Crash, 4),
    (Act::Wait, 24),
    (Act::Partition, 3),
    (Act::Meet, 6),
];

/// What is done at one device, with nobody else in it.
const ALONE: &[Act] = &[
    Act::AddTable,
    Act::AddColumn,
    Act::RenameTable,
    Act::RenameColumn,
    Act::Retype,
    Act::Nullable,
    Act::Note,
    Act::Move,
    Act::Unique,
    Act::Check,
    Act::Reference,
    Act::Options,
    Act::Drop,
    Act::Undo,
    Act::Discard,
    Act::Resolve,
];

pub(crate) fn alone(dice: &mut Dice) -> Act {
    dice.pick(ALONE).copied().unwrap()
}

/// The steps of a seed.
pub(crate) fn script(seed: u64, n_steps: usize) -> (usize, Vec<Step>) {
    let mut dice = Dice(seed);
    let n_clients = 2 + dice.below(4) as usize;
    let total: u64 = ACTS.iter().map(|(_, weight)| weight).sum();
    let steps = (0..n_steps).map(|_| {
        let mut at = dice.below(total);
        let act = ACTS.iter().find(|(_, weight)| at.checked_sub(*weight).inspect(|rest| at = *rest).is_none());
        Step {
            client: dice.below(n_clients as u64) as usize,
            act: act.map_or(Act::Wait, |(act, _)| *act),
            dice: dice.roll(),
        }
    });
    (n_clients, steps.collect())
}

fn name(dice: &mut Dice, pool: &[&str]) -> Name {
    Name::parse(dice.pick(pool).unwrap()).unwrap()
}

const TABLES: &[&str] = &["alpha", "beta", "gamma", "delta", "users", "orders"];
const PARTS: &[&str] = &["alpha", "gamma_key", "users_pkey", "some", "other"];
const COLUMNS: &[&str] = &["id", "name", "code", "user_id", "total"];

fn data_type(dice: &mut Dice) -> DataType {
    let types =
        [BaseType::Integer, BaseType::Integer, BaseType::BigInt, BaseType::Text, BaseType::Uuid, BaseType::Serial];
    DataType::of(dice.pick(&types).cloned().unwrap())
}

/// What the act is in this editor; none when there is nothing to do it to.
pub(crate) fn input(act: Act, dice: &mut Dice, editor: &Editor, states: &[Schema]) -> Option<Input> {
    let schema = editor.target();
    let tables: Vec<TableId> = schema.tables.keys().copied().collect();
    let columns: Vec<(TableId, ColumnId)> =
        schema.tables.values().flat_map(|table| table.columns.iter().map(|column| (table.id, column.id))).collect();
    let change = match act {
        Act::AddTable => Change::AddTable { name: Some(name(dice, TABLES)), at: None },
        Act::AddColumn => Change::AddColumn(*dice.pick(&tables)?, Some((name(dice, COLUMNS), data_type(dice)))),
        Act::RenameTable => Change::Rename(ObjectId::Table(*dice.pick(&tables)?), name(dice, TABLES)),
        Act::RenameColumn => {
            let (table, column) = *dice.pick(&columns)?;
            Change::Rename(ObjectId::Column(table, column), name(dice, COLUMNS))
        }
        Act::Retype => {
            let (table, column) = *dice.pick(&columns)?;
            Change::SetType(table, column, data_type(dice))
        }
        Act::Nullable => {
            let (table, column) = *dice.pick(&columns)?;
            Change::SetNullable(table, column, dice.below(2) == 0)
        }
        Act::Default => {
            let (table, column) = *dice.pick(&columns)?;
            let default = dice.pick(&[None, Some("1"), Some("2"), Some("'x'")]).copied().flatten();
            Change::SetDefault(table, column, default.map(|text| Expression::parse(text).unwrap()))
        }
        Act::Note => {
            let note = dice.pick(&[None, Some("one"), Some("two"), Some("three")]).copied().flatten();
            let object = if dice.below(3) == 0 {
                ObjectId::Table(*dice.pick(&tables)?)
            } else {
                let (table, column) = *dice.pick(&columns)?;
                ObjectId::Column(table, column)
            };
            Change::SetNote(object, note.map(str::to_owned))
        }
        Act::Move => {
            let (table, column) = *dice.pick(&columns)?;
            Change::MoveColumn(table, column, if dice.below(2) == 0 { 1 } else { -1 })
        }
        Act::Unique => {
            let (table, column) = *dice.pick(&columns)?;
            Change::SetUnique(table, column, dice.below(3) > 0)
        }
        Act::Primary => {
            let (table, column) = *dice.pick(&columns)?;
            Change::SetPrimaryKey(table, column, dice.below(2) == 0)
        }
        Act::Index => {
            let (table, column) = *dice.pick(&columns)?;
            Change::AddIndex(table, vec![column], dice.below(3) == 0)
        }
        Act::Check => {
            let (table, column) = *dice.pick(&columns)?;
            let name = &schema.column(table, column)?.name;
            let text = format!("{name} > {}", dice.below(3));
            match schema.table(table)?.checks.first() {
                Some(check) if dice.below(2) == 0 => Change::SetCheck(table, check.id, Expression::parse(&text).ok()?),
                Some(_) | None => Change::AddCheck(table, Expression::parse(&text).ok()?),
            }
        }
        Act::Reference => Change::AddReference(reference(dice, editor, &columns)?),
        Act::OnDelete => Change::SetOnDelete(some_reference(dice, schema)?, *dice.pick(&ReferentialAction::ALL)?),
        Act::OnUpdate => Change::SetOnUpdate(some_reference(dice, schema)?, *dice.pick(&ReferentialAction::ALL)?),
        Act::Ends => {
            let new = reference(dice, editor, &columns)?;
            Change::SetEnds(some_reference(dice, schema)?, new.referencing, new.referenced, new.pairs)
        }
        Act::Cardinality => {
            let all = [Cardinality::ManyToOne, Cardinality::OneToOne, Cardinality::OneToMany];
            Change::SetCardinality(some_reference(dice, schema)?, *dice.pick(&all)?)
        }
        Act::Key => {
            let (table, first) = *dice.pick(&columns)?;
            let others: Vec<ColumnId> = schema.table(table)?.columns.iter().map(|column| column.id).collect();
            let second = *dice.pick(&others)?;
            Change::AddKey(table, if first == second { vec![first] } else { vec![first, second] })
        }
        Act::SetIndex => {
            let of_table =
                |table: &Arc<Table>| table.indexes.iter().map(|index| (table.id, index.id)).collect::<Vec<_>>();
            let indexes: Vec<_> = schema.tables.values().flat_map(of_table).collect();
            let (table, index) = *dice.pick(&indexes)?;
            let others: Vec<ColumnId> = schema.table(table)?.columns.iter().map(|column| column.id).collect();
            Change::SetIndex(table, index, vec![*dice.pick(&others)?], dice.below(2) == 0)
        }
        Act::RenamePart => Change::Rename(*dice.pick(&parts(schema, |_| true))?, name(dice, PARTS)),
        Act::Options => options(dice, schema)?,
        Act::Namespace => {
            let namespaces: Vec<_> = schema.namespaces.keys().copied().collect();
            match dice.below(3) {
                0 if namespaces.len() < 3 => Change::AddNamespace(name(dice, PARTS)),
                0 | 1 => Change::Rename(ObjectId::Namespace(*dice.pick(&namespaces)?), name(dice, PARTS)),
                _ => Change::MoveToNamespace(*dice.pick(&tables)?, *dice.pick(&namespaces)?),
            }
        }
        Act::Drop => {
            let columns = columns.iter().map(|(table, column)| ObjectId::Column(*table, *column));
            let list: Vec<ObjectId> = match dice.below(4) {
                0 => tables.iter().map(|table| ObjectId::Table(*table)).collect(),
                1 => parts(schema, |_| true),
                _ => columns.collect(),
            };
            Change::Drop(vec![*dice.pick(&list)?])
        }
        Act::Undo => return Some(Input::Command(Command::Undo)),
        Act::Redo => return Some(Input::Command(Command::Redo)),
        Act::Discard => {
            let items: Vec<ObjectId> = editor.pending().items().map(|item| item.object).collect();
            return Some(Input::Discard([*dice.pick(&items)?].into()));
        }
        Act::DiscardAll => return Some(Input::DiscardAll),
        Act::Restore => {
            let revision = usize::try_from(dice.below(states.len() as u64)).ok()?;
            let schema = states.get(revision)?.clone();
            return Some(Input::Restore { revision: i64::try_from(revision).ok()?, schema });
        }
        Act::Resolve => {
            let conflict = dice.pick(editor.conflicts())?.clone();
            let decision = match (dice.below(4), editor.free_name(&conflict)) {
                (0 | 1, _) => Decision::Theirs,
                (_, Some(name)) => Decision::MineAs(name),
                (_, None) => Decision::Mine,
            };
            return Some(Input::Resolve(Box::new(conflict), decision));
        }
        Act::CommitAll | Act::CommitSome | Act::Crash | Act::Wait | Act::Partition | Act::Meet => return None,
    };
    Some(Input::Change(change))
}

/// Something that most objects have not.
fn options(dice: &mut Dice, schema: &Schema) -> Option<Change> {
    let tables = schema.tables.keys().map(|table| ObjectId::Table(*table));
    let objects: Vec<ObjectId> = tables.chain(parts(schema, |_| true)).collect();
    let object = *dice.pick(&objects)?;
    let (deferral, is_on) =
        (*dice.pick(&[Deferral::Never, Deferral::Deferrable, Deferral::Deferred])?, dice.below(2) == 0);
    let to = match object {
        ObjectId::Table(id) => {
            let options = schema.table(id)?.options.clone();
            Attribute::TableOptions(Box::new(TableOptions { unlogged: is_on, ..options }))
        }
        ObjectId::Key(table, id) => {
            let options = schema.table(table)?.keys.iter().find(|key| key.id == id)?.options.clone();
            Attribute::KeyOptions(Box::new(KeyOptions { deferral, nulls_not_distinct: is_on, ..options }))
        }
        ObjectId::Index(table, id) => {
            let options = schema.table(table)?.indexes.iter().find(|index| index.id == id)?.options.clone();
            Attribute::IndexOptions(Box::new(IndexOptions { nulls_not_distinct: is_on, ..options }))
        }
        ObjectId::Reference(id) => {
            let options = schema.references.get(&id)?.options.clone();
            Attribute::ReferenceOptions(ReferenceOptions { deferral, match_full: is_on, ..options })
        }
        _ => return None,
    };
    Some(Change::Set(object, to))
}

fn some_reference(dice: &mut Dice, schema: &Schema) -> Option<ReferenceId> {
    let references: Vec<_> = schema.references.keys().copied().collect();
    dice.pick(&references).copied()
}

/// Keys, indexes, checks and references.
fn parts(schema: &Schema, mut wanted: impl FnMut(&ObjectId) -> bool) -> Vec<ObjectId> {
    let of_table = |table: &Arc<Table>| {
        let keys = table.keys.iter().map(|key| ObjectId::Key(table.id, key.id));
        let indexes = table.indexes.iter().map(|index| ObjectId::Index(table.id, index.id));
        let checks = table.checks.iter().map(|check| ObjectId::Check(table.id, check.id));
        keys.chain(indexes).chain(checks).collect::<Vec<_>>()
    };
    let references = schema.references.keys().map(|id| ObjectId::Reference(*id));
    schema.tables.values().flat_map(of_table).chain(references).filter(|object| wanted(object)).collect()
}

/// A reference to a key of one column, of the same type where there is one.
fn reference(dice: &mut Dice, editor: &Editor, columns: &[(TableId, ColumnId)]) -> Option<NewReference> {
    let schema = editor.target();
    let keys: Vec<(TableId, ColumnId)> = columns
        .iter()
        .filter(|(table, column)| schema.table(*table).is_some_and(|table| table.is_referenceable(&[*column])))
        .copied()
        .collect();
    let (referenced, to) = *dice.pick(&keys)?;
    let key = schema.column(referenced, to)?;
    let fits: Vec<(TableId, ColumnId)> = columns
        .iter()
        .filter(|(table, column)| {
            schema.column(*table, *column).is_some_and(|it| it.data_type.can_reference(&key.data_type))
        })
        .copied()
        .collect();
    let (referencing, from) = *dice.pick(&fits)?;
    Some(NewReference {
        referencing,
        referenced,
        pairs: vec![ColumnPair { referencing: from, referenced: to }],
        cardinality: Cardinality::ManyToOne,
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        name: None,
    })
}
