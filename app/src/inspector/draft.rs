//! A reference while it is being described in a form: what is chosen, what can be chosen, and what is missing.

use editor::{Change, Editor, NewReference};
use schema::{Cardinality, ColumnId, ColumnPair, Reference, ReferenceId, ReferentialAction, Schema, Table, TableId};

/// One row of the form: which column names which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PairDraft {
    pub(super) from: Option<ColumnId>,
    pub(super) to: Option<ColumnId>,
}

/// What a form holds. "From" and "to" are as the person reads them; with `<` it is the from side whose key is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReferenceDraft {
    pub(super) from: Option<TableId>,
    pub(super) to: Option<TableId>,
    pub(super) pairs: Vec<PairDraft>,
    pub(super) cardinality: Cardinality,
    pub(super) on_delete: ReferentialAction,
    pub(super) on_update: ReferentialAction,
    /// The reference that is being edited, if it is made already.
    pub(super) own: Option<ReferenceId>,
}

/// An end of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    From,
    To,
}

impl ReferenceDraft {
    /// A form that knows one column, or nothing.
    pub(super) fn begin(table: Option<TableId>, column: Option<ColumnId>) -> Self {
        Self {
            from: table,
            to: None,
            pairs: vec![PairDraft { from: column, to: None }],
            cardinality: Cardinality::ManyToOne,
            on_delete: ReferentialAction::NoAction,
            on_update: ReferentialAction::NoAction,
            own: None,
        }
    }

    /// A form that says what a reference says.
    pub(super) fn of(reference: &Reference) -> Self {
        let pairs = reference.pairs.iter();
        Self {
            from: Some(reference.referencing),
            to: Some(reference.referenced),
            pairs: pairs.map(|pair| PairDraft { from: Some(pair.referencing), to: Some(pair.referenced) }).collect(),
            cardinality: Cardinality::ManyToOne,
            on_delete: reference.on_delete,
            on_update: reference.on_update,
            own: Some(reference.id),
        }
    }

    /// The end whose key is named.
    pub(super) fn key_end(&self) -> End {
        if self.cardinality == Cardinality::OneToMany { End::From } else { End::To }
    }

    pub(super) fn table(&self, end: End) -> Option<TableId> {
        match end {
            End::From => self.from,
            End::To => self.to,
        }
    }

    /// Chooses a table. Its key is proposed when it is the one to be named.
    pub(super) fn choose_table(&mut self, schema: &Schema, end: End, table: Option<TableId>) {
        match end {
            End::From => self.from = table,
            End::To => self.to = table,
        }
        for pair in &mut self.pairs {
            pair.set(end, None);
        }
        self.propose(schema);
    }

    /// Chooses which kind it is.
    pub(super) fn choose_cardinality(&mut self, schema: &Schema, cardinality: Cardinality) {
        let before = self.key_end();
        self.cardinality = cardinality;
        if before != self.key_end() {
            self.propose(schema);
        }
    }

    /// Puts the key of the named table into the rows where nothing is chosen yet, and beside it what looks like it.
    fn propose(&mut self, schema: &Schema) {
        let end = self.key_end();
        let Some(table) = self.table(end).and_then(|id| schema.table(id)) else { return };
        let chosen: Vec<ColumnId> = self.pairs.iter().filter_map(|pair| pair.get(end)).collect();
        if chosen.is_empty() {
            if let Some(key) = table.primary_key().or_else(|| table.keys.first()) {
                self.fill(schema, end, table, &key.columns.clone());
            }
        } else if self.pairs.iter().all(|pair| pair.get(end.other()).is_none()) {
            self.fill(schema, end, table, &chosen);
        }
    }

    /// Makes the rows those of a key, keeping what is chosen on the other side.
    fn fill(&mut self, schema: &Schema, end: End, table: &Table, key: &[ColumnId]) {
        let other = end.other();
        let mut kept: Vec<ColumnId> = self.pairs.iter().filter_map(|pair| pair.get(other)).collect();
        let own = self.table(other).and_then(|id| schema.table(id));
        let mut pairs = Vec::new();
        for column in key {
            let guess = own
                .and_then(|own| guess(schema, own, table, *column))
                .filter(|guess| !pairs.iter().any(|pair: &PairDraft| pair.get(other) == Some(*guess)));
            let chosen = match guess {
                Some(guess) if kept.is_empty() || kept.contains(&guess) || key.len() > 1 => {
                    kept.retain(|column| *column != guess);
                    Some(guess)
                }
                Some(_) | None => (!kept.is_empty()).then(|| kept.remove(0)),
            };
            let mut pair = PairDraft::default();
            pair.set(end, Some(*column));
            pair.set(other, chosen);
            pairs.push(pair);
        }
        self.pairs = pairs;
    }

    /// Chooses a column of a row. A column that is a key only together with others brings them along.
    pub(super) fn choose_column(&mut self, schema: &Schema, row: usize, end: End, column: Option<ColumnId>) {
        let table = self.table(end).and_then(|id| schema.table(id));
        if let (true, Some(table), Some(column)) = (end == self.key_end(), table, column) {
            let set = table.unique_sets().find(|set| set.contains(&column));
            let chosen: Vec<ColumnId> = self.pairs.iter().filter_map(|pair| pair.get(end)).collect();
            if let Some(set) = set.filter(|_| !table.is_referenceable(&[column]) && !chosen.contains(&column)) {
                self.fill(schema, end, table, &set);
                return;
            }
        }
        if let Some(pair) = self.pairs.get_mut(row) {
            pair.set(end, column);
        }
    }

    /// The reference as it would be, once everything is chosen.
    pub(super) fn reference(&self) -> Option<Reference> {
        let swaps = self.key_end() == End::From;
        let pairs: Option<Vec<ColumnPair>> = self
            .pairs
            .iter()
            .map(|pair| Some(ColumnPair { referencing: pair.from?, referenced: pair.to? }))
            .map(|pair| pair.map(|pair| if swaps { swapped(pair) } else { pair }))
            .collect();
        let (referencing, referenced) = if swaps { (self.to?, self.from?) } else { (self.from?, self.to?) };
        Some(Reference {
            id: ReferenceId::from_u128(0),
            name: schema::Name::derive(&[], "fkey"),
            referencing,
            referenced,
            pairs: pairs.filter(|pairs| !pairs.is_empty())?,
            on_delete: self.on_delete,
            on_update: self.on_update,
            options: Default::default(),
        })
    }

    /// What is missing or cannot be; none when it can be made.
    pub(super) fn problem(&self, schema: &Schema) -> Option<String> {
        if self.from.is_none() || self.to.is_none() {
            return Some("choose both tables".to_owned());
        }
        let Some(reference) = self.reference() else {
            return Some("choose a column on both sides of each row".to_owned());
        };
        let (from, to) = (schema.table(reference.referencing)?, schema.table(reference.referenced)?);
        for pair in &reference.pairs {
            let (a, b) = (from.column(pair.referencing)?, to.column(pair.referenced)?);
            if !schema.can_reference(&a.data_type, &b.data_type) {
                return Some(format!(
                    "{}.{} is {} and {}.{} is {}; the types must match",
                    from.name,
                    a.name,
                    schema.type_text(&a.data_type),
                    to.name,
                    b.name,
                    schema.type_text(&b.data_type)
                ));
            }
        }
        // (tenant_id, parent_id) to (tenant_id, id) is fine: the row is another one.
        let names_itself = reference.pairs.iter().all(|pair| pair.referencing == pair.referenced);
        if reference.referencing == reference.referenced && names_itself {
            return Some("a column cannot reference itself".to_owned());
        }
        let used = reference.referencing_columns();
        if used.iter().enumerate().any(|(at, column)| used.iter().take(at).any(|other| other == column)) {
            return Some("each column can stand in one row only".to_owned());
        }
        if let Some(same) = self.same(schema, &reference) {
            return Some(format!("{} says the same already", same.name));
        }
        if !to.is_referenceable(&reference.referenced_columns()) {
            return Some(format!("the rows must hold exactly the columns of one key of {}", schema.display_name(to)));
        }
        None
    }

    /// Another reference with the same ends.
    fn same<'a>(&self, schema: &'a Schema, reference: &Reference) -> Option<&'a Reference> {
        schema.references.values().map(AsRef::as_ref).find(|other| {
            Some(other.id) != self.own
                && (other.referencing, other.referenced) == (reference.referencing, reference.referenced)
                && other.pairs == reference.pairs
        })
    }

    /// The change that makes it, with the columns made nullable that SET NULL needs so.
    pub(super) fn change(&self, schema: &Schema) -> Option<Change> {
        let reference = self.reference()?;
        let pairs: Option<Vec<ColumnPair>> =
            self.pairs.iter().map(|pair| Some(ColumnPair { referencing: pair.from?, referenced: pair.to? })).collect();
        let add = Change::AddReference(NewReference {
            referencing: self.from?,
            referenced: self.to?,
            pairs: pairs?,
            cardinality: self.cardinality,
            on_delete: self.on_delete,
            on_update: self.on_update,
            name: None,
        });
        let fixed =
            if sets_null(self.on_delete, self.on_update) { fixed_columns(schema, &reference) } else { Vec::new() };
        if fixed.is_empty() {
            return Some(add);
        }
        let nullable = fixed.into_iter().map(|column| Change::SetNullable(reference.referencing, column, true));
        let label = format!("add reference to {}", schema.table(reference.referenced)?.name);
        Some(Change::Together(label, nullable.chain([add]).collect()))
    }
}

impl PairDraft {
    pub(super) fn get(&self, end: End) -> Option<ColumnId> {
        match end {
            End::From => self.from,
            End::To => self.to,
        }
    }

    fn set(&mut self, end: End, column: Option<ColumnId>) {
        match end {
            End::From => self.from = column,
            End::To => self.to = column,
        }
    }
}

impl End {
    pub(super) fn other(self) -> Self {
        match self {
            Self::From => Self::To,
            Self::To => Self::From,
        }
    }
}

fn swapped(pair: ColumnPair) -> ColumnPair {
    ColumnPair { referencing: pair.referenced, referenced: pair.referencing }
}

fn sets_null(on_delete: ReferentialAction, on_update: ReferentialAction) -> bool {
    [on_delete, on_update].contains(&ReferentialAction::SetNull)
}

/// The referencing columns that can never be NULL as they are.
pub(super) fn fixed_columns(schema: &Schema, reference: &Reference) -> Vec<ColumnId> {
    let Some(table) = schema.table(reference.referencing) else { return Vec::new() };
    reference.referencing_columns().into_iter().filter(|column| !table.is_nullable(*column)).collect()
}

/// A column that can be chosen at an end of the form, or the reason why it cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) column: ColumnId,
    pub(super) name: String,
    pub(super) reason: Option<String>,
}

/// The columns of an end. At the end whose key is named, only what a key covers can be chosen. Whether the two sides fit
/// is no reason here, since either can still change: [`ReferenceDraft::problem`] says it.
pub(super) fn choices(editor: &Editor, draft: &ReferenceDraft, end: End) -> Vec<Choice> {
    let Some(table) = draft.table(end).and_then(|id| editor.target().table(id)) else { return Vec::new() };
    let targets = if end == draft.key_end() { editor.targets_in(None, table.id) } else { Vec::new() };
    let reason = |column: ColumnId| {
        // Part of a key over several columns: the form maps them all.
        let in_composite = !table.is_referenceable(&[column]) && table.unique_sets().any(|set| set.contains(&column));
        let target = targets.iter().find(|target| target.column == column)?;
        if in_composite { None } else { target.reason.clone() }
    };
    table
        .columns
        .iter()
        .map(|column| Choice { column: column.id, name: column.name.to_string(), reason: reason(column.id) })
        .collect()
}

/// The column of `own` that looks as if it named `column` of `table`: `user_id` for `users.id`, or the same name where
/// that is no plain `id`. A column that names it already is passed over.
fn guess(schema: &Schema, own: &Table, table: &Table, column: ColumnId) -> Option<ColumnId> {
    let key = table.column(column)?;
    let suffix = format!("_{}", key.name);
    let names_it = |candidate: ColumnId| {
        let mut between = schema.references.values().filter(|it| it.referencing == own.id && it.referenced == table.id);
        between.any(|reference| reference.pairs.iter().any(|pair| pair.referencing == candidate))
    };
    let fits = |candidate: &&schema::Column| {
        let name = candidate.name.as_str();
        let is_same = own.id != table.id && name == key.name.as_str() && name != "id";
        let is_named = name.strip_suffix(&suffix).is_some_and(|stem| {
            let stem = stem.trim_end_matches('y');
            (!stem.is_empty() && table.name.as_str().starts_with(stem)) || (own.id == table.id && stem == "parent")
        });
        (is_same || is_named) && schema.can_reference(&candidate.data_type, &key.data_type) && !names_it(candidate.id)
    };
    own.columns.iter().find(fits).map(|column| column.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Schema {
        schema::testing::schema_from(
            "users\n  id integer!\n  email text!\n  pk users_pkey(id)\n\
             orders\n  id integer!\n  user_id integer!\n  remark text\n  pk orders_pkey(id)\n\
             seats\n  hall integer!\n  number integer!\n  pk seats_pkey(hall, number)\n\
             tickets\n  hall integer\n  seat_number integer\n",
        )
    }

    fn table<'a>(schema: &'a Schema, name: &str) -> &'a Table {
        schema.tables.values().find(|table| table.name.as_str() == name).unwrap()
    }

    fn said(schema: &Schema, draft: &ReferenceDraft) -> String {
        let name = |end: End, pair: &PairDraft| {
            let table = draft.table(end).and_then(|id| schema.table(id));
            let column = pair.get(end).and_then(|id| table.and_then(|table| table.column(id)));
            column.map_or("?", |column| column.name.as_str()).to_owned()
        };
        let pairs = draft.pairs.iter().map(|pair| format!("{}={}", name(End::From, pair), name(End::To, pair)));
        pairs.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_key_of_the_chosen_table_is_proposed() {
        let schema = sample();
        for (from, to, expect) in [
            ("orders", "users", "user_id=id"),
            ("tickets", "seats", "hall=hall seat_number=number"),
            ("tickets", "users", "?=id"),
            ("users", "tickets", "?=?"),
        ] {
            let mut draft = ReferenceDraft::begin(Some(table(&schema, from).id), None);
            draft.choose_table(&schema, End::To, Some(table(&schema, to).id));
            assert_eq!(said(&schema, &draft), expect, "{from} to {to}");
        }
    }

    #[test]
    fn a_column_begun_with_is_kept() {
        let schema = sample();
        let orders = table(&schema, "orders");
        let remark = orders.column_named("remark").unwrap().id;
        let mut draft = ReferenceDraft::begin(Some(orders.id), Some(remark));
        draft.choose_table(&schema, End::To, Some(table(&schema, "users").id));
        assert_eq!(said(&schema, &draft), "remark=id");
        assert_eq!(
            draft.problem(&schema).as_deref(),
            Some("orders.remark is text and users.id is integer; the types must match")
        );
    }

    #[test]
    fn what_is_said_already_is_not_proposed_and_not_said_twice() {
        let schema = schema::testing::schema_from(
            "users\n  id integer!\n  pk users_pkey(id)\norders\n  user_id integer\nfk f: orders(user_id) -> users(id)",
        );
        let (orders, users) = (table(&schema, "orders"), table(&schema, "users"));
        let mut draft = ReferenceDraft::begin(Some(orders.id), None);
        draft.choose_table(&schema, End::To, Some(users.id));
        assert_eq!(said(&schema, &draft), "?=id");
        draft.choose_column(&schema, 0, End::From, Some(orders.columns[0].id));
        assert_eq!(draft.problem(&schema).as_deref(), Some("f says the same already"));
        let own = ReferenceDraft::of(schema.references.values().next().unwrap());
        assert_eq!(own.problem(&schema), None);
    }

    #[test]
    fn a_table_may_name_other_rows_of_its_own() {
        let schema = schema::testing::schema_from(
            "nodes\n  tenant_id integer!\n  id integer!\n  parent_id integer\n  pk nodes_pkey(tenant_id, id)\n",
        );
        let nodes = table(&schema, "nodes");
        let column = |name: &str| nodes.column_named(name).map(|column| column.id);
        for (pairs, expect) in [
            ([("tenant_id", "tenant_id"), ("parent_id", "id")], None),
            ([("tenant_id", "tenant_id"), ("id", "id")], Some("a column cannot reference itself")),
        ] {
            let mut draft = ReferenceDraft::begin(Some(nodes.id), None);
            draft.to = Some(nodes.id);
            draft.pairs = pairs.iter().map(|(from, to)| PairDraft { from: column(from), to: column(to) }).collect();
            assert_eq!(draft.problem(&schema).as_deref(), expect, "{pairs:?}");
        }
    }

    #[test]
    fn turned_round_the_other_end_is_named() {
        let schema = sample();
        let mut draft = ReferenceDraft::begin(Some(table(&schema, "users").id), None);
        draft.choose_cardinality(&schema, Cardinality::OneToMany);
        draft.choose_table(&schema, End::To, Some(table(&schema, "orders").id));
        assert_eq!(said(&schema, &draft), "id=user_id");
        let reference = draft.reference().unwrap();
        assert_eq!(reference.referencing, table(&schema, "orders").id);
        assert_eq!(draft.problem(&schema), None);
    }

    #[test]
    fn set_null_brings_nullable_along() {
        let schema = sample();
        let mut draft = ReferenceDraft::begin(Some(table(&schema, "orders").id), None);
        draft.choose_table(&schema, End::To, Some(table(&schema, "users").id));
        draft.on_delete = ReferentialAction::SetNull;
        assert!(matches!(draft.change(&schema), Some(Change::Together(_, changes)) if changes.len() == 2));
    }
}
