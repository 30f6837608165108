//! A document as text.
//!
//! The same document always gives the same text, and reading that text gives the document again. What only readers of
//! version 10 understand is left out unless it is asked for, and listed.

mod table;

use crate::document::{
    Dep, DepValue, Document, Enum, Group, Metadata, MetadataKind, Path, Project, Records, Ref, Row, Shown, StickyNote,
    Use, Value, View,
};
use crate::quote;
use crate::span::Origin;
use std::collections::BTreeMap;

/// Who is to read the text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Version {
    /// Readers of version 8 and later, which is nearly all there are.
    #[default]
    Eight,
    /// Readers of version 10, which know optional ends, dependencies, metadata and examples.
    Ten,
}

/// A text, and what it does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// The text.
    pub text: String,
    /// What was left out or said in another way, in the order of the text.
    pub left_out: Vec<LeftOut>,
}

/// Something that a text does not say as the document does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Where it was written.
    pub origin: Origin,
    /// What it is and why, in a sentence.
    pub reason: String,
}

/// A document as text that readers of version 8 and later accept.
///
/// ```
/// let (document, _) = dbml::parse("Table users{id int[]\n name \"text\" [NOT NULL]}");
/// assert_eq!(dbml::print(&document), "Table users {\n  id int[]\n  name text [not null]\n}\n");
/// ```
pub fn print(document: &Document) -> String {
    print_for(document, Version::default()).text
}

/// A document as text for readers of a version.
pub fn print_for(document: &Document, version: Version) -> Printed {
    let mut printer = Printer { version, printed: Printed::default() };
    printer.document(document);
    printer.printed
}

struct Printer {
    version: Version,
    printed: Printed,
}

impl Printer {
    fn document(&mut self, document: &Document) {
        for one in &document.uses {
            self.gap();
            self.import(one);
        }
        if let Some(project) = &document.project {
            self.gap();
            self.project(project);
        }
        for one in document.enums.iter().filter(|one| !one.values.is_empty()) {
            self.gap();
            self.enumeration(one);
        }
        for partial in &document.partials {
            self.gap();
            self.partial(partial);
        }
        // Rows of all columns of a table stand in it; the columns are not named there.
        let mut of_tables: BTreeMap<&Path, Vec<&Records>> = BTreeMap::new();
        for records in document.records.iter().filter(|records| records.columns.is_none()) {
            of_tables.entry(&records.table).or_default().push(records);
        }
        for table in &document.tables {
            if !table.items.is_empty() {
                self.gap();
            }
            self.table(table, &of_tables.remove(&table.path).unwrap_or_default());
        }
        self.refs(&document.refs);
        for group in &document.groups {
            self.gap();
            self.group(group);
        }
        for note in &document.notes {
            self.gap();
            self.sticky_note(note);
        }
        for records in document.records.iter().filter(|records| records.columns.is_some()) {
            self.gap();
            self.records(records);
        }
        for view in &document.views {
            self.gap();
            self.view(view);
        }
        if self.only_in_ten(&document.deps, |dep| dep.origin, "a dependency") {
            for dep in &document.deps {
                self.gap();
                self.dep(dep);
            }
        }
        if self.only_in_ten(&document.metadata, |metadata| metadata.origin, "metadata") {
            for metadata in &document.metadata {
                self.gap();
                self.metadata(metadata);
            }
        }
    }

    /// An empty line between two elements.
    fn gap(&mut self) {
        if !self.printed.text.is_empty() {
            self.push("\n");
        }
    }

    fn push(&mut self, text: &str) {
        self.printed.text.push_str(text);
    }

    fn line(&mut self, indent: usize, text: &str) {
        self.push(&"  ".repeat(indent));
        self.push(text);
        self.push("\n");
    }

    fn leave_out(&mut self, origin: Origin, reason: impl Into<String>) {
        self.printed.left_out.push(LeftOut { origin, reason: reason.into() });
    }

    /// Whether things can be said that only version 10 knows; if not, each is listed.
    fn only_in_ten<T>(&mut self, things: &[T], origin: impl Fn(&T) -> Origin, what: &str) -> bool {
        if self.version == Version::Eight {
            for thing in things {
                self.leave_out(origin(thing), format!("{what} is left out; only readers of version 10 know it"));
            }
        }
        self.version == Version::Ten
    }

    fn import(&mut self, one: &Use) {
        let word = if one.passed_on { "reuse" } else { "use" };
        let from = quote::string(&one.from);
        let Some(items) = &one.items else {
            return self.line(0, &format!("{word} * from {from}"));
        };
        self.line(0, &format!("{word} {{"));
        for item in items {
            let alias = item.alias.as_ref().map(|alias| format!(" as {}", path(alias))).unwrap_or_default();
            self.line(1, &format!("{} {}{alias}", item.kind, path(&item.path)));
        }
        self.line(0, &format!("}} from {from}"));
    }

    fn project(&mut self, project: &Project) {
        let name = project.name.as_deref().map(|name| format!(" {}", quote::name(name))).unwrap_or_default();
        self.line(0, &format!("Project{name} {{"));
        for (key, value) in &project.fields {
            self.line(1, &format!("{key}: {}", quote::string(value)));
        }
        if let Some(note) = &project.note {
            self.note(1, note);
        }
        self.line(0, "}");
    }

    /// The note of an element, on lines of its own.
    fn note(&mut self, indent: usize, text: &str) {
        let text = quote::block(text, indent + 1);
        self.line(indent, &format!("Note: {text}"));
    }

    fn enumeration(&mut self, one: &Enum) {
        self.line(0, &format!("Enum {} {{", path(&one.path)));
        for value in &one.values {
            let note = value.note.as_deref().map(|note| format!("note: {}", quote::string(note)));
            let settings = bracketed(&note.into_iter().collect::<Vec<_>>());
            self.line(1, &format!("{}{settings}", quote::name(&value.name)));
        }
        self.line(0, "}");
    }

    fn refs(&mut self, refs: &[Ref]) {
        if !refs.is_empty() {
            self.gap();
        }
        for reference in refs {
            let name = reference.name.as_deref().map(|name| format!(" {}", quote::name(name))).unwrap_or_default();
            let mut settings = Vec::new();
            for (event, action) in [("delete", &reference.on_delete), ("update", &reference.on_update)] {
                settings.extend(action.as_ref().map(|action| format!("{event}: {action}")));
            }
            settings.extend(reference.color.as_ref().map(|color| format!("color: {color}")));
            settings.extend(reference.inactive.then(|| "inactive".to_owned()));
            let operator = self.operator(reference.relation, reference.origin);
            let (left, right) = (endpoint(&reference.left), endpoint(&reference.right));
            self.line(0, &format!("Ref{name}: {left} {operator} {right}{}", bracketed(&settings)));
        }
    }

    /// The operator of a relation; optional ends are left out for readers that do not know them.
    fn operator(&mut self, relation: crate::document::Relation, origin: Origin) -> String {
        let mut relation = relation;
        if self.version == Version::Eight && (relation.left.optional || relation.right.optional) {
            self.leave_out(origin, "an optional end is left out; only readers of version 10 know it");
            (relation.left.optional, relation.right.optional) = (false, false);
        }
        relation.operator()
    }

    fn group(&mut self, group: &Group) {
        let mut settings: Vec<String> = group.color.iter().map(|color| format!("color: {color}")).collect();
        settings.extend(self.own_settings(&group.metadata, group.origin));
        self.line(0, &format!("TableGroup {}{} {{", quote::name(&group.name), bracketed(&settings)));
        for table in &group.tables {
            self.line(1, &path(table));
        }
        if let Some(note) = &group.note {
            if !group.tables.is_empty() {
                self.push("\n");
            }
            self.note(1, note);
        }
        self.line(0, "}");
    }

    /// Settings of one's own, which only version 10 knows.
    fn own_settings(&mut self, metadata: &[(String, String)], origin: Origin) -> Vec<String> {
        if !self.only_in_ten(metadata, |_| origin, "metadata") {
            return Vec::new();
        }
        metadata.iter().map(|(key, value)| format!("{key}: {}", quote::string(value))).collect()
    }

    fn sticky_note(&mut self, note: &StickyNote) {
        let mut settings: Vec<String> = note.color.iter().map(|color| format!("color: {color}")).collect();
        settings.extend(self.own_settings(&note.metadata, note.origin));
        self.line(0, &format!("Note {}{} {{", path(&note.path), bracketed(&settings)));
        self.line(1, &quote::block(&note.text, 1));
        self.line(0, "}");
    }

    /// Rows with the columns that they are of.
    fn records(&mut self, records: &Records) {
        let columns = names(records.columns.as_deref().unwrap_or_default());
        let example = self.example(records);
        self.line(0, &format!("Records {}({columns}){example} {{", path(&records.table)));
        self.rows(1, &records.rows);
        self.line(0, "}");
    }

    fn example(&mut self, records: &Records) -> &'static str {
        let examples: &[Origin] = if records.example { &[records.origin] } else { &[] };
        let known = self.only_in_ten(examples, |origin| *origin, "the mark “example” of records");
        if known && records.example { " [example]" } else { "" }
    }

    fn rows(&mut self, indent: usize, rows: &[Row]) {
        for (n, row) in rows.iter().enumerate() {
            let mut values: Vec<String> = row.values.iter().map(|value| self.value(value, row.origin)).collect();
            // A sign at the beginning of a line would belong to an expression that began on the line before.
            if let Some(first) = values.first_mut().filter(|first| n > 0 && first.starts_with(['-', '+'])) {
                *first = format!("`{first}`");
                self.leave_out(row.origin, "a negative number at the beginning of a row is said as an expression");
            }
            self.line(indent, &values.join(", "));
        }
    }

    fn value(&mut self, value: &Value, origin: Origin) -> String {
        match value {
            Value::Null => "null".to_owned(),
            Value::Boolean(value) => value.to_string(),
            Value::Number(text) => text.clone(),
            Value::String(text) => quote::string(text),
            Value::Expression(text) => self.expression(text, origin),
            Value::Enum(name, value) => format!("{}.{}", path(name), quote::name(value)),
        }
    }

    /// An expression in backticks; as a string when it contains one itself.
    fn expression(&mut self, text: &str, origin: Origin) -> String {
        if text.contains('`') {
            self.leave_out(origin, "an expression with a backtick in it is said as a string");
            return quote::string(text);
        }
        format!("`{text}`")
    }

    fn view(&mut self, view: &View) {
        self.line(0, &format!("DiagramView {} {{", quote::name(&view.name)));
        if view.everything {
            self.line(1, "*");
        }
        let blocks = [
            ("Tables", &view.tables),
            ("Notes", &view.notes),
            ("TableGroups", &view.groups),
            ("Schemas", &view.schemas),
        ];
        for (title, shown) in blocks {
            match shown {
                None => {}
                Some(Shown::All) => self.line(1, &format!("{title} {{ * }}")),
                Some(Shown::These(these)) => {
                    self.line(1, &format!("{title} {{"));
                    for one in these {
                        self.line(2, &path(one));
                    }
                    self.line(1, "}");
                }
            }
        }
        self.line(0, "}");
    }

    fn dep(&mut self, dep: &Dep) {
        let name = dep.name.as_deref().map(|name| format!(" {}", quote::name(name))).unwrap_or_default();
        // Keys stand in the settings, where they may be of several words, or one that begins elements.
        let mut settings: Vec<String> = dep.color.iter().map(|color| format!("color: {color}")).collect();
        settings.extend(dep.fields.iter().map(|(key, value)| match value {
            DepValue::Text(text) => format!("{key}: {}", quote::string(text)),
            DepValue::Number(text) => format!("{key}: {text}"),
        }));
        self.line(0, &format!("Dep{name}{} {{", bracketed(&settings)));
        for (from, to) in &dep.edges {
            self.line(1, &format!("{} -> {}", dotted(from), dotted(to)));
        }
        if let Some(note) = &dep.note {
            self.note(1, note);
        }
        self.line(0, "}");
    }

    fn metadata(&mut self, metadata: &Metadata) {
        let kind = match metadata.kind {
            MetadataKind::Table => "Table",
            MetadataKind::Column => "Column",
            MetadataKind::Group => "TableGroup",
            MetadataKind::Note => "Note",
        };
        self.line(0, &format!("Metadata {kind} {} {{", dotted(&metadata.target)));
        for (key, value) in &metadata.fields {
            let color = matches!(
                crate::reader::builtin(metadata.kind, &key.to_lowercase()),
                Some(crate::reader::Builtin::Color(_))
            );
            let value = if color { value.clone() } else { quote::string(value) };
            self.line(1, &format!("{key}: {value}"));
        }
        self.line(0, "}");
    }
}

/// Names with points between them.
fn dotted(names: &[String]) -> String {
    names.iter().map(|name| quote::name(name)).collect::<Vec<_>>().join(".")
}

pub(crate) fn path(path: &Path) -> String {
    let schemas = path.schema.iter().map(|schema| format!("{}.", quote::name(schema))).collect::<String>();
    format!("{schemas}{}", quote::name(&path.name))
}

/// Names with commas between them.
fn names(names: &[String]) -> String {
    names.iter().map(|name| quote::name(name)).collect::<Vec<_>>().join(", ")
}

fn endpoint(end: &crate::document::Endpoint) -> String {
    match end.columns.as_slice() {
        [only] => format!("{}.{}", path(&end.table), quote::name(only)),
        several => format!("{}.({})", path(&end.table), names(several)),
    }
}

fn bracketed(settings: &[String]) -> String {
    if settings.is_empty() { String::new() } else { format!(" [{}]", settings.join(", ")) }
}
