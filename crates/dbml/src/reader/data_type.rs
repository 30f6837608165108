//! Types of columns.

use super::Reader;
use crate::document::{Type, TypeArgument, TypeSuffix};
use crate::syntax::{NodeId, NodeKind, SettingName};

impl Reader<'_, '_> {
    /// The type that a node is. Of several schemas only the first is kept; `rules` says so.
    pub(super) fn data_type(&self, node: NodeId) -> Option<Type> {
        let (mut node, mut suffixes) = (node, Vec::new());
        while let NodeKind::Call(inner, more) | NodeKind::Index(inner, more) = self.tree.kind(node) {
            suffixes.push(self.type_suffix(*more)?);
            node = *inner;
        }
        suffixes.reverse();
        if let Some(name) = self.tree.name(node) {
            return Some(Type { schema: None, name: name.into(), suffixes });
        }
        let path = self.tree.path(node)?;
        let (name, schemas) = path.split_last()?;
        let schema = schemas.first().map(|schema| self.name_of(*schema));
        Some(Type { schema, name: self.name_of(*name), suffixes })
    }

    fn type_suffix(&self, node: NodeId) -> Option<TypeSuffix> {
        if let NodeKind::Tuple(arguments) = self.tree.kind(node) {
            let arguments = self.tree.list(*arguments);
            let arguments: Option<Vec<_>> = arguments.iter().map(|node| self.type_argument(*node)).collect();
            return arguments.map(TypeSuffix::Arguments);
        }
        let NodeKind::List(sizes) = self.tree.kind(node) else { return None };
        let sizes: Option<Vec<_>> = self.tree.list(*sizes).iter().map(|node| self.array_size(*node)).collect();
        sizes.map(TypeSuffix::Array)
    }

    /// Whether the type has more schemas before its name than can be kept.
    pub(super) fn type_is_nested(&self, node: NodeId) -> bool {
        let mut node = node;
        while let NodeKind::Call(inner, _) | NodeKind::Index(inner, _) = self.tree.kind(node) {
            node = *inner;
        }
        matches!(self.tree.kind(node), NodeKind::Infix(..)) && self.tree.path(node).is_some_and(|path| path.len() > 2)
    }

    fn type_argument(&self, node: NodeId) -> Option<TypeArgument> {
        if let Some(number) = self.tree.number(node) {
            return Some(TypeArgument::Number(number));
        }
        if let Some(text) = self.tree.string(node) {
            return Some(TypeArgument::String(text.into()));
        }
        self.tree.bare(node).map(|name| TypeArgument::Name(name.to_owned()))
    }

    fn array_size(&self, node: NodeId) -> Option<String> {
        let NodeKind::Setting(setting) = self.tree.kind(node) else { return None };
        let SettingName::Other(name) = &setting.name else { return None };
        self.tree.number(*name).filter(|_| setting.value.is_none())
    }
}
