//! Indexes and checks.

use super::bind::Want;
use super::setting::{Codes, Group};
use super::{Of, Parent, Reader};
use crate::diagnostic::Code;
use crate::document::{Check, Index, IndexPart};
use crate::syntax::{Element, NodeId, NodeKind};

const INDEX: Codes = Codes { twice: Code::DuplicateIndexSetting, value: Code::InvalidIndexSettingValue };
const CHECK: Codes = Codes { twice: Code::DuplicateCheckSetting, value: Code::InvalidCheckSettingValue };

impl Reader<'_, '_> {
    /// A block of indexes; columns are looked up in the scope.
    pub(super) fn read_indexes(
        &mut self,
        node: NodeId,
        element: &Element,
        parent: Parent,
        scope: Option<usize>,
    ) -> Vec<Index> {
        self.must_be_in_table(node, parent, Code::InvalidIndexesContext, "indexes");
        self.plain_header(element, "a block of indexes");
        let body = self.block_body(element, "a block of indexes");
        let indexes = body.lines.iter().filter_map(|line| self.index(*line, scope)).collect();
        for sub in body.elements {
            self.element(sub, Parent::Other);
        }
        indexes
    }

    fn must_be_in_table(&mut self, node: NodeId, parent: Parent, code: Code, what: &str) {
        if !matches!(parent, Parent::Table | Parent::Partial) {
            self.error_at(code, node, format!("{what} stand in a table or a table partial; move them there"));
        }
    }

    pub(super) fn plain_header(&mut self, element: &Element, what: &str) {
        self.no_name(element, what);
        self.no_alias(element, what);
        self.no_settings(element, what);
    }

    fn index(&mut self, line: NodeId, scope: Option<usize>) -> Option<Index> {
        let statement = self.line(line)?;
        let (parts, settings) = self.parts(statement);
        let mut index = Index { origin: self.origin(line), ..Index::default() };
        for part in parts.iter().flat_map(|part| self.called(*part)).collect::<Vec<_>>() {
            match self.index_parts(part) {
                Some(parts) => index.parts.extend(parts),
                None => {
                    let message = format!(
                        "“{}” cannot be indexed; write a column, an expression in backticks, or several in parentheses",
                        self.quoted(part),
                    );
                    self.error_at(Code::InvalidIndexesField, part, message);
                }
            }
        }
        for group in self.settings(settings) {
            self.index_setting(&mut index, &group);
        }
        if let Some(scope) = scope {
            for part in parts {
                self.want_index_columns(part, scope);
            }
        }
        Some(index)
    }

    /// `(a, b) (c, d)` reads as a call; its pieces, in order.
    fn called(&self, node: NodeId) -> Vec<NodeId> {
        let (mut node, mut pieces) = (node, Vec::new());
        while let NodeKind::Call(callee, arguments) = self.tree.kind(node) {
            pieces.push(*arguments);
            node = *callee;
        }
        pieces.push(node);
        pieces.reverse();
        pieces
    }

    fn index_parts(&self, node: NodeId) -> Option<Vec<IndexPart>> {
        if let NodeKind::Tuple(elements) = self.tree.kind(node) {
            let elements = self.tree.list(*elements);
            return elements.iter().map(|element| self.index_part(*element)).collect();
        }
        Some(vec![self.index_part(node)?])
    }

    fn index_part(&self, node: NodeId) -> Option<IndexPart> {
        if let Some(text) = self.tree.expression(node) {
            return Some(IndexPart::Expression(text.into()));
        }
        self.tree.name(node).map(|name| IndexPart::Column(name.into()))
    }

    fn want_index_columns(&mut self, part: NodeId, scope: usize) {
        for (names, tuple) in self.mentions(part) {
            let nodes = match names.as_slice() {
                [] => tuple,
                [_] => names,
                _ => continue,
            };
            let columns = nodes.iter().map(|node| (self.name_of(*node), self.tree.span(*node))).collect();
            self.wants.push(Want::Own { scope, columns });
        }
    }

    fn index_setting(&mut self, index: &mut Index, group: &Group<'_>) {
        let of = Of::This("this index");
        match &*group.key {
            "name" => index.name = self.text(group, INDEX, of),
            "note" => index.note = self.text(group, INDEX, of),
            "unique" => {
                self.flag(group, INDEX, of);
                index.unique = true;
            }
            "pk" => {
                self.flag(group, INDEX, of);
                index.primary = true;
            }
            "type" => {
                self.once(group, INDEX.twice, of);
                for one in group.uses() {
                    if one.value.and_then(|value| self.tree.name(value)).is_none() {
                        let message = "the type of an index is a word such as btree, hash or gin";
                        self.error(INDEX.value, one.span, message);
                    }
                }
                index.method = group.value().and_then(|value| self.tree.name(value)).map(Into::into);
            }
            _ => {
                self.unknown(group, Code::UnknownIndexSetting, Of::This("an index"), "name, type, unique, pk and note");
            }
        }
    }

    pub(super) fn read_checks(&mut self, node: NodeId, element: &Element, parent: Parent) -> Vec<Check> {
        self.must_be_in_table(node, parent, Code::InvalidChecksContext, "checks");
        self.plain_header(element, "a block of checks");
        let body = self.block_body(element, "a block of checks");
        let checks = body.lines.iter().filter_map(|line| self.check(*line)).collect();
        for sub in body.elements {
            self.element(sub, Parent::Other);
        }
        checks
    }

    fn check(&mut self, line: NodeId) -> Option<Check> {
        let statement = self.line(line)?;
        let (parts, settings) = self.parts(statement);
        let mut check = Check { origin: self.origin(line), ..Check::default() };
        for group in self.settings(settings) {
            match &*group.key {
                "name" => check.name = self.text(&group, CHECK, Of::This("this check")),
                _ => self.unknown(&group, Code::UnknownCheckSetting, Of::This("a check"), "name only"),
            }
        }
        let expression = match parts.as_slice() {
            [only] => self.tree.expression(*only),
            _ => None,
        };
        if expression.is_none() {
            self.error_at(Code::InvalidChecksField, line, "a check is one expression in backticks, as in `price > 0`");
        }
        check.expression = expression?.into();
        Some(check)
    }
}
