//! Tables and partials as text.

use super::{Printer, bracketed, dotted, names, path};
use crate::document::{
    Check, Column, Flow, Index, IndexPart, InlineDep, Partial, Records, Table, TableItem, Type, TypeArgument,
    TypeSuffix,
};
use crate::quote;

impl Printer {
    pub(super) fn table(&mut self, table: &Table, records: &[&Records]) {
        let name = path(&table.path);
        if table.items.is_empty() {
            // Readers refuse a table without columns.
            return self.leave_out(table.origin, format!("table {name} is left out, because it has no columns yet"));
        }
        let alias = table.alias.as_deref().map(|alias| format!(" as {}", quote::name(alias))).unwrap_or_default();
        let mut settings: Vec<String> =
            table.header_color.iter().map(|color| format!("headercolor: {color}")).collect();
        settings.extend(self.deps(&table.deps));
        settings.extend(self.own_settings(&table.metadata, table.origin));
        self.line(0, &format!("Table {name}{alias}{} {{", bracketed(&settings)));
        for item in &table.items {
            match item {
                TableItem::Column(column) => self.column(column),
                TableItem::Partial(partial) => self.line(1, &format!("~{}", quote::name(&partial.name))),
            }
        }
        self.constraints(&table.indexes, &table.checks);
        if let Some(note) = &table.note {
            self.push("\n");
            self.note(1, note);
        }
        for records in records {
            let example = self.example(records);
            self.push("\n");
            self.line(1, &format!("records{example} {{"));
            self.rows(2, &records.rows);
            self.line(1, "}");
        }
        self.line(0, "}");
    }

    pub(super) fn partial(&mut self, partial: &Partial) {
        let settings: Vec<String> = partial.header_color.iter().map(|color| format!("headercolor: {color}")).collect();
        self.line(0, &format!("TablePartial {}{} {{", quote::name(&partial.name), bracketed(&settings)));
        for column in &partial.columns {
            self.column(column);
        }
        self.constraints(&partial.indexes, &partial.checks);
        if let Some(note) = &partial.note {
            self.push("\n");
            self.note(1, note);
        }
        self.line(0, "}");
    }

    fn column(&mut self, column: &Column) {
        let mut settings = Vec::new();
        settings.extend(column.primary.then(|| "pk".to_owned()));
        settings.extend(column.nullable.map(|nullable| if nullable { "null" } else { "not null" }.to_owned()));
        settings.extend(column.unique.then(|| "unique".to_owned()));
        settings.extend(column.increment.then(|| "increment".to_owned()));
        if let Some(default) = &column.default {
            let value = self.value(default, column.origin);
            settings.push(format!("default: {value}"));
        }
        for check in &column.checks {
            if check.contains('`') {
                self.leave_out(column.origin, "a check with a backtick in it is left out");
            } else {
                settings.push(format!("check: `{check}`"));
            }
        }
        for reference in &column.refs {
            let operator = self.operator(reference.relation, reference.origin);
            let table = reference.table.as_ref().map(|table| format!("{}.", path(table))).unwrap_or_default();
            settings.push(format!("ref: {operator} {table}{}", quote::name(&reference.column)));
        }
        settings.extend(self.deps(&column.deps));
        settings.extend(self.own_settings(&column.metadata, column.origin));
        settings.extend(column.note.as_deref().map(|note| format!("note: {}", quote::string(note))));
        let line = format!("{} {}{}", quote::name(&column.name), data_type(&column.data_type), bracketed(&settings));
        self.line(1, &line);
    }

    fn deps(&mut self, deps: &[InlineDep]) -> Vec<String> {
        if !self.only_in_ten(deps, |dep| dep.origin, "a dependency") {
            return Vec::new();
        }
        let arrow = |flow: Flow| if flow == Flow::To { "->" } else { "<-" };
        deps.iter().map(|dep| format!("dep: {} {}", arrow(dep.flow), dotted(&dep.target))).collect()
    }

    fn constraints(&mut self, indexes: &[Index], checks: &[Check]) {
        if !indexes.is_empty() {
            self.push("\n");
            self.line(1, "indexes {");
            for index in indexes {
                self.index(index);
            }
            self.line(1, "}");
        }
        if !checks.is_empty() {
            self.push("\n");
            self.line(1, "checks {");
            for check in checks {
                self.check(check);
            }
            self.line(1, "}");
        }
    }

    fn index(&mut self, index: &Index) {
        let unsaid = index.parts.iter().any(|part| matches!(part, IndexPart::Expression(text) if text.contains('`')));
        if unsaid {
            return self.leave_out(index.origin, "an index over an expression with a backtick in it is left out");
        }
        let parts: Vec<String> = index.parts.iter().map(index_part).collect();
        let parts = if parts.len() == 1 { parts.concat() } else { format!("({})", parts.join(", ")) };
        let mut settings = Vec::new();
        settings.extend(index.primary.then(|| "pk".to_owned()));
        settings.extend(index.unique.then(|| "unique".to_owned()));
        settings.extend(index.name.as_deref().map(|name| format!("name: {}", quote::string(name))));
        settings.extend(index.method.as_deref().map(|method| format!("type: {}", quote::name(method))));
        settings.extend(index.note.as_deref().map(|note| format!("note: {}", quote::string(note))));
        self.line(2, &format!("{parts}{}", bracketed(&settings)));
    }

    fn check(&mut self, check: &Check) {
        if check.expression.contains('`') {
            return self.leave_out(check.origin, "a check with a backtick in it is left out");
        }
        let name = check.name.as_deref().map(|name| format!("name: {}", quote::string(name)));
        let settings = bracketed(&name.into_iter().collect::<Vec<_>>());
        self.line(2, &format!("`{}`{settings}", check.expression));
    }
}

fn index_part(part: &IndexPart) -> String {
    match part {
        IndexPart::Column(name) => quote::name(name),
        IndexPart::Expression(text) => format!("`{text}`"),
    }
}

/// A type with its arguments, without spaces outside of quotes.
fn data_type(data_type: &Type) -> String {
    let mut text = names(data_type.schema.as_slice());
    if data_type.schema.is_some() {
        text.push('.');
    }
    text.push_str(&quote::name(&data_type.name));
    for suffix in &data_type.suffixes {
        match suffix {
            TypeSuffix::Arguments(arguments) => {
                let arguments: Vec<String> = arguments.iter().map(type_argument).collect();
                text.push_str(&format!("({})", arguments.join(",")));
            }
            TypeSuffix::Array(sizes) => text.push_str(&format!("[{}]", sizes.join(","))),
        }
    }
    text
}

fn type_argument(argument: &TypeArgument) -> String {
    match argument {
        TypeArgument::Number(text) | TypeArgument::Name(text) => text.clone(),
        TypeArgument::String(text) => quote::string(text),
    }
}
