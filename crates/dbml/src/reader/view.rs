//! Views of parts of the diagram.

use super::bind::Want;
use super::{Of, Parent, Reader};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Path, Shown, View};
use crate::quote::shown;
use crate::syntax::{Element, NodeId, NodeKind};
use std::collections::HashSet;

impl Reader<'_, '_> {
    pub(super) fn read_view(&mut self, node: NodeId, element: &Element, parent: Parent) {
        self.must_be_top(node, parent, Code::InvalidDiagramviewContext, "a view");
        let name = self.required_name(node, element, "a view");
        self.no_alias(element, "a view");
        let of = name.as_ref().map_or(Of::This("this view"), |name| Of::Name("view", name));
        for group in self.settings(element.settings) {
            for one in group.uses() {
                self.error(
                    Code::UnexpectedSettings,
                    one.span,
                    format!("{of} has no settings; remove “{}”", shown(&group.key)),
                );
            }
        }
        let mut view = View { origin: self.origin(node), ..View::default() };
        let body = self.block_body(element, "a view");
        for line in body.lines {
            self.view_line(&mut view, line, of);
        }
        for sub in body.elements {
            self.view_block(&mut view, sub, of);
        }
        if let (Some(name), Parent::Top) = (&name, parent) {
            let first = self.scopes.declare_view(name);
            self.declared(first, element.name.unwrap_or(node), of);
            view.name.clone_from(name);
            self.document.views.push(view);
        }
    }

    fn view_line(&mut self, view: &mut View, line: NodeId, of: Of<'_>) {
        let Some(statement) = self.line(line) else { return };
        if !matches!(self.tree.kind(statement.callee), NodeKind::Wildcard) {
            let message = format!(
                "{of} shows objects in blocks called Tables, Notes, TableGroups and Schemas; move “{}” into one",
                self.quoted(line)
            );
            self.error_at(Code::InvalidDiagramviewField, line, message);
            return;
        }
        view.everything = true;
        for arg in statement.args {
            self.error_at(Code::InvalidDiagramviewField, *arg, format!("“{}” cannot follow *", self.quoted(*arg)));
        }
    }

    fn view_block(&mut self, view: &mut View, node: NodeId, of: Of<'_>) {
        let tree = self.tree;
        let NodeKind::Element(element) = tree.kind(node) else { return };
        let kind = tree.element_kind(element);
        if !matches!(kind.as_str(), "tables" | "notes" | "tablegroups" | "schemas") {
            let message =
                format!("{of} has no block “{}”; there are Tables, Notes, TableGroups and Schemas", shown(&kind));
            self.error_at(Code::InvalidDiagramviewField, node, message);
            return;
        }
        let (mut these, mut all, mut seen) = (Vec::new(), false, HashSet::new());
        for line in tree.items(element.body) {
            let Some(statement) = self.line(*line) else { continue };
            for arg in statement.args {
                let message =
                    format!("“{}” cannot follow a name in {of}; put each name on a line of its own", self.quoted(*arg));
                self.error_at(Code::InvalidDiagramviewField, *arg, message);
            }
            if matches!(tree.kind(statement.callee), NodeKind::Wildcard) {
                all = true;
                continue;
            }
            if let Some(name) = tree.name(statement.callee) {
                self.shown_once(name.into_owned(), *line, of, &mut seen);
            }
            these.extend(self.shown_object(statement.callee, &kind));
        }
        if all && !these.is_empty() {
            let message = format!("* in {of} shows all, so that the names beside it have no effect");
            self.diagnostics.push(Diagnostic::warning(Code::InvalidDiagramviewField, tree.span(node), message));
        }
        let shown = Some(if all { Shown::All } else { Shown::These(these) });
        match kind.as_str() {
            "tables" => view.tables = shown,
            "notes" => view.notes = shown,
            "tablegroups" => view.groups = shown,
            _ => view.schemas = shown,
        }
    }

    /// Naming an object twice does no harm, and has no effect.
    fn shown_once(&mut self, name: String, line: NodeId, of: Of<'_>, seen: &mut HashSet<String>) {
        let message = format!("{of} names {} twice; remove one", shown(&name));
        if !seen.insert(name) {
            let span = self.tree.span(line);
            self.diagnostics.push(Diagnostic::warning(Code::DuplicateDiagramviewField, span, message));
        }
    }

    fn shown_object(&mut self, node: NodeId, kind: &str) -> Option<Path> {
        let nodes = self.tree.path(node)?;
        let path = self.path_of(&nodes);
        let span = self.tree.span(node);
        self.wants.push(match kind {
            "tables" => Want::Table { table: path.clone(), span },
            "notes" => Want::Note { path: path.clone(), span },
            "tablegroups" => Want::Group { name: path.name.clone(), span },
            _ => Want::Schema { schema: self.names_of(&nodes), span },
        });
        // The names of a schema are all its own; `public` is one of them.
        Some(if kind == "schemas" {
            let mut names = self.names_of(&nodes);
            let name = names.pop().unwrap_or_default();
            Path { schema: names, name }
        } else {
            path
        })
    }
}
