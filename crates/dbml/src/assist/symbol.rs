//! What a name in a text means, and where that is written.

use crate::document::{Document, Path};
use crate::names::Names;
use crate::reader::{Mention, read_with_mentions};
use crate::span::Span;
use crate::syntax::{self, NodeKind, Tree};

/// What kind of object a symbol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SymbolKind {
    /// A table.
    Table,
    /// A column of a table or partial.
    Column,
    /// An enum.
    Enum,
    /// A value of an enum.
    EnumValue,
    /// A partial.
    Partial,
}

/// An object at a place of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// What kind of object it is.
    pub kind: SymbolKind,
    /// Its full name, such as `users.id`.
    pub label: String,
    /// The name at that place.
    pub span: Span,
    /// The element or line that defines it; none when nothing does.
    pub definition: Option<Span>,
}

/// The object whose name stands at an offset, as it is defined or mentioned.
///
/// ```
/// let text = "Table users { id int }\nRef: users.id - users.x";
/// let symbol = dbml::symbol_at(text, 34).unwrap();
/// assert_eq!(symbol.label, "users.id");
/// assert_eq!(symbol.definition.unwrap().of(text), "id int");
/// ```
pub fn symbol_at(text: &str, offset: u32) -> Option<Symbol> {
    let tree = syntax::parse(text, &mut Vec::new());
    let (document, mentions) = read_with_mentions(&tree);
    let names = Names::of(&document);
    let defined = defined_at(&tree, &document, offset);
    defined.or_else(|| mentions.into_iter().find_map(|mention| mentioned_at(&names, mention, offset)))
}

fn mentioned_at(names: &Names<'_>, mention: Mention, offset: u32) -> Option<Symbol> {
    match mention {
        Mention::Table { table, span } => span.touches(offset).then(|| table_symbol(names, &table, span)),
        Mention::Column { table, name, span } => {
            span.touches(offset).then(|| column_symbol(names, &table, &name, span))
        }
        Mention::Enum { path, span } => span.touches(offset).then(|| {
            let definition = names.enumeration(&path).map(|found| found.origin.0);
            Symbol { kind: SymbolKind::Enum, label: path.to_string(), span, definition }
        }),
        Mention::EnumValue { path, value, span } => span.touches(offset).then(|| {
            let values = names.enumeration(&path).map(|found| &found.values);
            let found = values.into_iter().flatten().find(|known| known.name == value);
            let definition = found.map(|found| found.origin.0);
            Symbol { kind: SymbolKind::EnumValue, label: format!("{path}.{value}"), span, definition }
        }),
        Mention::Partial { name, span } => span.touches(offset).then(|| {
            let definition = names.partial(&name).map(|found| found.origin.0);
            Symbol { kind: SymbolKind::Partial, label: name, span, definition }
        }),
    }
}

fn table_symbol(names: &Names<'_>, path: &Path, span: Span) -> Symbol {
    let definition = names.table(path).map(|table| table.origin.0);
    Symbol { kind: SymbolKind::Table, label: names.table_path(path).to_string(), span, definition }
}

/// A column, be it the table's own or one of its partials.
fn column_symbol(names: &Names<'_>, path: &Path, name: &str, span: Span) -> Symbol {
    let table = names.table(path);
    let own = table.and_then(|table| table.columns().find(|column| column.name == name));
    let taken_over = || {
        let mut partials = table?.partials().rev().filter_map(|partial| names.partial(&partial.name));
        partials.find_map(|partial| partial.columns.iter().find(|column| column.name == name))
    };
    let definition = own.or_else(taken_over).map(|column| column.origin.0);
    let label = format!("{}.{name}", names.table_path(path));
    Symbol { kind: SymbolKind::Column, label, span, definition }
}

/// The table, partial or enum whose name, or the column or value whose first word, stands at the offset.
fn defined_at(tree: &Tree<'_>, document: &Document, offset: u32) -> Option<Symbol> {
    let node = tree.top().iter().copied().find(|node| tree.span(*node).touches(offset))?;
    let NodeKind::Element(element) = tree.kind(node) else { return None };
    let definition = tree.span(node);
    let tables = document.tables.iter().map(|one| (SymbolKind::Table, one.origin.0, one.path.to_string()));
    let partials = document.partials.iter().map(|one| (SymbolKind::Partial, one.origin.0, one.name.clone()));
    let enums = document.enums.iter().map(|one| (SymbolKind::Enum, one.origin.0, one.path.to_string()));
    let (kind, _, label) = tables.chain(partials).chain(enums).find(|(_, origin, _)| *origin == definition)?;
    if let Some(span) = element.name.map(|name| tree.span(name)).filter(|span| span.touches(offset)) {
        return Some(Symbol { kind, label, span, definition: Some(definition) });
    }
    let line = tree.items(element.body).iter().find(|line| tree.span(**line).touches(offset))?;
    let NodeKind::Statement(statement) = tree.kind(*line) else { return None };
    let (name, span) = (tree.name(statement.callee)?, tree.span(statement.callee));
    let kind = if kind == SymbolKind::Enum { SymbolKind::EnumValue } else { SymbolKind::Column };
    let label = format!("{label}.{name}");
    span.touches(offset).then(|| Symbol { kind, label, span, definition: Some(tree.span(*line)) })
}
