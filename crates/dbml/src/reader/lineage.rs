//! Dependencies between data, and blocks of metadata.

use super::bind::Want;
use super::setting::{Codes, Group, NoColor};
use super::{Of, Parent, Reader};
use crate::diagnostic::Code;
use crate::document::{Dep, DepValue, Flow, InlineDep, Metadata, MetadataKind};
use crate::quote::shown;
use crate::span::Origin;
use crate::syntax::{self, Element, NodeId, NodeKind};
use std::collections::HashMap;

impl Reader<'_, '_> {
    pub(super) fn read_dep(&mut self, node: NodeId, element: &Element, parent: Parent) {
        self.must_be_top(node, parent, Code::InvalidDepContext, "a dep");
        let name = self.optional_name(element, "a dep");
        self.no_alias(element, "a dep");
        let mut dep = Dep { origin: self.origin(node), name, ..Dep::default() };
        self.dep_settings(&mut dep, element.settings);
        let body = self.any_body(element);
        for line in body.lines {
            self.dep_line(&mut dep, line);
        }
        for sub in body.elements {
            self.dep_field(&mut dep, sub);
        }
        if parent == Parent::Top {
            dep.fields = last_of_each(std::mem::take(&mut dep.fields));
            self.document.deps.push(dep);
        }
    }

    fn dep_line(&mut self, dep: &mut Dep, line: NodeId) {
        let Some(statement) = self.line(line) else { return };
        let NodeKind::Infix(op, left, right) = self.tree.kind(statement.callee) else {
            let message = format!(
                "“{}” is no dependency; write two tables or columns with -> between them",
                self.quoted(statement.callee)
            );
            self.error_at(Code::InvalidDepField, statement.callee, message);
            self.want_places(statement.callee);
            return;
        };
        let (op, left, right) = (self.tree.value(*op), *left, *right);
        if !matches!(&*op, "->" | "<-") {
            let message = format!("“{}” goes nowhere; write a dependency with -> or <-", self.quoted(statement.callee));
            self.error_at(Code::InvalidDepField, statement.callee, message);
        }
        for end in [left, right] {
            if self.tree.path_and_tuple(end).is_none() {
                let message = format!("“{}” is neither a table nor a column", self.quoted(end));
                self.error_at(Code::InvalidDepField, end, message);
            }
        }
        let is_list = |node: &NodeId| matches!(self.tree.kind(*node), NodeKind::List(_));
        let mut args = statement.args.to_vec();
        let list = args.pop_if(|last| is_list(last));
        let list = if list.is_none() && args.first().is_some_and(is_list) { Some(args.remove(0)) } else { list };
        for arg in args {
            let message = format!("“{}” cannot follow a dependency; put each on a line of its own", self.quoted(arg));
            self.error_at(Code::InvalidDepField, arg, message);
        }
        self.dep_settings(dep, list);
        self.want_places(statement.callee);
        if let (Some(left), Some(right)) = (self.tree.path(left), self.tree.path(right)) {
            let (left, right) = (self.names_of(&left), self.names_of(&right));
            dep.edges.push(if op == "<-" { (right, left) } else { (left, right) });
        }
    }

    fn dep_field(&mut self, dep: &mut Dep, node: NodeId) {
        let tree = self.tree;
        let NodeKind::Element(element) = tree.kind(node) else { return };
        match tree.element_kind(element).as_str() {
            "note" => dep.note = self.read_note(node, element, Parent::Dep).or(dep.note.take()),
            "table" | "tablepartial" | "enum" | "ref" | "tablegroup" | "indexes" | "checks" | "records" | "project"
            | "diagramview" | "dep" => self.element(node, Parent::Dep),
            key => {
                self.read_custom(node, element, Parent::Dep);
                let body = element.body.and_then(|body| self.line(body));
                if let Some(statement) = body {
                    self.dep_value(dep, key, statement.callee);
                }
            }
        }
    }

    fn dep_settings(&mut self, dep: &mut Dep, list: Option<NodeId>) {
        for group in self.settings(list) {
            if let Some(value) = group.value() {
                self.dep_value(dep, &group.key, value);
            }
        }
    }

    fn dep_value(&mut self, dep: &mut Dep, key: &str, node: NodeId) {
        if key == "color" {
            dep.color = self.color_of(node, NoColor::Allowed).or(dep.color.take());
            return;
        }
        let number = self.tree.number(node).map(DepValue::Number);
        let text = self.tree.string(node).map(String::from).or_else(|| self.words_of(node));
        let color = || self.tree.color(node).map(str::to_owned);
        let Some(value) = number.or_else(|| text.or_else(color).map(DepValue::Text)) else { return };
        match (key, value) {
            ("note", DepValue::Text(text)) => dep.note = Some(super::note_text(&text)),
            ("note", DepValue::Number(text)) => dep.note = Some(text),
            (key, value) => dep.fields.push((key.to_owned(), value)),
        }
    }

    /// Dependencies in the settings of a table, or of a column in a scope: on tables, or on columns.
    pub(super) fn inline_deps(
        &mut self,
        group: &Group<'_>,
        codes: Codes,
        of: Of<'_>,
        column: Option<usize>,
    ) -> Vec<InlineDep> {
        let mut deps = Vec::new();
        for one in group.uses() {
            match one.value.and_then(|value| self.inline_dep(value)) {
                Some((flow, path)) => {
                    let target = self.names_of(&path);
                    deps.push(InlineDep { origin: Origin(one.span), flow, target });
                }
                None => {
                    let message = format!("the dep of {of} must be an arrow and a name, as in dep: <- orders");
                    self.error(codes.value, one.blame(self), message);
                }
            }
            for (names, _) in one.value.map(|value| self.mentions(value)).unwrap_or_default() {
                match column {
                    Some(scope) => self.want_column(&names, scope),
                    None => {
                        let (table, span) = (self.path_of(&names), self.span_of(&names));
                        self.wants.push(Want::Table { table, span });
                    }
                }
            }
        }
        deps
    }

    fn inline_dep(&self, value: NodeId) -> Option<(Flow, Vec<NodeId>)> {
        let NodeKind::Prefix(op, target) = self.tree.kind(value) else { return None };
        let flow = match &*self.tree.value(*op) {
            "->" => Flow::To,
            "<-" => Flow::From,
            _ => return None,
        };
        Some((flow, self.tree.path(*target)?))
    }

    /// Remembers to look up the tables and columns that an expression mentions.
    fn want_places(&mut self, node: NodeId) {
        for (names, columns) in self.mentions(node) {
            let span = self.span_of(if names.is_empty() { &columns } else { &names });
            let names = self.names_of(&names);
            self.wants.push(Want::Place { names, columns: self.names_of(&columns), span });
        }
    }

    pub(super) fn read_metadata(&mut self, node: NodeId, metadata: &syntax::Metadata) {
        let Some(word) = metadata.kind else { return };
        let kind = metadata_kind(&self.tree.value(word).to_ascii_lowercase());
        if kind.is_none() {
            let message = "metadata is of a Table, a Column, a TableGroup or a Note";
            self.error(Code::InvalidMetadataTargetKind, self.tree.token(word).span, message);
        }
        let path = metadata.name.and_then(|name| self.tree.path(name));
        match (metadata.name, &path) {
            (None, _) => {
                self.error_at(Code::NameNotFound, node, "metadata needs the name of the object that it is about");
            }
            (Some(name), None) => {
                let message = format!(
                    "“{}” is not the name of an object; write it as table, schema.table or table.column",
                    self.quoted(name)
                );
                self.error_at(Code::InvalidName, name, message);
            }
            (Some(_), Some(_)) => {}
        }
        let fields = self.metadata_body(metadata, kind);
        if let (Some(kind), Some(path)) = (kind, path) {
            let target = self.names_of(&path);
            let span = self.span_of(&path);
            self.wants.push(Want::Target { kind, names: target.clone(), span });
            self.document.metadata.push(Metadata { origin: self.origin(node), kind, target, fields });
        }
    }

    fn metadata_body(&mut self, metadata: &syntax::Metadata, kind: Option<MetadataKind>) -> Vec<(String, String)> {
        let element = Element { body: metadata.body, ..Element::default() };
        let body = self.block_body(&element, "metadata");
        for line in body.lines {
            let message = format!("“{}” is no metadata; write it as key: 'value'", self.quoted(line));
            self.error_at(Code::InvalidMetadataField, line, message);
        }
        let (mut fields, mut seen) = (Vec::new(), HashMap::<String, NodeId>::new());
        for sub in body.elements {
            let tree = self.tree;
            let NodeKind::Element(field) = tree.kind(sub) else { continue };
            let Some(word) = field.kind else { continue };
            let spelled = tree.value(word);
            let key = spelled.to_ascii_lowercase();
            if let Some(body) = field.body.filter(|body| matches!(tree.kind(*body), NodeKind::Block(_))) {
                let message = format!("“{}” needs a value after a colon instead of braces", shown(&spelled));
                self.error_at(Code::UnexpectedComplexBody, body, message);
                continue;
            }
            if let Some(first) = seen.get(&key).copied() {
                let message = format!("“{}” is given twice; keep one", shown(&spelled));
                self.error_at(Code::DuplicateMetadataField, first, message.as_str());
                self.error_at(Code::DuplicateMetadataField, sub, message);
            } else {
                seen.insert(key.clone(), sub);
            }
            fields.extend(self.metadata_field(sub, field, kind, &key).map(|value| (spelled.into_owned(), value)));
        }
        fields
    }

    /// A value; where the key is a setting that the object has, one that the setting may have.
    fn metadata_field(
        &mut self,
        node: NodeId,
        field: &Element,
        kind: Option<MetadataKind>,
        key: &str,
    ) -> Option<String> {
        let callee = field.body.and_then(|body| self.line(body)).map(|statement| statement.callee);
        let (value, blame, wanted) = match kind.and_then(|kind| builtin(kind, key)) {
            Some(Builtin::Note) => {
                (callee.and_then(|node| self.tree.string(node)).map(|text| super::note_text(&text)), node, "a string")
            }
            Some(Builtin::Color(none)) => (callee.and_then(|node| self.color_of(node, none)), node, "a color"),
            None => {
                let value = callee.and_then(|node| self.metadata_value(node));
                (value, field.body.unwrap_or(node), "a string or a color")
            }
        };
        if value.is_none() {
            self.error_at(Code::InvalidMetadataField, blame, format!("“{}” must be {wanted}", shown(key)));
        }
        value
    }
}

/// Of several values of a key the last one counts, at the place of the first.
fn last_of_each(fields: Vec<(String, DepValue)>) -> Vec<(String, DepValue)> {
    let (mut kept, mut places) = (Vec::<(String, DepValue)>::new(), HashMap::new());
    for (key, value) in fields {
        let at = *places.entry(key.clone()).or_insert(kept.len());
        match kept.get_mut(at) {
            Some((_, known)) => *known = value,
            None => kept.push((key, value)),
        }
    }
    kept
}

fn metadata_kind(word: &str) -> Option<MetadataKind> {
    Some(match word {
        "table" => MetadataKind::Table,
        "column" => MetadataKind::Column,
        "tablegroup" => MetadataKind::Group,
        "note" => MetadataKind::Note,
        _ => return None,
    })
}

/// A key of metadata that is a setting of its object.
pub(crate) enum Builtin {
    Note,
    Color(NoColor),
}

/// The setting that a key means, in lower case, for a kind of object.
pub(crate) fn builtin(kind: MetadataKind, key: &str) -> Option<Builtin> {
    match (kind, key) {
        (MetadataKind::Table | MetadataKind::Column | MetadataKind::Group, "note") => Some(Builtin::Note),
        (MetadataKind::Table, "headercolor") | (MetadataKind::Group, "color") => Some(Builtin::Color(NoColor::Refused)),
        (MetadataKind::Note, "color") => Some(Builtin::Color(NoColor::Allowed)),
        (MetadataKind::Table | MetadataKind::Column | MetadataKind::Group | MetadataKind::Note, _) => None,
    }
}
