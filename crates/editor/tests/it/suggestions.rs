//! References that are suggested: at once in small schemas, and in large ones when nothing was done for a moment.

use editor::{Change, Document, Editor, Effect, Facet, Input, NewReference};
use schema::{Cardinality, ColumnPair, ReferentialAction, sample};

/// How many are suggested of so many tables without any reference: at first, after a rest, and after the first of them is made.
fn check(tables: usize, is_found_at_once: bool) {
    let mut schema = sample::generated(tables);
    schema.references.clear();
    let document = Document { revision: 0, schema, placements: Default::default() };
    let mut editor = Editor::open(document, None, 7);
    assert_eq!(editor.suggestions().next().is_some(), is_found_at_once, "{tables} tables");

    let effects = editor.handle(Input::Rested);
    assert_eq!(effects.contains(&Effect::Changed(Facet::Schema)), !is_found_at_once);
    let (first, count) = (editor.suggestions().next().cloned().unwrap(), editor.suggestions().count());
    assert!(editor.handle(Input::Rested).is_empty(), "nothing else was found");

    let pairs = first.columns.iter().zip(&first.referenced_columns);
    editor.handle(Input::Change(Change::AddReference(NewReference {
        referencing: first.referencing,
        referenced: first.referenced,
        pairs: pairs.map(|(mine, theirs)| ColumnPair { referencing: *mine, referenced: *theirs }).collect(),
        cardinality: Cardinality::ManyToOne,
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        name: None,
    })));
    assert!(!editor.suggestions().any(|it| *it == first), "what is made is suggested no more");
    assert!(editor.suggestions().count() + 1 >= count, "and the others still are, of {count}");
}

#[test]
fn suggestions_come_at_once_or_after_a_rest() {
    check(20, true);
    check(200, false);
}
