//! Rows of tables.

use super::bind::Want;
use super::setting::Codes;
use super::{Of, Parent, Reader};
use crate::diagnostic::Code;
use crate::document::{Path, Records, Row, Value};
use crate::syntax::{Element, NodeId, NodeKind};

const CODES: Codes = Codes { twice: Code::DuplicateRecordsSetting, value: Code::InvalidRecordsSettingValue };

impl Reader<'_, '_> {
    /// A block of rows. Within a table, that table and its scope are given.
    pub(super) fn read_records(
        &mut self,
        node: NodeId,
        element: &Element,
        parent: Parent,
        within: Option<(&Path, usize)>,
    ) {
        if !matches!(parent, Parent::Top | Parent::Table) {
            let message = "records stand at the top level or in a table; move them there";
            self.error_at(Code::InvalidRecordsContext, node, message);
        }
        let mut records = Records { origin: self.origin(node), ..Records::default() };
        let known = if parent == Parent::Top {
            self.named_records(&mut records, node, element)
        } else {
            self.own_records(&mut records, element, within)
        };
        self.no_alias(element, "a block of records");
        for group in self.settings(element.settings) {
            match &*group.key {
                "example" => {
                    self.flag(&group, CODES, Of::This("these records"));
                    records.example = true;
                }
                _ => self.unknown(&group, Code::UnknownRecordsSetting, Of::This("a block of records"), "example only"),
            }
        }
        let body = self.any_body(element);
        for line in &body.lines {
            records.rows.extend(self.row(*line));
        }
        for sub in body.elements {
            self.element(sub, Parent::Other);
        }
        if known && matches!(parent, Parent::Top | Parent::Table) {
            self.document.records.push(records);
        }
    }

    /// `table(a, b)`
    fn named_records(&mut self, records: &mut Records, node: NodeId, element: &Element) -> bool {
        let Some(NodeKind::Call(callee, tuple)) = element.name.map(|name| self.tree.kind(name)) else {
            let blame = element.name.map(|name| self.tree.span(name));
            let blame = blame.or(element.kind.map(|kind| self.tree.token(kind).span));
            let message = "records need a table and its columns, as in Records users(id, name) { … }";
            self.error(Code::InvalidRecordsName, blame.unwrap_or(self.tree.span(node)), message);
            return false;
        };
        let (callee, tuple) = (*callee, *tuple);
        let path = self.tree.path(callee);
        if path.is_none() {
            let message = format!("“{}” is not a table; write it as table or schema.table", self.quoted(callee));
            self.error_at(Code::InvalidRecordsName, callee, message);
        }
        let columns = self.column_list(tuple);
        if columns.is_none() {
            self.error_at(Code::InvalidRecordsName, tuple, "the columns of records are names with commas between them");
        }
        let (Some(path), Some(columns)) = (path, columns) else { return false };
        records.table = self.path_of(&path);
        records.columns = Some(self.names_of(&columns));
        let columns = columns.iter().map(|node| (self.name_of(*node), self.tree.span(*node))).collect();
        self.wants.push(Want::Records { table: records.table.clone(), span: self.span_of(&path), columns });
        true
    }

    /// `(a, b)`, or nothing for all columns.
    fn own_records(&mut self, records: &mut Records, element: &Element, within: Option<(&Path, usize)>) -> bool {
        let Some((path, scope)) = within else { return false };
        records.table = path.clone();
        let Some(name) = element.name else { return true };
        let Some(columns) = self.column_list(name) else {
            let message = format!(
                "“{}” is not a list of columns; records in a table are of that table, as in records (id, name)",
                self.quoted(name)
            );
            self.error_at(Code::InvalidRecordsName, name, message);
            return false;
        };
        records.columns = Some(self.names_of(&columns));
        let columns = columns.iter().map(|node| (self.name_of(*node), self.tree.span(*node))).collect();
        self.wants.push(Want::Own { scope, columns });
        true
    }

    fn column_list(&self, node: NodeId) -> Option<Vec<NodeId>> {
        let NodeKind::Tuple(elements) = self.tree.kind(node) else { return None };
        let elements = self.tree.list(*elements);
        elements.iter().all(|element| self.tree.name(*element).is_some()).then(|| elements.to_vec())
    }

    fn row(&mut self, line: NodeId) -> Option<Row> {
        let statement = self.line(line)?;
        if !statement.args.is_empty() {
            let message = "a row is values with commas between them; put each row on a line of its own";
            self.error_at(Code::InvalidRecordsField, line, message);
            return None;
        }
        let one = [statement.callee];
        let commas = if let NodeKind::Commas(list) = self.tree.kind(statement.callee) { Some(*list) } else { None };
        let nodes = commas.map_or(&one[..], |list| self.tree.list(list));
        let mut values = Vec::with_capacity(nodes.len());
        for node in nodes.iter().copied() {
            match self.row_value(node) {
                Some(value) => values.push(value),
                None => {
                    let message = format!(
                        "“{}” is not a value of a row; write a string, a number, true, false, null, a value of an enum, or an expression in backticks",
                        self.quoted(node),
                    );
                    self.error_at(Code::InvalidRecordsField, node, message);
                    values.push(Value::Null);
                }
            }
            for (path, tuple) in self.mentions(node) {
                if let (Some(last), true) = (path.last(), tuple.is_empty())
                    && path.len() > 1
                {
                    let (value, span) = (self.name_of(*last), self.tree.span(*last));
                    let name = path.get(..path.len() - 1).unwrap_or_default();
                    let (path, enum_span) = (self.path_of(name), self.span_of(name));
                    self.wants.push(Want::EnumValue { path, span: enum_span, value, value_span: span });
                }
            }
        }
        Some(Row { origin: self.origin(line), values })
    }

    fn row_value(&self, node: NodeId) -> Option<Value> {
        if matches!(self.tree.kind(node), NodeKind::Missing) {
            return Some(Value::Null);
        }
        if let Some(value) = self.plain_value(node) {
            return Some(value);
        }
        let path = self.tree.path(node)?;
        (path.len() > 1).then(|| self.enum_value(&path))
    }
}
