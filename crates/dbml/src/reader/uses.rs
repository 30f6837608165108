//! Imports. Only one text is read here, so that what another one has is not known.

use super::Reader;
use crate::diagnostic::Code;
use crate::document::{Use, UseItem};
use crate::quote::shown;
use crate::syntax::{self, NodeId, NodeKind};

/// The kinds of what can be imported.
const KINDS: [&str; 6] = ["table", "enum", "tablepartial", "note", "schema", "tablegroup"];

impl Reader<'_, '_> {
    pub(super) fn read_use(&mut self, node: NodeId, declaration: &syntax::Use) {
        let tree = self.tree;
        let items = tree.list(declaration.items);
        let read = |item: &NodeId| Some((self.use_item(*item)?, *item));
        let (known, nodes): (Vec<UseItem>, Vec<NodeId>) = items.iter().filter_map(read).unzip();
        let Some(path) = declaration.path else { return };
        let from = self.tree.value(path).into_owned();
        let span = self.tree.token(path).span;
        if !declaration.everything && !from.starts_with("./") && !from.starts_with("../") {
            let message = format!("the file “{}” must be given from here, as in './users' or '../users'", shown(&from));
            self.error(Code::InvalidUseSpecifierName, span, message);
        } else {
            let message =
                format!("“{}” is another file, and only this one is read; put what it has into this one", shown(&from));
            self.error(Code::NonexistentModule, span, message);
        }
        for item in items {
            self.unresolved(*item);
        }
        let passed_on = declaration.keyword.is_some_and(|word| self.tree.value(word).eq_ignore_ascii_case("reuse"));
        for (item, node) in known.iter().zip(&nodes) {
            let visible = item.alias.clone().unwrap_or_else(|| item.path.clone());
            self.imports.push((passed_on, item.kind.clone(), visible, self.tree.span(*node)));
        }
        let items = (!declaration.everything).then_some(known);
        self.document.uses.push(Use { origin: self.origin(node), passed_on, items, from });
    }

    fn use_item(&mut self, node: NodeId) -> Option<UseItem> {
        let tree = self.tree;
        let NodeKind::UseItem(item) = tree.kind(node) else { return None };
        // Without a kind it is no import, and that is said already.
        let kind = item.kind.map(|kind| tree.value(kind).to_ascii_lowercase());
        kind.as_ref()?;
        if !kind.as_deref().is_some_and(|kind| KINDS.contains(&kind)) {
            let span = item.kind.map_or(tree.span(node), |kind| tree.token(kind).span);
            let message = format!("an import names a kind of object: {}", KINDS.join(", "));
            self.error(Code::InvalidUseSpecifierKind, span, message);
        }
        let path = item.name.and_then(|name| tree.path(name)).map(|path| self.path_of(&path));
        if path.is_none() {
            self.error_at(Code::InvalidName, node, "an import names an object, as in table users or table auth.users");
        }
        let alias = item.alias.and_then(|alias| tree.path(alias)).map(|path| self.path_of(&path));
        if item.alias.is_some() && alias.is_none() {
            self.error_at(Code::InvalidAlias, node, "the alias of an import is a name, as in table users as people");
        }
        Some(UseItem { kind: kind?, path: path?, alias })
    }

    /// Says that an object of another file is not there.
    fn unresolved(&mut self, node: NodeId) {
        let NodeKind::UseItem(item) = self.tree.kind(node) else { return };
        let Some(name) = item.name else { return };
        let kind = item.kind.map(|kind| self.tree.value(kind).to_ascii_lowercase());
        let known = kind.as_deref().is_some_and(|kind| KINDS.contains(&kind));
        let Some(path) = self.tree.path(name).filter(|_| known) else { return };
        let message = format!("{} is not known, because its file is not read", self.quoted(name));
        self.error_at(Code::NonexistentModule, name, message.as_str());
        if path.len() == 1 && kind.as_deref() != Some("schema") {
            self.error_at(Code::BindingError, node, message);
        }
    }

    /// Gives what is imported its names, after all that this text has itself. What is passed on comes first.
    pub(super) fn declare_imports(&mut self) {
        let mut imports = std::mem::take(&mut self.imports);
        imports.sort_by_key(|(passed_on, ..)| !passed_on);
        for (_, kind, path, span) in imports {
            if !self.scopes.import(&kind, &path) {
                let message =
                    format!("there is a {kind} {} already; import it under an alias", shown(&path.to_string()));
                self.error(Code::DuplicateName, span, message);
            }
        }
    }
}
