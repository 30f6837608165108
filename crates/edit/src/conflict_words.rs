//! Conflicts in words, in the schema's own names.

use crate::drop::find;
use crate::option_words;
use crate::words::{self, edit_words, object_words, title};
use crate::{Attribute, Conflict, ConflictKind, Edit, Field, Object, diff};
use schema::{ObjectId, Schema};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A conflict as a person reads it: what was, what others made of it, and what was staged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConflictWords {
    /// What it is about.
    pub object: ObjectId,
    /// What it is about, in a line: `Column orders.user_id`.
    pub title: String,
    /// Why it has to be decided, in a sentence.
    pub reason: String,
    /// As it was when the edits were staged.
    pub base: String,
    /// As it is now.
    pub theirs: String,
    /// As it was to be.
    pub mine: String,
    /// What follows the decision, a line each.
    pub waiting: Vec<String>,
}

impl Conflict {
    /// The conflict in words. `target` is what it was found in, `before` what the edits were made for, as far as it is
    /// known.
    pub fn words(&self, target: &Schema, before: &Schema) -> ConflictWords {
        let name = |object: ObjectId| {
            title(object, target).or_else(|| title(object, before)).or_else(|| self.created_title(object, target))
        };
        let something = || "Something that is gone".to_owned();
        let subject = name(self.object).unwrap_or_else(something);
        let mine = self.edits_in_words(before, target);
        let (reason, base, theirs, mine) = match &self.kind {
            ConflictKind::Changed { base, theirs, mine } => {
                let value = |attribute: &Attribute, schema: &Schema| value(self.object, attribute, schema);
                let reason = format!("Both changed {}", field(mine.field()));
                (reason, value(base, before), value(theirs, target), value(mine, target))
            }
            ConflictKind::Deleted => ("It was deleted".to_owned(), "was there".to_owned(), "deleted".to_owned(), mine),
            ConflictKind::Kept(by) => {
                let used = by.and_then(name).map(|by| format!("used by {by}"));
                let reason = match used {
                    Some(_) => "You delete it, and it is used now".to_owned(),
                    None => "You delete it, and it was changed".to_owned(),
                };
                let theirs = used.unwrap_or_else(|| self.changes_since(target));
                (reason, "was there, as you saw it".to_owned(), theirs, "deleted".to_owned())
            }
            ConflictKind::NameTaken { name: taken, by } => {
                let by = by.and_then(name).unwrap_or_else(|| "something else".to_owned());
                let reason = format!("The name {taken} is taken");
                (reason, "the name was free".to_owned(), format!("it belongs to {by}"), mine)
            }
            ConflictKind::Exists => {
                let theirs = find(target, self.object).map(|it| object_words(&it, target).join("; "));
                let reason = "It is there already, and is not the same".to_owned();
                (reason, "was not there".to_owned(), theirs.unwrap_or_default(), mine)
            }
            ConflictKind::Invalid(finding) => {
                let reason = "It does not go together with what was saved".to_owned();
                (reason, "was possible".to_owned(), finding.message.clone(), mine)
            }
            ConflictKind::Free => {
                let reason = "Nothing stands against it any more".to_owned();
                (reason, String::new(), "leaves room for it".to_owned(), mine)
            }
        };
        let mut waiting: Vec<String> = Vec::new();
        for edit in &self.waiting {
            let line = name(edit.object()).unwrap_or_else(something);
            if !waiting.contains(&line) {
                waiting.push(line);
            }
        }
        ConflictWords { object: self.object, title: subject, reason, base, theirs, mine, waiting }
    }

    fn edits_in_words(&self, before: &Schema, target: &Schema) -> String {
        let words = |edit: &Edit| match edit {
            Edit::Create(object) => {
                let lines = object_words(object, target);
                if lines.is_empty() { "added".to_owned() } else { format!("added: {}", lines.join("; ")) }
            }
            Edit::Drop(_) => "deleted".to_owned(),
            Edit::Alter { .. } => edit_words(edit, before, target).join("; "),
        };
        self.edits.iter().map(words).collect::<Vec<_>>().join("; ")
    }

    /// The title of something that only the edits themselves know.
    fn created_title(&self, object: ObjectId, target: &Schema) -> Option<String> {
        let made = self.edits.iter().chain(&self.waiting).find_map(|edit| match edit {
            Edit::Create(made) | Edit::Drop(made) if made.id() == object => Some(made),
            Edit::Create(_) | Edit::Drop(_) | Edit::Alter { .. } => None,
        })?;
        words::created_title(made, target)
    }

    /// What became of what was to be deleted.
    fn changes_since(&self, target: &Schema) -> String {
        let dropped = self.edits.iter().find_map(|edit| match edit {
            Edit::Drop(object) => Some(object),
            Edit::Create(_) | Edit::Alter { .. } => None,
        });
        let Some(dropped) = dropped else { return "changed".to_owned() };
        let Some(found) = find(target, dropped.id()) else { return "deleted".to_owned() };
        let was = part(dropped, target);
        let is = part(&found, target);
        let edits = diff(&was, &is);
        let line = |edit: &Edit| {
            let lines = edit_words(edit, &was, &is).join("; ");
            let subject = title(edit.object(), &is).or_else(|| title(edit.object(), &was)).unwrap_or_default();
            match edit {
                Edit::Create(_) => format!("{subject} added"),
                Edit::Drop(_) => format!("{subject} deleted"),
                Edit::Alter { object, .. } if *object == dropped.id() => lines,
                Edit::Alter { .. } => format!("{subject}: {lines}"),
            }
        };
        edits.iter().map(line).collect::<Vec<_>>().join("; ")
    }
}

/// A schema in which the object is like this and nothing else differs: its table, or the whole schema's references.
fn part(object: &Object, schema: &Schema) -> Schema {
    let (namespaces, types) = (schema.namespaces.clone(), schema.types.clone());
    let mut part = Schema { namespaces, types, ..Schema::default() };
    let of_table = object.id().table().and_then(|id| schema.table(id)).cloned();
    let table = match (object, of_table) {
        (Object::Namespace(it), _) => {
            part.namespaces.insert(it.id, it.clone());
            return part;
        }
        (Object::Reference(it), _) => {
            part.tables = schema.tables.clone();
            part.references.insert(it.id, Arc::new(it.clone()));
            return part;
        }
        (Object::Type(it), _) => {
            part.types.insert(it.id, it.clone());
            return part;
        }
        (Object::Annotation(it), _) => {
            part.annotations.insert(it.id, it.clone());
            return part;
        }
        (Object::Opaque(it), _) => {
            part.opaque.insert(it.id, std::sync::Arc::new(it.clone()));
            return part;
        }
        (Object::Table(table), _) => table.clone(),
        (_, None) => return part,
        (Object::Column(_, column), Some(mut table)) => {
            table.columns.retain(|it| it.id != column.id);
            table.columns.push(column.clone());
            table
        }
        (Object::Key(_, key), Some(mut table)) => {
            table.keys.retain(|it| it.id != key.id);
            table.keys.push(key.clone());
            table
        }
        (Object::Check(_, check), Some(mut table)) => {
            table.checks.retain(|it| it.id != check.id);
            table.checks.push(check.clone());
            table
        }
        (Object::Index(_, index), Some(mut table)) => {
            table.indexes.retain(|it| it.id != index.id);
            table.indexes.push(index.clone());
            table
        }
    };
    part.tables.insert(table.id, std::sync::Arc::new(table));
    part
}

fn field(field: Field) -> &'static str {
    match field {
        Field::Name => "the name",
        Field::Namespace => "the schema that it is in",
        Field::Note => "the note",
        Field::Color => "the color",
        Field::Group => "the group that it is in",
        Field::Spot => "where it stands",
        Field::Rank => "its place",
        Field::DataType => "the type",
        Field::Nullable => "whether it may be NULL",
        Field::Default => "the default",
        Field::Columns => "the columns",
        Field::Unique => "whether it is unique",
        Field::Expression => "what it demands",
        Field::Ends => "what it joins",
        Field::OnDelete => "what it does on delete",
        Field::OnUpdate => "what it does on update",
        Field::Parts => "what it is over",
        Field::Generation => "how it is generated",
        Field::Collation => "the collation",
        Field::KeyOptions
        | Field::CheckOptions
        | Field::IndexOptions
        | Field::ReferenceOptions
        | Field::TableOptions => "its settings",
        Field::Definition => "what it is",
        Field::Statement => "its statement",
    }
}

fn value(object: ObjectId, attribute: &Attribute, schema: &Schema) -> String {
    match attribute {
        Attribute::Name(name) => name.to_string(),
        Attribute::Namespace(id) => {
            schema.label(ObjectId::Namespace(*id)).unwrap_or_else(|| "a deleted schema".to_owned())
        }
        Attribute::Note(None) => "no note".to_owned(),
        Attribute::Note(Some(note)) => note.clone(),
        Attribute::Color(None) => "no color of its own".to_owned(),
        Attribute::Color(Some(color)) => color.clone(),
        Attribute::Spot(None) => "in a row above the tables".to_owned(),
        Attribute::Spot(Some(spot)) => format!("at {}, {}, {} wide", spot.x, spot.y, spot.width),
        Attribute::Group(None) => "no group".to_owned(),
        Attribute::Group(Some(id)) => {
            schema.label(ObjectId::Annotation(*id)).unwrap_or_else(|| "a deleted group".to_owned())
        }
        Attribute::Rank(_) => "another place".to_owned(),
        Attribute::DataType(data_type) => schema.type_text(data_type),
        Attribute::Parts(_)
        | Attribute::Generation(_)
        | Attribute::Collation(_)
        | Attribute::KeyOptions(_)
        | Attribute::CheckOptions(_)
        | Attribute::IndexOptions(_)
        | Attribute::ReferenceOptions(_)
        | Attribute::TableOptions(_)
        | Attribute::Definition(_)
        | Attribute::Statement(_) => option_words::attribute(object, attribute, schema),
        Attribute::Nullable(true) => "may be NULL".to_owned(),
        Attribute::Nullable(false) => "not null".to_owned(),
        Attribute::Default(None) => "no default".to_owned(),
        Attribute::Default(Some(default)) => default.to_string(),
        Attribute::Columns(columns) => words::list(object.table().and_then(|table| schema.table(table)), columns),
        Attribute::Unique(true) => "unique".to_owned(),
        Attribute::Unique(false) => "not unique".to_owned(),
        Attribute::Expression(expression) => expression.to_string(),
        Attribute::Ends(referencing, referenced, pairs) => words::ends_words(*referencing, *referenced, pairs, schema),
        Attribute::OnDelete(action) | Attribute::OnUpdate(action) => action.as_sql().to_owned(),
    }
}
