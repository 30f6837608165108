//! What a person can change, as the panels ask for it, and the edits that it becomes.

use crate::{Editor, NewType, TypeChange};
use advise::Fix;
use edit::{Attribute, Edit, Gesture, Move, Object, Placement, drop_edits};
use schema::{
    BaseType, Cardinality, Check, CheckId, Column, ColumnId, ColumnPair, DataType, Ends, Expression, Index, IndexId,
    Key, KeyKind, Name, Namespace, NamespaceId, ObjectId, Rank, Reference, ReferenceId, ReferentialAction, Table,
    TableId, TypeId,
};
use std::collections::BTreeSet;

/// One change, staged at once. Text has been parsed already: what cannot be parsed never becomes a change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A new table with an `id` column, where there is room or at a point of the world.
    AddTable {
        /// Its name; one that is free is made up otherwise.
        name: Option<Name>,
        /// Its top left corner.
        at: Option<Placement>,
    },
    /// Another name for any object.
    Rename(ObjectId, Name),
    /// Another namespace for a table.
    MoveToNamespace(TableId, NamespaceId),
    /// Another note for a table or column.
    SetNote(ObjectId, Option<String>),
    /// A new column at the end, of type text unless told otherwise.
    AddColumn(TableId, Option<(Name, DataType)>),
    /// Another type.
    SetType(TableId, ColumnId, DataType),
    /// NULL allowed or not.
    SetNullable(TableId, ColumnId, bool),
    /// Another default, or none.
    SetDefault(TableId, ColumnId, Option<Expression>),
    /// In the primary key or not.
    SetPrimaryKey(TableId, ColumnId, bool),
    /// Unique by itself or not.
    SetUnique(TableId, ColumnId, bool),
    /// Shown before (negative) or after its neighbours.
    MoveColumn(TableId, ColumnId, i32),
    /// A unique constraint over several columns.
    AddKey(TableId, Vec<ColumnId>),
    /// A new index.
    AddIndex(TableId, Vec<ColumnId>, bool),
    /// Other columns, or another uniqueness, for an index.
    SetIndex(TableId, IndexId, Vec<ColumnId>, bool),
    /// A new check.
    AddCheck(TableId, Expression),
    /// Another demand for a check.
    SetCheck(TableId, CheckId, Expression),
    /// A new enum or domain under a name that is made up.
    AddType(NewType),
    /// A change of an enum or domain.
    OfType(TypeId, TypeChange),
    /// A new namespace.
    AddNamespace(Name),
    /// A new reference.
    AddReference(NewReference),
    /// Another end for a reference.
    SetEnds(ReferenceId, TableId, TableId, Vec<ColumnPair>),
    /// Another action on delete.
    SetOnDelete(ReferenceId, ReferentialAction),
    /// Another action on update.
    SetOnUpdate(ReferenceId, ReferentialAction),
    /// At most one row per referenced row, or any number.
    SetCardinality(ReferenceId, Cardinality),
    /// Another value of an attribute that nothing else hangs on.
    Set(ObjectId, Attribute),
    /// The object goes, with everything that mentions it.
    Drop(Vec<ObjectId>),
    /// What a lint offers.
    Fix(Fix),
    /// Several changes as one step, with a name of their own.
    Together(String, Vec<Change>),
}

/// What a new reference is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct NewReference {
    /// The table that will hold it.
    pub referencing: TableId,
    /// The table whose key is named.
    pub referenced: TableId,
    /// Column by column.
    pub pairs: Vec<ColumnPair>,
    /// `>`, `<` or `-`. `<` swaps the ends, `-` adds a unique constraint.
    pub cardinality: Cardinality,
    /// On delete.
    pub on_delete: ReferentialAction,
    /// On update.
    pub on_update: ReferentialAction,
    /// A name; the usual one is made otherwise.
    pub name: Option<Name>,
}

type Refused = String;

impl Editor {
    /// The gesture that makes the change, or the reason why it cannot be made.
    pub(crate) fn gesture_for(&mut self, change: &Change) -> Result<Gesture, Refused> {
        match change {
            Change::AddTable { name, at } => self.add_table(name.clone(), *at),
            Change::AddNamespace(name) => Ok(self.add_namespace(name)),
            Change::AddType(kind) => self.add_type(*kind),
            Change::OfType(id, change) => self.change_type(*id, change),
            Change::Drop(objects) => self.drop_objects(objects),
            Change::Together(label, changes) => self.together(label, changes),
            Change::Fix(Fix { label, edits }) => {
                Ok(Gesture { label: label.clone(), edits: edits.clone(), ..Gesture::default() })
            }
            Change::Rename(object, name) => self.rename(*object, name),
            Change::MoveToNamespace(id, namespace) => {
                let table = self.table(*id)?;
                let from = Attribute::Namespace(table.namespace);
                let label = format!("move {} to another schema", table.name);
                Ok(alter(label, ObjectId::Table(*id), from, Attribute::Namespace(*namespace)))
            }
            Change::SetNote(object, note) => self.set_note(*object, note.clone()),
            Change::Set(object, to) => {
                let label = self.target().label(*object).unwrap_or_default();
                let from = Attribute::of(self.target(), *object, to.field());
                let from = from.ok_or_else(|| format!("{label} is gone, or has no such attribute"))?;
                Ok(alter(format!("change {label}"), *object, from, to.clone()))
            }
            Change::AddColumn(..)
            | Change::SetType(..)
            | Change::SetNullable(..)
            | Change::SetDefault(..)
            | Change::MoveColumn(..) => self.column_change(change),
            Change::SetPrimaryKey(table, column, on) => self.set_primary_key(*table, *column, *on),
            Change::SetUnique(table, column, on) => self.set_unique(*table, *column, *on),
            Change::AddKey(table, columns) => self.add_key(*table, columns),
            Change::AddIndex(table, columns, unique) => self.add_index(*table, columns, *unique),
            Change::SetIndex(table, index, columns, unique) => self.set_index(*table, *index, columns, *unique),
            Change::AddCheck(table, expression) => self.add_check(*table, expression),
            Change::SetCheck(table, id, expression) => {
                let checks = &self.table(*table)?.checks;
                let check = checks.iter().find(|check| check.id == *id).ok_or("this check is gone")?;
                let label = format!("change check {}", check.name);
                let from = Attribute::Expression(check.expression.clone());
                Ok(alter(label, ObjectId::Check(*table, *id), from, Attribute::Expression(expression.clone())))
            }
            Change::AddReference(new) => self.add_reference(new),
            Change::SetEnds(id, referencing, referenced, pairs) => {
                let reference = self.reference(*id)?;
                let from = Attribute::Ends(reference.referencing, reference.referenced, reference.pairs.clone());
                let to = Attribute::Ends(*referencing, *referenced, pairs.clone());
                Ok(alter(format!("change reference {}", reference.name), ObjectId::Reference(*id), from, to))
            }
            Change::SetOnDelete(id, action) => {
                let reference = self.reference(*id)?;
                let from = Attribute::OnDelete(reference.on_delete);
                let label = format!("on delete {} for {}", action.as_sql(), reference.name);
                Ok(alter(label, ObjectId::Reference(*id), from, Attribute::OnDelete(*action)))
            }
            Change::SetOnUpdate(id, action) => {
                let reference = self.reference(*id)?;
                let from = Attribute::OnUpdate(reference.on_update);
                let label = format!("on update {} for {}", action.as_sql(), reference.name);
                Ok(alter(label, ObjectId::Reference(*id), from, Attribute::OnUpdate(*action)))
            }
            Change::SetCardinality(id, cardinality) => self.set_cardinality(*id, *cardinality),
        }
    }

    fn table(&self, id: TableId) -> Result<&Table, Refused> {
        self.target().table(id).ok_or_else(|| "this table is gone".to_owned())
    }

    fn column(&self, table: TableId, id: ColumnId) -> Result<&Column, Refused> {
        self.table(table)?.column(id).ok_or_else(|| "this column is gone".to_owned())
    }

    fn reference(&self, id: ReferenceId) -> Result<&Reference, Refused> {
        self.target().references.get(&id).map(AsRef::as_ref).ok_or_else(|| "this reference is gone".to_owned())
    }

    fn add_table(&mut self, name: Option<Name>, at: Option<Placement>) -> Result<Gesture, Refused> {
        let namespace = self.target().default_namespace().ok_or("add a schema first")?;
        let taken = |name: &str| self.target().tables.values().any(|table| table.name.as_str() == name);
        let name = match name {
            Some(name) => name,
            None => free_name("table", taken)?,
        };
        let (id, column, key) = (self.ids().table(), self.ids().column(), self.ids().key());
        let table = Table {
            id,
            namespace,
            note: None,
            columns: vec![Column {
                id: column,
                rank: Rank::nth(0),
                name: Name::parse("id").map_err(|error| error.to_string())?,
                data_type: DataType::of(BaseType::Serial),
                nullable: false,
                default: None,
                note: None,
                generation: None,
                collation: None,
            }],
            keys: vec![Key {
                id: key,
                name: Name::derive(&[name.as_str()], "pkey"),
                kind: KeyKind::Primary,
                columns: vec![column],
                options: Default::default(),
            }],
            checks: Vec::new(),
            indexes: Vec::new(),
            name,
            options: Default::default(),
        };
        let place = at.unwrap_or_else(|| self.free_place(&table));
        Ok(Gesture {
            label: format!("add table {}", table.name),
            moves: vec![Move { table: id, from: None, to: Some(place) }],
            edits: vec![Edit::Create(Object::Table(table))],
            ..Gesture::default()
        })
    }

    fn add_namespace(&mut self, name: &Name) -> Gesture {
        let namespace = Namespace { id: self.ids().namespace(), name: name.clone() };
        let edits = vec![Edit::Create(Object::Namespace(namespace))];
        Gesture { label: format!("add schema {name}"), edits, ..Gesture::default() }
    }

    /// Tables keep their places: a removed one is still shown, and may come back.
    fn drop_objects(&self, objects: &[ObjectId]) -> Result<Gesture, Refused> {
        let mut rest = self.target().clone();
        let mut gesture = Gesture::default();
        for object in objects {
            if let ObjectId::Type(id) = object
                && let Some(refusal) = self.users_of_type(&rest, *id)
            {
                return Err(refusal);
            }
            let edits = drop_edits(&rest, *object);
            edit::apply_all(&mut rest, &edits).map_err(|error| error.in_words(self.shown()))?;
            gesture.edits.extend(edits);
        }
        let first = objects.first().and_then(|object| self.target().label(*object)).unwrap_or_default();
        gesture.label = match objects {
            [ObjectId::Key(..) | ObjectId::Index(..)] => with_references(format!("delete {first}"), &gesture.edits),
            [] | [_] => format!("delete {first}"),
            many => format!("delete {} objects", many.len()),
        };
        Ok(gesture)
    }

    /// Several changes in one gesture: each is worked out on the result of those before it.
    fn together(&mut self, label: &str, changes: &[Change]) -> Result<Gesture, Refused> {
        let mut all = Gesture { label: label.to_owned(), ..Gesture::default() };
        let mut ahead = self.clone();
        for change in changes {
            let gesture = ahead.gesture_for(change)?;
            ahead.play(&gesture)?;
            all.edits.extend(gesture.edits);
            all.moves.extend(gesture.moves);
        }
        *self.ids() = ahead.ids().clone();
        Ok(all)
    }

    fn set_note(&self, object: ObjectId, note: Option<String>) -> Result<Gesture, Refused> {
        let label = format!("change the note on {}", self.target().label(object).unwrap_or_default());
        let from = match object {
            ObjectId::Table(id) => self.table(id)?.note.clone(),
            ObjectId::Column(table, id) => self.column(table, id)?.note.clone(),
            ObjectId::Type(id) => self.target().user_type(id).ok_or("this type is gone")?.note.clone(),
            ObjectId::Namespace(_)
            | ObjectId::Key(..)
            | ObjectId::Check(..)
            | ObjectId::Index(..)
            | ObjectId::Reference(_)
            | ObjectId::Opaque(_) => return Err("only tables, columns and types have notes".to_owned()),
        };
        Ok(alter(label, object, Attribute::Note(from), Attribute::Note(note)))
    }

    fn column_change(&mut self, change: &Change) -> Result<Gesture, Refused> {
        match change {
            Change::AddColumn(table, given) => self.add_column(*table, given.clone()),
            Change::SetType(table, id, data_type) => self.set_type(*table, *id, data_type),
            Change::SetNullable(table, id, nullable) => {
                let column = self.column(*table, *id)?;
                if *nullable && self.table(*table)?.in_primary_key(*id) {
                    return Err(format!("{} is in the primary key, which is never NULL", column.name));
                }
                let label = format!("{} {}", column.name, if *nullable { "may be NULL" } else { "not null" });
                let from = Attribute::Nullable(column.nullable);
                Ok(alter(label, ObjectId::Column(*table, *id), from, Attribute::Nullable(*nullable)))
            }
            Change::SetDefault(table, id, default) => {
                let column = self.column(*table, *id)?;
                let from = Attribute::Default(column.default.clone());
                let label = format!("change the default of {}", column.name);
                Ok(alter(label, ObjectId::Column(*table, *id), from, Attribute::Default(default.clone())))
            }
            Change::MoveColumn(table, id, by) => self.move_column(*table, *id, *by),
            Change::AddTable { .. }
            | Change::Rename(..)
            | Change::MoveToNamespace(..)
            | Change::SetNote(..)
            | Change::Set(..)
            | Change::SetPrimaryKey(..)
            | Change::SetUnique(..)
            | Change::AddKey(..)
            | Change::AddIndex(..)
            | Change::SetIndex(..)
            | Change::AddCheck(..)
            | Change::SetCheck(..)
            | Change::AddNamespace(..)
            | Change::AddType(_)
            | Change::OfType(..)
            | Change::AddReference(..)
            | Change::SetEnds(..)
            | Change::SetOnDelete(..)
            | Change::SetOnUpdate(..)
            | Change::SetCardinality(..)
            | Change::Drop(..)
            | Change::Fix(_)
            | Change::Together(..) => Err("this is no change of a column".to_owned()),
        }
    }

    fn add_column(&mut self, id: TableId, given: Option<(Name, DataType)>) -> Result<Gesture, Refused> {
        let column = self.ids().column();
        let table = self.table(id)?;
        let (name, data_type) = match given {
            Some((name, _)) if table.column_named(name.as_str()).is_some() => {
                return Err(format!("{} already has a column called {name}", table.name));
            }
            Some(given) => given,
            None => (free_name("column", |name| table.column_named(name).is_some())?, DataType::of(BaseType::Text)),
        };
        let column = Column {
            id: column,
            rank: Rank::between(table.columns.last().map(|column| column.rank), None),
            nullable: !data_type.has_sequence(),
            name,
            data_type,
            default: None,
            note: None,
            generation: None,
            collation: None,
        };
        Ok(Gesture {
            label: format!("add column {}.{}", table.name, column.name),
            edits: vec![Edit::Create(Object::Column(id, column))],
            ..Gesture::default()
        })
    }

    fn set_type(&self, table: TableId, id: ColumnId, data_type: &DataType) -> Result<Gesture, Refused> {
        let column = self.column(table, id)?;
        let object = ObjectId::Column(table, id);
        let mut gesture = alter(
            format!("change the type of {}", column.name),
            object,
            Attribute::DataType(column.data_type.clone()),
            Attribute::DataType(data_type.clone()),
        );
        // A serial column has a default of its own and is never NULL.
        if data_type.has_sequence() {
            if column.default.is_some() {
                let from = Attribute::Default(column.default.clone());
                gesture.edits.push(Edit::Alter { object, from, to: Attribute::Default(None) });
            }
            if column.nullable {
                let (from, to) = (Attribute::Nullable(true), Attribute::Nullable(false));
                gesture.edits.push(Edit::Alter { object, from, to });
            }
        }
        Ok(gesture)
    }

    fn move_column(&self, table: TableId, id: ColumnId, by: i32) -> Result<Gesture, Refused> {
        let columns = &self.table(table)?.columns;
        let column = self.column(table, id)?;
        let others: Vec<&Column> = columns.iter().filter(|other| other.id != id).collect();
        let at = columns.iter().position(|other| other.id == id).unwrap_or_default();
        let to = at.saturating_add_signed(by.try_into().unwrap_or_default()).min(others.len());
        if to == at {
            return Err(format!("{} is already at the {}", column.name, if by < 0 { "top" } else { "bottom" }));
        }
        let before = to.checked_sub(1).and_then(|i| others.get(i)).map(|column| column.rank);
        let after = others.get(to).map(|column| column.rank);
        let rank = Rank::between(before, after);
        let label = format!("move column {}", column.name);
        let has_room = before.is_none_or(|before| before < rank) && after.is_none_or(|after| rank < after);
        if has_room {
            return Ok(alter(label, ObjectId::Column(table, id), Attribute::Rank(column.rank), Attribute::Rank(rank)));
        }
        // Many columns went to this one place: all get new ranks, far apart.
        let mut order = others;
        order.insert(to, column);
        let ranks = order.iter().enumerate().map(|(n, column)| (column, Rank::nth(n)));
        let edits = ranks.filter(|(column, rank)| column.rank != *rank).map(|(column, rank)| Edit::Alter {
            object: ObjectId::Column(table, column.id),
            from: Attribute::Rank(column.rank),
            to: Attribute::Rank(rank),
        });
        Ok(Gesture { label, edits: edits.collect(), ..Gesture::default() })
    }

    fn set_primary_key(&mut self, id: TableId, column: ColumnId, on: bool) -> Result<Gesture, Refused> {
        let key = self.ids().key();
        let table = self.table(id)?;
        let of = self.column(id, column)?;
        let mut edits = Vec::new();
        match (table.primary_key(), on) {
            (None, true) => {
                let name = Name::derive(&[table.name.as_str()], "pkey");
                let columns = vec![column];
                edits.push(Edit::Create(Object::Key(
                    id,
                    Key { id: key, name, kind: KeyKind::Primary, columns, options: Default::default() },
                )));
            }
            (Some(key), _) => {
                let mut columns: Vec<ColumnId> = key.columns.iter().copied().filter(|c| *c != column).collect();
                if on {
                    columns.push(column);
                }
                let object = ObjectId::Key(id, key.id);
                if columns.is_empty() {
                    edits.extend(drop_edits(self.target(), object));
                } else {
                    let from = Attribute::Columns(key.columns.clone());
                    edits.push(Edit::Alter { object, from, to: Attribute::Columns(columns) });
                }
            }
            (None, false) => {}
        }
        if on && of.nullable {
            let object = ObjectId::Column(id, column);
            edits.push(Edit::Alter { object, from: Attribute::Nullable(true), to: Attribute::Nullable(false) });
        }
        let label = format!("{} {} the primary key", of.name, if on { "into" } else { "out of" });
        let label = with_references(label, &edits);
        Ok(Gesture { label, edits, ..Gesture::default() })
    }

    fn set_unique(&mut self, id: TableId, column: ColumnId, on: bool) -> Result<Gesture, Refused> {
        if on {
            return self.add_key(id, &[column]);
        }
        let name = self.column(id, column)?.name.clone();
        let keys = self.table(id)?.keys.iter();
        let objects: Vec<ObjectId> = keys
            .filter(|key| key.kind == KeyKind::Unique && key.columns == [column])
            .map(|key| ObjectId::Key(id, key.id))
            .collect();
        let mut gesture = self.drop_objects(&objects)?;
        gesture.label = with_references(format!("{name} not unique"), &gesture.edits);
        Ok(gesture)
    }

    fn add_key(&mut self, id: TableId, columns: &[ColumnId]) -> Result<Gesture, Refused> {
        let key = self.ids().key();
        let table = self.table(id)?;
        let name = self.free_constraint_name(table, columns, "key");
        let label = format!("unique {}", column_list(table, columns));
        let key = Key { id: key, name, kind: KeyKind::Unique, columns: columns.to_vec(), options: Default::default() };
        Ok(Gesture { label, edits: vec![Edit::Create(Object::Key(id, key))], ..Gesture::default() })
    }

    fn add_index(&mut self, id: TableId, columns: &[ColumnId], unique: bool) -> Result<Gesture, Refused> {
        let index = self.ids().index();
        let table = self.table(id)?;
        let name = self.free_constraint_name(table, columns, "idx");
        let label = format!("index on {}.{}", table.name, column_list(table, columns));
        let index = Index { id: index, name, unique, parts: Index::parts_of(columns), options: Default::default() };
        Ok(Gesture { label, edits: vec![Edit::Create(Object::Index(id, index))], ..Gesture::default() })
    }

    fn set_index(&self, id: TableId, index: IndexId, columns: &[ColumnId], unique: bool) -> Result<Gesture, Refused> {
        let indexes = &self.table(id)?.indexes;
        let index = indexes.iter().find(|other| other.id == index).ok_or("this index is gone")?;
        let object = ObjectId::Index(id, index.id);
        // What is said about a part beside its column stays with it.
        let part = |id: &ColumnId| {
            let kept = index.parts.iter().find(|part| part.of == schema::PartOf::Column(*id)).cloned();
            kept.unwrap_or_else(|| schema::IndexPart::column(*id))
        };
        let expressions = index.parts.iter().filter(|part| matches!(part.of, schema::PartOf::Expression(_))).cloned();
        let parts: Vec<schema::IndexPart> = columns.iter().map(part).chain(expressions).collect();
        let from = Attribute::Parts(index.parts.clone());
        let mut gesture = alter(format!("change index {}", index.name), object, from, Attribute::Parts(parts));
        if index.unique != unique {
            let (from, to) = (Attribute::Unique(index.unique), Attribute::Unique(unique));
            gesture.edits.push(Edit::Alter { object, from, to });
        }
        Ok(gesture)
    }

    fn add_check(&mut self, id: TableId, expression: &Expression) -> Result<Gesture, Refused> {
        let check = self.ids().check();
        let table = self.table(id)?;
        let columns: Vec<ColumnId> = table
            .columns
            .iter()
            .filter(|column| expression.columns().contains(&column.name))
            .map(|column| column.id)
            .collect();
        let name = self.free_constraint_name(table, &columns, "check");
        let check = Check { id: check, name, expression: expression.clone(), options: Default::default() };
        let label = format!("check on {}", table.name);
        Ok(Gesture { label, edits: vec![Edit::Create(Object::Check(id, check))], ..Gesture::default() })
    }

    fn add_reference(&mut self, new: &NewReference) -> Result<Gesture, Refused> {
        let (id, key) = (self.ids().reference(), self.ids().key());
        let swapped: Vec<ColumnPair> = new
            .pairs
            .iter()
            .map(|pair| ColumnPair { referencing: pair.referenced, referenced: pair.referencing })
            .collect();
        let (referencing, referenced, pairs) = match new.cardinality {
            Cardinality::OneToMany => (new.referenced, new.referencing, swapped),
            Cardinality::ManyToOne | Cardinality::OneToOne => (new.referencing, new.referenced, new.pairs.clone()),
            Cardinality::ManyToMany => return Err("many to many needs a junction table between the two".to_owned()),
        };
        let table = self.table(referencing)?;
        let columns: Vec<ColumnId> = pairs.iter().map(|pair| pair.referencing).collect();
        let reference = Reference {
            id,
            name: new.name.clone().unwrap_or_else(|| self.free_constraint_name(table, &columns, "fkey")),
            referencing,
            referenced,
            pairs,
            on_delete: new.on_delete,
            on_update: new.on_update,
            options: Default::default(),
        };
        let target = self.table(referenced)?;
        let mut label = format!(
            "reference {}.{} to {}",
            table.name,
            column_list(table, &columns),
            self.target().display_name(target)
        );
        let mut edits = Vec::new();
        if new.cardinality == Cardinality::OneToOne && !table.is_referenceable(&columns) {
            let name = self.free_constraint_name(table, &columns, "key");
            label.push_str(&format!(", with unique {name}"));
            edits.push(Edit::Create(Object::Key(
                referencing,
                Key { id: key, name, kind: KeyKind::Unique, columns, options: Default::default() },
            )));
        }
        edits.push(Edit::Create(Object::Reference(reference)));
        Ok(Gesture { label, edits, ..Gesture::default() })
    }

    /// The name that PostgreSQL itself would give, with a number after it when that is taken.
    fn free_constraint_name(&self, table: &Table, columns: &[ColumnId], suffix: &str) -> Name {
        let mut taken: BTreeSet<&Name> = table.checks.iter().map(|check| &check.name).collect();
        for other in self.target().tables.values().filter(|other| other.namespace == table.namespace) {
            taken.insert(&other.name);
            taken.extend(other.keys.iter().map(|key| &key.name));
            taken.extend(other.indexes.iter().map(|index| &index.name));
        }
        let references = self.target().references.values().filter(|other| other.referencing == table.id);
        taken.extend(references.map(|reference| &reference.name));
        let first = derived(table, columns, suffix);
        if !taken.contains(&first) {
            return first;
        }
        let numbered = |n: u32| derived(table, columns, &format!("{suffix}{n}"));
        (1..).map(numbered).find(|name| !taken.contains(name)).unwrap_or(first)
    }

    fn set_cardinality(&mut self, id: ReferenceId, cardinality: Cardinality) -> Result<Gesture, Refused> {
        let reference = self.reference(id)?.clone();
        let now = Ends::of(self.target(), &reference).cardinality();
        let columns = reference.referencing_columns();
        match cardinality {
            Cardinality::OneToOne if now != cardinality => {
                let mut gesture = self.add_key(reference.referencing, &columns)?;
                gesture.label = format!("{}, so that {} is one to one", gesture.label, reference.name);
                Ok(gesture)
            }
            Cardinality::ManyToOne if now != cardinality => self.allow_many(&reference, &columns),
            Cardinality::OneToMany => {
                let (from, to) = (self.table(reference.referencing)?, self.table(reference.referenced)?);
                if !from.is_referenceable(&columns) {
                    let columns = column_list(from, &columns);
                    return Err(format!(
                        "{}.{columns} is neither a primary key nor unique, so {} cannot reference it",
                        from.name, to.name
                    ));
                }
                let pairs = reference
                    .pairs
                    .iter()
                    .map(|pair| ColumnPair { referencing: pair.referenced, referenced: pair.referencing })
                    .collect();
                let to = Attribute::Ends(reference.referenced, reference.referencing, pairs);
                let from = Attribute::Ends(reference.referencing, reference.referenced, reference.pairs);
                Ok(alter(format!("turn {} round", reference.name), ObjectId::Reference(id), from, to))
            }
            Cardinality::ManyToMany => Err("many to many needs a junction table between the two".to_owned()),
            Cardinality::OneToOne | Cardinality::ManyToOne => Ok(Gesture::default()),
        }
    }

    fn allow_many(&self, reference: &Reference, columns: &[ColumnId]) -> Result<Gesture, Refused> {
        let table = self.table(reference.referencing)?;
        let within = |set: &[ColumnId]| !set.is_empty() && set.iter().all(|column| columns.contains(column));
        if let Some(key) = table.primary_key().filter(|key| within(&key.columns)) {
            return Err(format!("{} is the primary key, so each row is named at most once", key.name));
        }
        let keys = table.keys.iter().filter(|key| within(&key.columns)).map(|key| ObjectId::Key(table.id, key.id));
        let indexes = table.indexes.iter().filter(|index| index.unique_columns().is_some_and(|set| within(&set)));
        let objects: Vec<ObjectId> = keys.chain(indexes.map(|index| ObjectId::Index(table.id, index.id))).collect();
        let mut gesture = self.drop_objects(&objects)?;
        gesture.label = with_references(format!("{} many to one", reference.name), &gesture.edits);
        Ok(gesture)
    }
}

/// The label, and how many references go because the key that they need does.
fn with_references(label: String, edits: &[Edit]) -> String {
    let is_reference = |edit: &&Edit| matches!(edit, Edit::Drop(Object::Reference(_)));
    match edits.iter().filter(is_reference).count() {
        0 => label,
        1 => format!("{label}, deleting 1 reference that needs it"),
        n => format!("{label}, deleting {n} references that need it"),
    }
}

/// A gesture of one alteration; an empty one when nothing changes.
pub(crate) fn alter(label: String, object: ObjectId, from: Attribute, to: Attribute) -> Gesture {
    let edits = if from == to { Vec::new() } else { vec![Edit::Alter { object, from, to }] };
    Gesture { label, edits, ..Gesture::default() }
}

pub(crate) fn free_name(stem: &str, taken: impl Fn(&str) -> bool) -> Result<Name, Refused> {
    let name = (1..).map(|n| format!("{stem}_{n}")).find(|name| !taken(name)).unwrap_or_default();
    Name::parse(&name).map_err(|error| error.to_string())
}

fn column_names<'a>(table: &'a Table, columns: &'a [ColumnId]) -> impl Iterator<Item = &'a str> {
    columns.iter().filter_map(|id| table.column(*id)).map(|column| column.name.as_str())
}

fn column_list(table: &Table, columns: &[ColumnId]) -> String {
    column_names(table, columns).collect::<Vec<_>>().join(", ")
}

/// The name that PostgreSQL itself would give.
pub(crate) fn derived(table: &Table, columns: &[ColumnId], suffix: &str) -> Name {
    let mut parts = vec![table.name.as_str()];
    parts.extend(column_names(table, columns));
    Name::derive(&parts, suffix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, Input};
    use std::collections::BTreeMap;
    use std::sync::Arc;

    /// Moves one of three columns with these ranks.
    fn check(ranks: [i64; 3], moved: usize, by: i32, expect: [&str; 3]) {
        let mut schema = schema::testing::schema_from("t\n  a integer\n  b integer\n  c integer\n");
        let table = schema.tables.values_mut().next().map(Arc::make_mut).unwrap();
        for (column, (rank, id)) in table.columns.iter_mut().zip(ranks.into_iter().zip(1..)) {
            (column.rank, column.id) = (Rank(rank), ColumnId::from_u128(id));
        }
        let (table, column) = (table.id, table.columns[moved].id);
        let mut editor = Editor::open(Document { revision: 0, schema, placements: BTreeMap::default() }, None, 1);
        editor.handle(Input::Change(Change::MoveColumn(table, column, by)));
        let names: Vec<&str> = editor.target().table(table).unwrap().columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, expect, "{ranks:?}");
    }

    #[test]
    fn a_column_moves_however_close_the_others_stand() {
        for ranks in
            [[0, 10, 20], [0, 1, 2], [0, 0, 0], [i64::MIN, 0, i64::MAX], [i64::MAX - 2, i64::MAX - 1, i64::MAX]]
        {
            check(ranks, 2, -1, ["a", "c", "b"]);
            check(ranks, 2, -2, ["c", "a", "b"]);
            check(ranks, 0, 1, ["b", "a", "c"]);
            check(ranks, 0, 2, ["b", "c", "a"]);
        }
    }
}
