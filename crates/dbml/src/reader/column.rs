//! Columns and their settings.

use super::bind::Want;
use super::setting::{Codes, Group};
use super::{Line, Of, Reader};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Column, InlineRef, Relation, Value};
use crate::quote::shown;
use crate::span::{Origin, Span};
use crate::syntax::{NodeId, NodeKind};
use std::borrow::Cow;

const CODES: Codes = Codes { twice: Code::DuplicateColumnSetting, value: Code::InvalidColumnSettingValue };

impl<'a> Reader<'_, 'a> {
    pub(super) fn column(&mut self, line: NodeId, statement: Line<'_>, scope: usize, of: Of<'_>) -> Option<Column> {
        let name = self.tree.name(statement.callee).map(String::from);
        if name.is_none() {
            let message =
                format!("“{}” is not the name of a column; put it in double quotes", self.quoted(statement.callee));
            self.error_at(Code::InvalidColumnName, statement.callee, message);
        }
        let shown_name = name.as_deref().map_or(Of::This("this column"), |name| Of::Name("column", name));
        let mut column = Column { origin: self.origin(line), ..Column::default() };
        match statement.args.split_first() {
            None => {
                let message =
                    format!("{shown_name} of {of} needs a type, as in {} integer", self.quoted(statement.callee));
                self.error_at(Code::InvalidColumn, statement.callee, message);
            }
            Some((data_type, rest)) => {
                match self.data_type(*data_type) {
                    Some(parsed) => {
                        column.data_type = parsed;
                        self.not_nested(*data_type, shown_name);
                    }
                    None => {
                        let message = format!(
                            "“{}” is not a type; {shown_name} needs one such as integer, varchar(255) or \"double precision\"",
                            self.quoted(*data_type),
                        );
                        self.error_at(Code::InvalidColumnType, *data_type, message);
                    }
                }
                self.column_rest(&mut column, rest, scope, shown_name);
            }
        }
        column.name = name?;
        let written = self.tree.name(statement.callee)?;
        self.declare_column(scope, written, self.tree.span(line), of);
        Some(column)
    }

    fn not_nested(&mut self, data_type: NodeId, of: Of<'_>) {
        if self.type_is_nested(data_type) {
            let message = format!("the type of {of} can have one schema before its name");
            self.late.push(Diagnostic::new(Code::Unsupported, self.tree.span(data_type), message));
        }
    }

    fn declare_column(&mut self, scope: usize, name: Cow<'a, str>, line: Span, of: Of<'_>) {
        let written = name.clone();
        if let Some(first) = self.scopes.declare_column(scope, name, line) {
            let message = format!("{of} has two columns called {}; rename one", shown(&written));
            self.error(Code::DuplicateColumnName, line, message.as_str());
            self.error(Code::DuplicateColumnName, first, message);
        }
    }

    /// What follows the type: words of the old form, and settings.
    fn column_rest(&mut self, column: &mut Column, rest: &[NodeId], scope: usize, of: Of<'_>) {
        let (words, list) = match rest.split_last() {
            Some((last, words)) if matches!(self.tree.kind(*last), NodeKind::List(_)) => (words, Some(*last)),
            Some(_) | None => (rest, None),
        };
        if !words.iter().all(|word| self.tree.bare(*word).is_some()) {
            for part in rest {
                let message = format!(
                    "“{}” cannot follow the type of {of}; settings stand in one pair of brackets",
                    self.quoted(*part)
                );
                self.error_at(Code::InvalidColumn, *part, message);
            }
            return;
        }
        let mut groups = self.settings(list);
        for word in words {
            let text = self.tree.bare(*word).unwrap_or_default().to_lowercase();
            if text != "pk" && text != "unique" {
                let message = format!(
                    "“{}” cannot follow the type of {of}; quote a type of several words, and put settings in brackets",
                    shown(&text)
                );
                self.error_at(Code::InvalidSettings, *word, message);
                continue;
            }
            let one = super::setting::Use { span: self.tree.span(*word), value: None };
            match groups.iter_mut().find(|group| group.key == text) {
                Some(group) => group.more.push(one),
                None => {
                    let (key, spelled) = (Cow::Owned(text.clone()), Cow::Owned(text));
                    groups.push(Group { key, spelled, first: one, more: Vec::new() });
                }
            }
        }
        for group in &groups {
            self.column_setting(column, group, scope, of);
        }
        self.excluding(&groups, ["pk", "primary key"], Code::DuplicateColumnSetting, of);
        self.excluding(&groups, ["null", "not null"], Code::ConflictingSetting, of);
    }

    /// Says so when both of two settings are there.
    fn excluding(&mut self, groups: &[Group<'_>], keys: [&str; 2], code: Code, of: Of<'_>) {
        let both: Vec<&Group<'_>> = groups.iter().filter(|group| keys.contains(&&*group.key)).collect();
        if both.len() > 1 {
            for one in both.iter().flat_map(|group| group.uses()) {
                let [a, b] = keys;
                self.error(code, one.span, format!("{of} is said to be both “{a}” and “{b}”; keep one"));
            }
        }
    }

    fn column_setting(&mut self, column: &mut Column, group: &Group<'_>, scope: usize, of: Of<'_>) {
        match &*group.key {
            "pk" | "primary key" => {
                self.flag(group, CODES, of);
                column.primary = true;
            }
            "unique" => {
                self.flag(group, CODES, of);
                column.unique = true;
            }
            "not null" => {
                self.flag(group, CODES, of);
                column.nullable = Some(false);
            }
            "null" => {
                self.flag(group, CODES, of);
                column.nullable = Some(true);
            }
            "increment" => {
                self.flag(group, CODES, of);
                column.increment = true;
            }
            "note" => column.note = self.text(group, CODES, of).map(|text| super::note_text(&text)),
            "default" => column.default = self.default(group, of),
            "ref" => column.refs = self.inline_refs(group, scope, of),
            "check" => column.checks = self.column_checks(group, of),
            "dep" => column.deps = self.inline_deps(group, CODES, of, Some(scope)),
            _ => column.metadata.extend(self.metadata(group, CODES, of)),
        }
    }

    fn default(&mut self, group: &Group<'_>, of: Of<'_>) -> Option<Value> {
        self.once(group, CODES.twice, of);
        let mut default = None;
        for one in group.uses() {
            let value = one.value.and_then(|value| self.default_value(value));
            if value.is_none() {
                let message = format!(
                    "the default of {of} must be a string, a number, true, false, null, a value of an enum, or an expression in backticks"
                );
                self.error(CODES.value, one.blame(self), message);
            }
            if let Some(node) = one.value {
                self.want_enum_value(node);
            }
            default = default.or(value);
        }
        default
    }

    fn default_value(&self, node: NodeId) -> Option<Value> {
        if let Some(value) = self.plain_value(node) {
            return Some(value);
        }
        let path = self.tree.path(node)?;
        matches!(path.len(), 2 | 3).then(|| self.enum_value(&path))
    }

    /// A value that is no value of an enum.
    pub(super) fn plain_value(&self, node: NodeId) -> Option<Value> {
        if let Some(text) = self.tree.string(node) {
            return Some(Value::String(text.into()));
        }
        if let Some(number) = self.tree.number(node) {
            return Some(Value::Number(number));
        }
        if let Some(expression) = self.tree.expression(node) {
            return Some(Value::Expression(expression.into()));
        }
        match self.tree.bare(node)?.to_ascii_lowercase().as_str() {
            "true" => Some(Value::Boolean(true)),
            "false" => Some(Value::Boolean(false)),
            "null" => Some(Value::Null),
            _ => None,
        }
    }

    /// `enum.value` or `schema.enum.value`.
    pub(super) fn enum_value(&self, path: &[NodeId]) -> Value {
        let (value, path) =
            path.split_last().map_or((String::new(), path), |(value, path)| (self.name_of(*value), path));
        Value::Enum(self.path_of(path), value)
    }

    /// Remembers to look up a value of an enum.
    pub(super) fn want_enum_value(&mut self, node: NodeId) {
        if !matches!(self.tree.kind(node), NodeKind::Infix(..)) {
            return;
        }
        let Some(path) = self.tree.path(node).filter(|path| path.len() > 1) else { return };
        if let Some((value, name)) = path.split_last() {
            let (enum_path, value_text) = (self.path_of(name), self.name_of(*value));
            let (enum_span, value_span) = (self.span_of(name), self.tree.span(*value));
            self.wants.push(Want::EnumValue { path: enum_path, span: enum_span, value: value_text, value_span });
        }
    }

    /// From the first to the last of some nodes.
    pub(super) fn span_of(&self, nodes: &[NodeId]) -> Span {
        let first = nodes.first().map(|node| self.tree.span(*node)).unwrap_or_default();
        nodes.last().map_or(first, |last| first.to(self.tree.span(*last)))
    }

    fn inline_refs(&mut self, group: &Group<'_>, scope: usize, of: Of<'_>) -> Vec<InlineRef> {
        let mut refs = Vec::new();
        for one in group.uses() {
            match one.value.and_then(|value| self.inline_ref(one.span, value)) {
                Some(reference) => refs.push(reference),
                None => {
                    let message = format!("a ref of {of} must be an operator and a column, as in ref: > users.id");
                    self.error(CODES.value, one.blame(self), message);
                }
            }
            let target = match one.value.map(|value| self.tree.kind(value)) {
                Some(NodeKind::Prefix(_, target)) => Some(*target),
                Some(_) | None => one.value,
            };
            if let Some(path) = target.and_then(|target| self.tree.path(target)) {
                self.want_column(&path, scope);
            }
        }
        refs
    }

    fn inline_ref(&self, span: Span, value: NodeId) -> Option<InlineRef> {
        let NodeKind::Prefix(op, target) = self.tree.kind(value) else { return None };
        let relation = Relation::parse(&self.tree.value(*op))?;
        let path = self.tree.path(*target)?;
        let (column, table) = path.split_last()?;
        let table = (!table.is_empty()).then(|| self.path_of(table));
        Some(InlineRef { origin: Origin(span), relation, table, column: self.name_of(*column) })
    }

    /// Remembers to look up a column, of the table that is named or else of the scope.
    pub(super) fn want_column(&mut self, path: &[NodeId], scope: usize) {
        let Some((column, table)) = path.split_last() else { return };
        let Some(name) = self.tree.name(*column) else { return };
        let column = (name, self.tree.span(*column));
        self.wants.push(if table.is_empty() {
            Want::OwnColumn { scope, column }
        } else {
            Want::Column { table: self.path_of(table), span: self.span_of(table), column }
        });
    }

    fn column_checks(&mut self, group: &Group<'_>, of: Of<'_>) -> Vec<String> {
        let mut checks = Vec::new();
        for one in group.uses() {
            match one.value.and_then(|value| self.tree.expression(value)) {
                Some(text) => checks.push(text.into()),
                None => {
                    let message = format!("a check of {of} must be an expression in backticks");
                    self.error(CODES.value, one.blame(self), message);
                }
            }
        }
        checks
    }
}
