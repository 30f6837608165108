//! How large a commit and a schema may be.

use std::collections::BTreeMap;

use edit::{Attribute, Edit, Object};
use protocol::{CommitOutcome, CommitRequest};
use schema::{Schema, TableId, TypeDefinition};

use super::{refused, refused_object};
use crate::error::Error;

const MAX_EDITS: usize = 200_000;
/// How many parts of one table a commit may make: as many columns, keys, checks and indexes as a table has room for.
const MAX_PARTS_OF_TABLE: usize = 3_200;
const MAX_TABLES: usize = 30_000;
const MAX_COLUMNS_OF_TABLE: usize = 1_600;
const MAX_COLUMNS: usize = 300_000;
const MAX_REFERENCES: usize = 100_000;
/// Types with all of their labels, and what is kept as statements.
const MAX_OTHERS: usize = 30_000;
/// Notes and messages, in bytes.
const MAX_TEXT: usize = 10 * 1024;

/// Looks at a request before anything is read for it.
///
/// # Errors
/// When it holds what the store cannot keep.
pub(super) fn check(request: &CommitRequest) -> Result<Option<CommitOutcome>, Error> {
    if request.edits.len() > MAX_EDITS {
        return Err(Error::Invalid(format!("a commit has at most {MAX_EDITS} edits")));
    }
    if !is_text(&request.message) {
        return Err(Error::Invalid("the message is too long, or contains a NUL character".to_owned()));
    }
    let mut made: BTreeMap<TableId, usize> = BTreeMap::new();
    for edit in &request.edits {
        if let Edit::Create(object) = edit
            && let Some((table, parts)) = parts(object)
        {
            let made = made.entry(table).or_default();
            *made += parts;
            if *made > MAX_PARTS_OF_TABLE {
                let message = "A commit makes at most 3,200 columns, keys, checks and indexes of one table.";
                return Ok(Some(refused_object(message, edit.object())));
            }
        }
        if !notes(edit).into_iter().all(is_text) {
            let message = format!("A note has at most {MAX_TEXT} bytes, and no NUL character.");
            return Ok(Some(refused_object(&message, edit.object())));
        }
    }
    Ok(None)
}

/// Looks at what a commit would lead to.
pub(super) fn check_schema(edits: &[Edit], schema: &Schema) -> Option<CommitOutcome> {
    // Counting looks at every table, and nothing else makes more of anything.
    let grows = |edit: &Edit| matches!(edit, Edit::Create(_) | Edit::Alter { to: Attribute::Definition(_), .. });
    if !edits.iter().any(grows) {
        return None;
    }
    let columns = || schema.tables.values().map(|table| table.columns.len());
    let labels = schema.types.values().map(|it| it.labels().len()).sum();
    let too_many = [
        (schema.tables.len(), MAX_TABLES, "A schema has at most 30,000 tables."),
        (columns().max().unwrap_or_default(), MAX_COLUMNS_OF_TABLE, "A table has at most 1,600 columns."),
        (columns().sum(), MAX_COLUMNS, "A schema has at most 300,000 columns."),
        (schema.references.len(), MAX_REFERENCES, "A schema has at most 100,000 references."),
        (labels, MAX_OTHERS, "The types of a schema have at most 30,000 labels."),
        (schema.types.len().max(schema.opaque.len()), MAX_OTHERS, "A schema has at most 30,000 types or statements."),
        (schema.annotations.len(), MAX_OTHERS, "A diagram has at most 30,000 groups and notes."),
    ];
    too_many.into_iter().find(|(count, limit, _)| count > limit).map(|(.., message)| refused(message))
}

fn is_text(text: &str) -> bool {
    text.len() <= MAX_TEXT && !text.contains('\0')
}

/// The parts of a table that come with an object.
fn parts(object: &Object) -> Option<(TableId, usize)> {
    let table = object.id().table()?;
    let parts = match object {
        Object::Table(it) => it.columns.len() + it.keys.len() + it.checks.len() + it.indexes.len(),
        Object::Namespace(_)
        | Object::Column(..)
        | Object::Key(..)
        | Object::Check(..)
        | Object::Index(..)
        | Object::Reference(_)
        | Object::Type(_)
        | Object::Opaque(_)
        | Object::Annotation(_) => 1,
    };
    Some((table, parts))
}

/// The notes that an edit brings.
fn notes(edit: &Edit) -> Vec<&str> {
    match edit {
        Edit::Create(object) => object_notes(object),
        Edit::Alter { to, .. } => attribute_notes(to),
        Edit::Drop(_) => Vec::new(),
    }
}

fn object_notes(object: &Object) -> Vec<&str> {
    let notes: Vec<&Option<String>> = match object {
        Object::Table(table) => {
            let columns = table.columns.iter().map(|column| &column.note);
            let keys = table.keys.iter().map(|key| &key.options.note);
            let checks = table.checks.iter().map(|check| &check.options.note);
            let indexes = table.indexes.iter().map(|index| &index.options.note);
            std::iter::once(&table.note).chain(columns).chain(keys).chain(checks).chain(indexes).collect()
        }
        Object::Column(_, column) => vec![&column.note],
        Object::Key(_, key) => vec![&key.options.note],
        Object::Check(_, check) => vec![&check.options.note],
        Object::Index(_, index) => vec![&index.options.note],
        Object::Reference(reference) => vec![&reference.options.note],
        Object::Type(it) => std::iter::once(&it.note).chain(it.labels().iter().map(|label| &label.note)).collect(),
        Object::Annotation(it) => vec![&it.note],
        Object::Namespace(_) | Object::Opaque(_) => Vec::new(),
    };
    notes.into_iter().filter_map(Option::as_deref).collect()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "no other attribute holds a note")]
fn attribute_notes(attribute: &Attribute) -> Vec<&str> {
    let note = match attribute {
        Attribute::Note(note) => note,
        Attribute::KeyOptions(options) => &options.note,
        Attribute::CheckOptions(options) => &options.note,
        Attribute::IndexOptions(options) => &options.note,
        Attribute::ReferenceOptions(options) => &options.note,
        Attribute::Definition(definition) => {
            return match definition.as_ref() {
                TypeDefinition::Enum(labels) => labels.iter().filter_map(|label| label.note.as_deref()).collect(),
                TypeDefinition::Domain(_) => Vec::new(),
            };
        }
        _ => return Vec::new(),
    };
    note.as_deref().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use protocol::{DiagramId, PersonId};
    use schema::{Check, CheckId, Expression, Name, ObjectId, sample};
    use uuid::Uuid;

    use super::*;

    fn check_edits(edits: Vec<Edit>, expect: bool) {
        let request = CommitRequest {
            diagram: DiagramId(Uuid::nil()),
            person: PersonId(Uuid::nil()),
            commit_id: Uuid::nil(),
            base_revision: 0,
            edits,
            message: String::new(),
            placements: BTreeMap::new(),
        };
        assert_eq!(check(&request).unwrap().is_none(), expect);
    }

    fn check_note(note: String, expect: bool) {
        let edit = Edit::Alter {
            object: ObjectId::Table(TableId::from_u128(1)),
            from: Attribute::Note(None),
            to: Attribute::Note(Some(note)),
        };
        check_edits(vec![edit], expect);
    }

    fn check_parts(tables: &[usize], expect: bool) {
        let check = |n: usize| Check {
            id: CheckId::from_u128(n as u128),
            name: Name::parse("c").unwrap(),
            expression: Expression::parse("true").unwrap(),
            options: Default::default(),
        };
        let edits = tables.iter().zip(1..).flat_map(|(parts, table)| {
            (0..*parts).map(move |n| Edit::Create(Object::Check(TableId::from_u128(table), check(n))))
        });
        check_edits(edits.collect(), expect);
        let mut table = sample::shopflow().tables.into_values().next().unwrap().as_ref().clone();
        table.columns.clear();
        table.keys.clear();
        table.indexes.clear();
        table.checks = (0..tables.iter().copied().max().unwrap()).map(check).collect();
        check_edits(vec![Edit::Create(Object::Table(table))], expect);
    }

    #[test]
    fn parts_of_one_table_at_the_limit_and_beyond() {
        check_parts(&[MAX_PARTS_OF_TABLE, MAX_PARTS_OF_TABLE], true);
        check_parts(&[1, MAX_PARTS_OF_TABLE + 1], false);
    }

    #[test]
    fn notes_at_the_limit_and_beyond() {
        check_note("x".repeat(MAX_TEXT), true);
        check_note("x".repeat(MAX_TEXT + 1), false);
        check_note("a\0b".to_owned(), false);
    }
}
