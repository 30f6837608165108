//! References that stand on their own.

use super::bind::Want;
use super::setting::{Codes, Group, NoColor};
use super::{Line, Of, Parent, Reader};
use crate::diagnostic::Code;
use crate::document::{Endpoint, Ref, Relation};
use crate::quote::shown;
use crate::syntax::{Element, NodeId, NodeKind};

const CODES: Codes = Codes { twice: Code::DuplicateRefSetting, value: Code::InvalidRefSettingValue };
const ACTIONS: [&str; 5] = ["cascade", "restrict", "set null", "set default", "no action"];

/// The names before the columns of something that is mentioned, and the columns in parentheses.
pub(super) type Mention = (Vec<NodeId>, Vec<NodeId>);

impl Reader<'_, '_> {
    pub(super) fn read_ref(&mut self, node: NodeId, element: &Element, parent: Parent) {
        self.must_be_top(node, parent, Code::InvalidRefContext, "a ref");
        let name = self.optional_name(element, "a ref");
        self.no_alias(element, "a ref");
        if let Some(settings) = element.settings {
            let message = "the settings of a ref follow the relation; move the brackets to the end";
            self.error_at(Code::UnexpectedSettings, settings, message);
        }
        let body = self.any_body(element);
        if element.body.is_some() && body.lines.is_empty() {
            self.error_at(
                Code::EmptyRef,
                node,
                "this ref says nothing; write a relation such as orders.user_id > users.id",
            );
        }
        let mut refs = Vec::new();
        for (n, line) in body.lines.iter().enumerate() {
            if n > 0 {
                self.error_at(Code::RefRedefined, *line, "a ref is one relation; give this one a ref of its own");
            }
            refs.extend(self.relation(*line));
        }
        for sub in body.elements {
            self.element(sub, Parent::Other);
        }
        if parent == Parent::Top
            && let Some(mut reference) = refs.into_iter().next()
        {
            (reference.origin, reference.name) = (self.origin(node), name);
            self.document.refs.push(reference);
        }
    }

    fn relation(&mut self, line: NodeId) -> Option<Ref> {
        let statement = self.line(line)?;
        let callee = statement.callee;
        let operands =
            if let NodeKind::Infix(_, left, right) = self.tree.kind(callee) { Some((*left, *right)) } else { None };
        let relation = self.relation_operator(callee);
        let ends = operands
            .and_then(|(left, right)| Some((self.tree.path_and_tuple(left)?, self.tree.path_and_tuple(right)?)));
        match (&relation, &ends, operands) {
            (Some(_), Some((left, right)), Some((left_node, right_node))) => {
                self.needs_column(left, left_node);
                self.needs_column(right, right_node);
            }
            _ => {
                let message = format!(
                    "“{}” is no relation; write two columns with >, <, - or <> between them, as in orders.user_id > users.id",
                    self.quoted(callee),
                );
                self.error_at(Code::InvalidRefField, callee, message);
            }
        }
        if ends.as_ref().is_none_or(|(left, right)| left.1.len() != right.1.len()) {
            let message = "both ends of a ref need the same number of columns";
            self.error_at(Code::UnequalFieldsBinaryRef, callee, message);
        }
        let mut reference = self.ref_settings(statement);
        self.want_ends(statement);
        let (left, right) = ends?;
        reference.relation = relation?;
        (reference.left, reference.right) = (self.endpoint(&left), self.endpoint(&right));
        Some(reference)
    }

    fn relation_operator(&self, node: NodeId) -> Option<Relation> {
        let NodeKind::Infix(op, _, _) = self.tree.kind(node) else { return None };
        Relation::parse(&self.tree.value(*op))
    }

    fn needs_column(&mut self, (names, columns): &Mention, node: NodeId) {
        if names.len() + columns.len().min(1) < 2 {
            let message = format!("“{}” names no column; write it as table.column", self.quoted(node));
            self.error_at(Code::InvalidRefField, node, message);
        }
    }

    fn endpoint(&self, (names, columns): &Mention) -> Endpoint {
        if !columns.is_empty() {
            return Endpoint { table: self.path_of(names), columns: self.names_of(columns) };
        }
        let (column, table) =
            names.split_last().map_or((None, names.as_slice()), |(column, table)| (Some(column), table));
        Endpoint {
            table: self.path_of(table),
            columns: column.into_iter().map(|column| self.name_of(*column)).collect(),
        }
    }

    /// The settings, which stand last or else first after the relation; all else is refused.
    fn ref_settings(&mut self, statement: Line<'_>) -> Ref {
        let is_list = |node: &NodeId| matches!(self.tree.kind(*node), NodeKind::List(_));
        let mut args = statement.args.to_vec();
        let list = args.pop_if(|last| is_list(last));
        let list = if list.is_none() && args.first().is_some_and(is_list) { Some(args.remove(0)) } else { list };
        for arg in args {
            let message = format!(
                "“{}” does not belong in a ref; it is one relation with settings in brackets",
                self.quoted(arg)
            );
            self.error_at(Code::InvalidRefField, arg, message);
        }
        let mut reference = Ref::default();
        let of = Of::This("this ref");
        for group in self.settings(list) {
            match &*group.key {
                "delete" => reference.on_delete = self.action(&group),
                "update" => reference.on_update = self.action(&group),
                "color" => reference.color = self.color(&group, CODES, of, NoColor::Refused),
                "inactive" => {
                    self.flag(&group, CODES, of);
                    reference.inactive = true;
                }
                _ => self.unknown(
                    &group,
                    Code::UnknownRefSetting,
                    Of::This("a ref"),
                    "delete, update, color and inactive",
                ),
            }
        }
        reference
    }

    fn action(&mut self, group: &Group<'_>) -> Option<String> {
        self.once(group, CODES.twice, Of::This("this ref"));
        for one in group.uses() {
            let words = one.value.and_then(|value| self.words_of(value));
            if !words.is_some_and(|words| ACTIONS.contains(&words.to_ascii_lowercase().as_str())) {
                let message = format!("“{}” of a ref is one of {}", shown(&group.key), ACTIONS.join(", "));
                self.error(CODES.value, one.span, message);
            }
        }
        group.value().and_then(|value| self.words_of(value))
    }

    /// Bare words with one space between.
    pub(super) fn words_of(&self, node: NodeId) -> Option<String> {
        if let NodeKind::Words(words) = self.tree.kind(node) {
            return Some(self.tree.words(*words).into_owned());
        }
        self.tree.bare(node).map(str::to_owned)
    }

    fn want_ends(&mut self, statement: Line<'_>) {
        let nodes = std::iter::once(statement.callee).chain(statement.args.iter().copied());
        for (table, tuple) in nodes.flat_map(|node| self.mentions(node)).collect::<Vec<_>>() {
            if tuple.is_empty() {
                // A column alone is of no table here, and that is said already.
                if table.len() > 1 {
                    self.want_column(&table, usize::MAX);
                }
            } else if !table.is_empty() {
                let columns = tuple.iter().map(|node| (self.name_of(*node), self.tree.span(*node))).collect();
                self.wants.push(Want::Columns { table: self.path_of(&table), span: self.span_of(&table), columns });
            }
        }
    }

    /// The objects that an expression mentions.
    pub(super) fn mentions(&self, node: NodeId) -> Vec<Mention> {
        let (mut mentions, mut pending) = (Vec::new(), vec![node]);
        while let Some(node) = pending.pop() {
            if let Some(mention) = self.tree.path_and_tuple(node) {
                mentions.push(mention);
                continue;
            }
            let kind = self.tree.kind(node);
            if let NodeKind::Infix(op, left, right) = kind {
                // Of `a.b.` and the like, nobody knows what it mentions.
                if self.tree.value(*op) != "." {
                    pending.extend([*right, *left]);
                }
            } else if let NodeKind::Call(left, right) = kind {
                pending.extend([*right, *left]);
            } else if let NodeKind::Prefix(_, operand) = kind {
                pending.push(*operand);
            } else if let NodeKind::Tuple(elements) = kind {
                pending.extend(self.tree.list(*elements).iter().rev());
            }
        }
        mentions
    }
}
