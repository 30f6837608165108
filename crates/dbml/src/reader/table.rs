//! Tables and partials.

use super::bind::Want;
use super::setting::{Codes, NoColor};
use super::{Body, Of, Parent, Reader};
use crate::diagnostic::Code;
use crate::document::{Check, Column, Index, Partial, PartialUse, Path, Table, TableItem};
use crate::quote::shown;
use crate::syntax::{Element, NodeId, NodeKind};

/// What a table and a partial have in common.
#[derive(Default)]
struct Content {
    items: Vec<TableItem>,
    note: Option<String>,
    indexes: Vec<Index>,
    checks: Vec<Check>,
}

impl Reader<'_, '_> {
    pub(super) fn read_table(&mut self, node: NodeId, element: &Element, parent: Parent) {
        self.must_be_top(node, parent, Code::InvalidTableContext, "a table");
        let path = self.required_path(node, element, "a table");
        let of = path.as_ref().map_or(Of::This("this table"), |path| Of::Path("table", path));
        let mut table = Table { origin: self.origin(node), path: path.clone().unwrap_or_default(), ..Table::default() };
        table.alias = element.alias.and_then(|alias| self.alias(alias));
        self.table_settings(&mut table, element.settings, of);
        let scope = self.scopes.open(of.to_string());
        if let (Some(path), Parent::Top) = (&path, parent) {
            self.declare_table(path, table.alias.as_deref(), element.name.unwrap_or(node), scope);
        }
        let body = self.block_body(element, "a table");
        let content = self.content(&body, Parent::Table, &table.path, scope, of);
        table.note = content.note.or(table.note);
        (table.items, table.indexes, table.checks) = (content.items, content.indexes, content.checks);
        if path.is_some() && parent == Parent::Top {
            self.document.tables.push(table);
        }
    }

    pub(super) fn read_partial(&mut self, node: NodeId, element: &Element, parent: Parent) {
        self.must_be_top(node, parent, Code::InvalidTablePartialContext, "a table partial");
        let name = self.required_name(node, element, "a table partial");
        self.no_alias(element, "a table partial");
        let of = name.as_ref().map_or(Of::This("this partial"), |name| Of::Name("partial", name));
        let mut partial =
            Partial { origin: self.origin(node), name: name.clone().unwrap_or_default(), ..Partial::default() };
        self.partial_settings(&mut partial, element.settings, of);
        let scope = self.scopes.open(of.to_string());
        if let (Some(name), Parent::Top) = (&name, parent) {
            let first = self.scopes.declare_partial(name, scope);
            self.declared(first, element.name.unwrap_or(node), of);
        }
        let body = self.block_body(element, "a table partial");
        let content = self.content(&body, Parent::Partial, &Path::default(), scope, of);
        partial.note = content.note.or(partial.note);
        (partial.indexes, partial.checks) = (content.indexes, content.checks);
        partial.columns = content.items.into_iter().filter_map(column_of).collect();
        if name.is_some() && parent == Parent::Top {
            self.document.partials.push(partial);
        }
    }

    fn alias(&mut self, alias: NodeId) -> Option<String> {
        let name = self.tree.name(alias);
        if name.is_none() {
            let message = format!("“{}” is no alias; write a single name, quoted if need be", self.quoted(alias));
            self.error_at(Code::InvalidAlias, alias, message);
        }
        name.map(Into::into)
    }

    fn declare_table(&mut self, path: &Path, alias: Option<&str>, name: NodeId, scope: usize) {
        let first = self.scopes.declare_table(path, scope);
        self.declared(first, name, Of::Path("table", path));
        if let Some(alias) = alias.filter(|alias| !(path.schema.is_empty() && *alias == path.name)) {
            let first = self.scopes.declare_table(&Path::local(alias), scope);
            self.declared(first, name, Of::Name("table or alias", alias));
        }
    }

    /// Says so when an object is not the first of its kind and name.
    pub(super) fn declared(&mut self, first: bool, name: NodeId, what: Of<'_>) {
        if !first {
            self.error_at(
                Code::DuplicateName,
                name,
                format!("there is a {what} already; give one of them another name"),
            );
        }
    }

    fn table_settings(&mut self, table: &mut Table, list: Option<NodeId>, of: Of<'_>) {
        let codes = Codes { twice: Code::DuplicateTableSetting, value: Code::InvalidTableSettingValue };
        for group in self.settings(list) {
            match &*group.key {
                "headercolor" => table.header_color = self.color(&group, codes, of, NoColor::Refused),
                "note" => table.note = self.text(&group, codes, of).map(|text| super::note_text(&text)),
                "dep" => table.deps = self.inline_deps(&group, codes, of, None),
                _ => table.metadata.extend(self.metadata(&group, codes, of)),
            }
        }
    }

    fn partial_settings(&mut self, partial: &mut Partial, list: Option<NodeId>, of: Of<'_>) {
        let codes = Codes { twice: Code::DuplicateTablePartialSetting, value: Code::InvalidTablePartialSettingValue };
        for group in self.settings(list) {
            match &*group.key {
                "headercolor" => partial.header_color = self.color(&group, codes, of, NoColor::Refused),
                "note" => partial.note = self.text(&group, codes, of).map(|text| super::note_text(&text)),
                _ => self.unknown(&group, Code::UnknownTablePartialSetting, of, "note and headercolor"),
            }
        }
    }

    fn content(&mut self, body: &Body, parent: Parent, path: &Path, scope: usize, of: Of<'_>) -> Content {
        let mut content = Content::default();
        for line in &body.lines {
            content.items.extend(self.table_item(*line, parent, scope, of));
        }
        let mut notes = Vec::new();
        for node in &body.elements {
            let tree = self.tree;
            let NodeKind::Element(element) = tree.kind(*node) else { continue };
            match tree.element_kind(element).as_str() {
                "note" => {
                    notes.push(*node);
                    content.note = self.read_note(*node, element, parent).or(content.note);
                }
                "indexes" => content.indexes.extend(self.read_indexes(*node, element, parent, Some(scope))),
                "checks" => content.checks.extend(self.read_checks(*node, element, parent)),
                "records" if parent == Parent::Table => self.read_records(*node, element, parent, Some((path, scope))),
                _ => self.element(*node, parent),
            }
        }
        self.one_note(&notes, of);
        content
    }

    /// Says so, at each of them, when there is more than one note.
    pub(super) fn one_note(&mut self, notes: &[NodeId], of: Of<'_>) {
        if notes.len() > 1 {
            for note in notes {
                self.error_at(Code::NoteRedefined, *note, format!("{of} has {} notes; keep one", notes.len()));
            }
        }
    }

    fn table_item(&mut self, line: NodeId, parent: Parent, scope: usize, of: Of<'_>) -> Option<TableItem> {
        let statement = self.line(line)?;
        if parent == Parent::Table
            && let NodeKind::Prefix(op, name) = self.tree.kind(statement.callee)
            && self.tree.value(*op) == "~"
        {
            let name = self.injected(line, statement.callee, *name, scope, of);
            for arg in statement.args {
                let message = format!("a partial is taken over as a whole; remove “{}”", self.quoted(*arg));
                self.error_at(Code::InvalidTablePartialInjection, *arg, message);
            }
            return name.map(|name| TableItem::Partial(PartialUse { origin: self.origin(line), name }));
        }
        let column = self.column(line, statement, scope, of)?;
        Some(TableItem::Column(Box::new(column)))
    }

    /// The name of a partial that a table takes over.
    fn injected(&mut self, line: NodeId, callee: NodeId, name: NodeId, scope: usize, of: Of<'_>) -> Option<String> {
        let Some(text) = self.tree.name(name) else {
            let message = "a partial is taken over as ~ and its name";
            self.error_at(Code::InvalidTablePartialInjection, callee, message);
            return None;
        };
        if let Some(first) = self.scopes.inject(scope, text.clone(), self.tree.span(line)) {
            let message = format!("{of} takes over partial {} twice; remove one", shown(&text));
            self.error_at(Code::DuplicateTablePartialInjectionName, line, message.as_str());
            self.error(Code::DuplicateTablePartialInjectionName, first, message);
        }
        let text = text.into_owned();
        self.wants.push(Want::Partial { name: text.clone(), span: self.tree.span(name) });
        Some(text)
    }
}

fn column_of(item: TableItem) -> Option<Column> {
    match item {
        TableItem::Column(column) => Some(*column),
        TableItem::Partial(_) => None,
    }
}
