//! Enums that lose labels, order them otherwise, or get one that is used at once. PostgreSQL can do none of this to a type
//! that is there, so that the type is made anew beside the old one, and the columns are moved over.

use crate::action::{Action, Fact, Op, Slot};
use crate::diff::Diff;
use crate::export::written;
use crate::plan::Refusal;
use crate::quote::quote_literal;
use schema::{
    Column, ColumnId, Expression, Index, Label, LabelChange, Name, ObjectId, PartOf, Reference, Schema, Table, TableId,
    TypeId, UserType,
};
use std::collections::{BTreeMap, BTreeSet};

/// What is made anew, and the columns that go over to it.
#[derive(Debug, Default)]
pub(crate) struct Rebuilt {
    types: BTreeSet<TypeId>,
    columns: BTreeSet<(TableId, ColumnId)>,
}

impl Rebuilt {
    /// What has to be made anew, and what cannot be although it would have to.
    pub(crate) fn of(base: &Schema, target: &Schema) -> (Self, Vec<Refusal>) {
        let (mut rebuilt, mut refusals) = (Self::default(), Vec::new());
        for after in target.types.values() {
            let Some(before) = base.user_type(after.id) else { continue };
            if !is_needed(target, before, after) {
                continue;
            }
            match obstacle(base, target, before) {
                Some(message) => refusals.push(Refusal { object: ObjectId::Type(after.id), message }),
                None => {
                    rebuilt.types.insert(after.id);
                    rebuilt.columns.extend(moved(base, target, after.id).map(|(table, it)| (table.id, it.id)));
                }
            }
        }
        (rebuilt, refusals)
    }

    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.types.contains(&id)
    }

    pub(crate) fn has_column(&self, table: TableId, column: ColumnId) -> bool {
        self.columns.contains(&(table, column))
    }

    /// Whether the table has a column that goes over to another type.
    pub(crate) fn has_table(&self, table: TableId) -> bool {
        self.columns.range((table, ColumnId::from_u128(0))..).next().is_some_and(|(found, _)| *found == table)
    }

    /// Whether the reference is over such a column: for a moment its two ends are of two types.
    pub(crate) fn has_reference(&self, reference: &Reference) -> bool {
        reference.pairs.iter().any(|pair| {
            self.has_column(reference.referencing, pair.referencing)
                || self.has_column(reference.referenced, pair.referenced)
        })
    }

    /// Whether PostgreSQL cannot carry the index over by itself: it compares such a column in an expression.
    pub(crate) fn has_index(&self, table: TableId, index: &Index) -> bool {
        let expressions = index.parts.iter().filter_map(|part| match &part.of {
            PartOf::Expression(formula) => Some(formula),
            PartOf::Column(_) => None,
        });
        let formulas = expressions.chain(&index.options.predicate);
        formulas.flat_map(schema::Formula::columns).any(|column| self.has_column(table, column))
    }
}

impl Rebuilt {
    /// The type on whose account something goes and comes back that nobody has changed.
    pub(crate) fn account_of(&self, base: &Schema, target: &Schema, object: ObjectId) -> Option<ObjectId> {
        if self.types.is_empty() {
            return None;
        }
        let table = |schema: &Schema| object.table().and_then(|id| schema.tables.get(&id)).cloned();
        let type_of = |table: TableId, column: &ColumnId| {
            let column = target.column(table, *column).filter(|_| self.has_column(table, *column))?;
            column.data_type.user_type().map(ObjectId::Type)
        };
        match object {
            ObjectId::Reference(id) => {
                let reference = target.references.get(&id).filter(|after| base.references.get(&id) == Some(*after))?;
                reference.pairs.iter().find_map(|pair| type_of(reference.referencing, &pair.referencing))
            }
            ObjectId::Column(id, column) => {
                (base.column(id, column) == target.column(id, column)).then(|| type_of(id, &column)).flatten()
            }
            ObjectId::Check(id, check) => {
                let (before, after) = (table(base)?, table(target)?);
                let check = after.checks.iter().find(|it| it.id == check)?;
                let is_same = before.checks.contains(check);
                let columns = after.columns_of(&check.expression);
                columns.iter().filter(|_| is_same).find_map(|column| type_of(id, column))
            }
            ObjectId::Index(id, index) => {
                let (before, after) = (table(base)?, table(target)?);
                let index = after.indexes.iter().find(|it| it.id == index)?;
                let is_same = before.indexes.contains(index);
                let columns = index.mentions();
                columns.iter().filter(|_| is_same).find_map(|column| type_of(id, column))
            }
            ObjectId::Namespace(_)
            | ObjectId::Table(_)
            | ObjectId::Key(..)
            | ObjectId::Type(_)
            | ObjectId::Opaque(_)
            | ObjectId::Annotation(_) => None,
        }
    }
}

/// Whether an enum cannot become the other by adding and renaming labels.
pub(crate) fn is_needed(target: &Schema, before: &UserType, after: &UserType) -> bool {
    if before.kind() != "enum" || after.kind() != "enum" {
        return false;
    }
    let (from, to) = (before.labels(), after.labels());
    let is_in = |list: &[Label], label: &Label| list.iter().any(|other| other.id == label.id);
    let kept: Vec<_> = from.iter().filter(|label| is_in(to, label)).map(|label| label.id).collect();
    let order: Vec<_> = to.iter().filter(|label| is_in(from, label)).map(|label| label.id).collect();
    kept.len() < from.len()
        || kept != order
        // A label cannot be used in the transaction that adds it.
        || to.iter().filter(|label| !is_in(from, label)).any(|label| is_used(target, after.id, &label.text))
}

/// Whether a default, a check or a predicate mentions the label.
fn is_used(schema: &Schema, id: TypeId, label: &str) -> bool {
    let other = format!("{label}?");
    let change = LabelChange { types: schema.names_of_enum(id), from: label, to: &other };
    // Beyond the grammar, a label may stand where nobody looks for it.
    let says = |before: &Expression, after: Expression| {
        after != *before || before.tree().is_none() && before.to_string().contains(&quote_literal(label))
    };
    schema.tables.values().any(|table| {
        let columns: BTreeMap<Name, bool> = table
            .columns
            .iter()
            .map(|column| (column, schema.underlying(&column.data_type)))
            .filter(|(_, underlying)| underlying.user_type() == Some(id))
            .map(|(column, underlying)| (column.name.clone(), underlying.dimensions() > 0))
            .collect();
        if columns.is_empty() {
            return false;
        }
        let defaults = table.columns.iter().filter_map(|it| Some((columns.get(&it.name)?, it.default.as_ref()?)));
        let mut checks = table.checks.iter().map(|check| &check.expression);
        let mut predicates = table.indexes.iter().filter_map(|index| index.options.predicate.as_ref());
        let in_condition = |condition: &Expression| says(condition, change.in_condition(condition, &columns));
        defaults.into_iter().any(|(is_array, default)| says(default, change.in_value(default, *is_array)))
            || checks.any(in_condition)
            || predicates.any(|predicate| in_condition(&predicate.in_table(table)))
    })
}

/// The columns that are of the type before and after, in the order of tables by name.
fn moved<'a>(base: &'a Schema, target: &'a Schema, id: TypeId) -> impl Iterator<Item = (&'a Table, &'a Column)> + 'a {
    target.tables_by_name().into_iter().flat_map(move |table| {
        let stays = move |column: &&Column| {
            column.data_type.user_type() == Some(id)
                && base.column(table.id, column.id).is_some_and(|it| it.data_type == column.data_type)
        };
        table.columns.iter().filter(stays).map(move |column| (table, column))
    })
}

/// Why the columns cannot be moved over.
fn obstacle(base: &Schema, target: &Schema, before: &UserType) -> Option<String> {
    let name = &before.name;
    let way_out = "make another type and move its columns to it";
    let rests = |it: &&UserType| it.base().and_then(schema::DataType::user_type) == Some(before.id);
    if let Some(domain) = base.types.values().chain(target.types.values()).find(rests) {
        let domain = &domain.name;
        return Some(format!("{name} cannot lose labels or change their order while {domain} rests on it; {way_out}"));
    }
    for (table, column) in moved(base, target, before.id) {
        let place = format!("{}.{}", target.display_name(table), column.name);
        let because =
            |why: &str| Some(format!("{name} cannot lose labels or change their order while {place} {why}; {way_out}"));
        let is_parent = base.tables.values().any(|other| other.options.parents().any(|id| id == table.id));
        if is_parent || table.options.parents().next().is_some() || table.options.partitioning.is_some() {
            return because("is in a table with partitions or heirs");
        }
        if table.columns.iter().any(|other| other.sources().contains(&column.id)) {
            return because("is what another column is worked out from");
        }
        if table.keys.iter().any(|key| key.options.exclusion.is_some() && key.mentions().contains(&column.id)) {
            return because("is in an exclusion constraint");
        }
    }
    None
}

impl<'a> Diff<'a> {
    /// The old type gets another name, the new one is made, the columns go over, and the old one goes.
    pub(crate) fn rebuild(&mut self, before: &'a UserType, after: &'a UserType) {
        let object = ObjectId::Type(after.id);
        for clause in renames(before.labels(), after.labels()) {
            self.actions.push(Action::new(object, Op::AlterType(before, clause)).making([Fact::Gone(object)]));
        }
        let aside = self.aside(before);
        self.actions.push(
            Action::new(object, Op::SetAside(before, aside.clone()))
                .needing([Fact::Gone(object)])
                .making([Fact::Gone(object)])
                .freeing([Slot::Type(before.namespace, before.name.clone())]),
        );
        self.actions.push(
            Action::new(object, Op::CreateType(after))
                .needing([Fact::Gone(object), Fact::Made(ObjectId::Namespace(after.namespace))])
                .making([Fact::Made(object)])
                .taking([Slot::Type(after.namespace, after.name.clone())]),
        );
        if let Some(note) = written(after.note.as_deref()) {
            let comment = Action::new(object, Op::CommentOnType(after, Some(note)));
            self.actions.push(comment.needing([Fact::Made(object)]));
        }
        let is_lost = |label: &&Label| after.labels().iter().all(|other| other.id != label.id);
        let lost: Vec<&str> = before.labels().iter().filter(is_lost).map(|label| label.text.as_str()).collect();
        for (table, column) in moved(self.base, self.target, after.id) {
            let moved = ObjectId::Column(table.id, column.id);
            let label = self.target.display_name(table);
            let fails = (!lost.is_empty())
                .then(|| format!("This fails when {label}.{} is {} in some row.", column.name, lost.join(" or ")));
            self.actions.push(
                Action::new(object, Op::Retype(table.id, column))
                    .needing([Fact::Made(object), Fact::Going(moved)])
                    .making([Fact::Made(moved), Fact::Going(object)])
                    .note(fails)
                    .note(Some(format!("All rows of {label} are written anew."))),
            );
        }
        self.actions.push(
            Action::new(object, Op::DropAside(before.namespace, aside))
                .needing([Fact::Going(object), Fact::Made(object)])
                .making([Fact::Left(before.namespace)])
                .note(Some(format!("This fails when a view or function is made with {}.", before.name))),
        );
    }

    /// A name for the old type that nothing has.
    fn aside(&self, it: &UserType) -> Name {
        let taken = |name: &Name| {
            [self.base, self.target].into_iter().any(|schema| {
                schema.types.values().any(|it| it.name == *name) || schema.tables.values().any(|it| it.name == *name)
            })
        };
        let first = Name::derive(&[it.name.as_str()], "old");
        if !taken(&first) {
            return first;
        }
        let mut numbered = (2..).map(|n: u32| Name::derive(&[it.name.as_str()], &format!("old{n}")));
        numbered.find(|name| !taken(name)).unwrap_or(first)
    }
}

/// RENAME VALUE for the labels that have another text, in an order in which no two labels ever have the same. One that is
/// in the way, because it goes or takes yet another text later, gets a text in between.
pub(crate) fn renames(from: &[Label], to: &[Label]) -> Vec<String> {
    let mut now = from.to_vec();
    let mut clauses = Vec::new();
    let mut rename = |now: &mut Vec<Label>, old: &Label, text: String| {
        clauses.push(format!("RENAME VALUE {} TO {}", quote_literal(&old.text), quote_literal(&text)));
        now.iter_mut().filter(|label| label.id == old.id).for_each(|label| label.text.clone_from(&text));
    };
    loop {
        let is_open = |label: &&Label| now.iter().any(|it| it.id == label.id && it.text != label.text);
        let open: Vec<&Label> = to.iter().filter(is_open).collect();
        let owner = |text: &str| now.iter().find(|label| label.text == text).cloned();
        let Some(first) = open.first() else { break };
        let next = match open.iter().find(|label| owner(&label.text).is_none()) {
            Some(label) => now.iter().find(|it| it.id == label.id).cloned().map(|old| (old, label.text.clone())),
            None => owner(&first.text).and_then(|old| {
                let mut between = (1..).map(|n: u32| Name::derive(&[&old.text], &format!("old{n}")).to_string());
                let is_free = |text: &String| owner(text).is_none() && to.iter().all(|label| label.text != *text);
                between.find(is_free).map(|between| (old, between))
            }),
        };
        let Some((old, text)) = next else { break };
        rename(&mut now, &old, text);
    }
    clauses
}
