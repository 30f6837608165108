//! Enums, groups, notes, the project, and elements that nobody knows.

use super::bind::Want;
use super::setting::{Codes, NoColor};
use super::{Of, Parent, Reader};
use crate::diagnostic::Code;
use crate::document::{Enum, EnumValue, Group, Project, StickyNote};
use crate::quote::shown;
use crate::syntax::{Element, NodeId, NodeKind};
use std::collections::HashMap;

impl Reader<'_, '_> {
    pub(super) fn read_enum(&mut self, node: NodeId, element: &Element, parent: Parent) {
        self.must_be_top(node, parent, Code::InvalidProjectContext, "an enum");
        let path = self.required_path(node, element, "an enum");
        self.no_alias(element, "an enum");
        self.no_settings(element, "an enum");
        let of = path.as_ref().map_or(Of::This("this enum"), |path| Of::Path("enum", path));
        let body = self.any_body(element);
        if element.body.is_some() && body.lines.is_empty() {
            self.error_at(Code::EmptyEnum, node, format!("{of} needs at least one value"));
        }
        let values: Vec<EnumValue> = body.lines.iter().filter_map(|line| self.enum_line(*line)).collect();
        self.distinct_values(&values, of);
        for sub in body.elements {
            self.element(sub, Parent::Other);
        }
        if let (Some(path), Parent::Top) = (&path, parent) {
            let first = self.scopes.declare_enum(path, values.iter().map(|value| value.name.clone()));
            self.declared(first, element.name.unwrap_or(node), of);
            self.document.enums.push(Enum { origin: self.origin(node), path: path.clone(), values });
        }
    }

    fn distinct_values(&mut self, values: &[EnumValue], of: Of<'_>) {
        let mut seen = HashMap::new();
        for value in values {
            if let Some(first) = seen.get(&value.name).copied() {
                let message = format!("{of} has the value {} twice; remove one", shown(&value.name));
                self.error(Code::DuplicateColumnName, value.origin.0, message.as_str());
                self.error(Code::DuplicateColumnName, first, message);
            } else {
                seen.insert(&value.name, value.origin.0);
            }
        }
    }

    fn enum_line(&mut self, line: NodeId) -> Option<EnumValue> {
        const CODES: Codes = Codes { twice: Code::DuplicateEnumElementSetting, value: Code::InvalidEnumElementSetting };
        let statement = self.line(line)?;
        let name = self.tree.name(statement.callee).map(String::from);
        if name.is_none() {
            let message =
                format!("“{}” is not a value of an enum; put it in double quotes", self.quoted(statement.callee));
            self.error_at(Code::InvalidEnumElementName, statement.callee, message);
        }
        let is_list = |node: &NodeId| matches!(self.tree.kind(*node), NodeKind::List(_));
        let mut args = statement.args.to_vec();
        let list = args.pop_if(|last| is_list(last));
        let list = if list.is_none() && args.first().is_some_and(is_list) { Some(args.remove(0)) } else { list };
        for arg in args {
            let message =
                format!("“{}” cannot follow a value of an enum; put each value on a line of its own", self.quoted(arg));
            self.error_at(Code::InvalidEnumElement, arg, message);
        }
        let mut value = EnumValue { origin: self.origin(line), ..EnumValue::default() };
        for group in self.settings(list) {
            match &*group.key {
                "note" => {
                    value.note = self.text(&group, CODES, Of::This("this value")).map(|text| super::note_text(&text));
                }
                _ => self.unknown(&group, Code::UnknownEnumElementSetting, Of::This("a value of an enum"), "note only"),
            }
        }
        value.name = name?;
        Some(value)
    }

    pub(super) fn read_group(&mut self, node: NodeId, element: &Element, parent: Parent) {
        const CODES: Codes = Codes { twice: Code::DuplicateTableSetting, value: Code::InvalidTableSettingValue };
        self.must_be_top(node, parent, Code::InvalidTablegroupContext, "a table group");
        let name = self.required_name(node, element, "a table group");
        self.no_alias(element, "a table group");
        let of = name.as_ref().map_or(Of::This("this group"), |name| Of::Name("group", name));
        let mut group = Group { origin: self.origin(node), ..Group::default() };
        for setting in self.settings(element.settings) {
            match &*setting.key {
                "color" => group.color = self.color(&setting, CODES, of, NoColor::Refused),
                "note" => group.note = self.text(&setting, CODES, of).map(|text| super::note_text(&text)),
                _ => group.metadata.extend(self.metadata(&setting, CODES, of)),
            }
        }
        let body = self.block_body(element, "a table group");
        for line in body.lines {
            self.group_line(&mut group, line);
        }
        let mut notes = Vec::new();
        for sub in body.elements {
            let tree = self.tree;
            let NodeKind::Element(inner) = tree.kind(sub) else { continue };
            if tree.element_kind(inner) == "note" {
                notes.push(sub);
                group.note = self.read_note(sub, inner, Parent::Group).or(group.note);
            } else {
                self.element(sub, Parent::Group);
            }
        }
        self.one_note(&notes, of);
        if let (Some(name), Parent::Top) = (&name, parent) {
            let first = self.scopes.declare_group(name);
            self.declared(first, element.name.unwrap_or(node), of);
            group.name.clone_from(name);
            self.document.groups.push(group);
        }
    }

    fn group_line(&mut self, group: &mut Group, line: NodeId) {
        let Some(statement) = self.line(line) else { return };
        match self.tree.path(statement.callee) {
            Some(path) => {
                let table = self.path_of(&path);
                let span = self.tree.span(statement.callee);
                self.wants.push(Want::Member { table: table.clone(), span });
                group.tables.push(table);
            }
            None => {
                let message =
                    format!("“{}” is not a table; write it as table or schema.table", self.quoted(statement.callee));
                self.error_at(Code::InvalidTablegroupField, statement.callee, message);
            }
        }
        for arg in statement.args {
            let message = format!(
                "“{}” cannot follow a table of a group; put each table on a line of its own",
                self.quoted(*arg)
            );
            self.error_at(Code::InvalidTablegroupField, *arg, message);
        }
    }

    /// A note within an element: what it says.
    pub(super) fn read_note(&mut self, node: NodeId, element: &Element, parent: Parent) -> Option<String> {
        let allowed = !matches!(parent, Parent::Top | Parent::Other);
        if !allowed {
            let message = "a note stands in a table, a partial, a group or the project; move it there";
            self.error_at(Code::InvalidNoteContext, node, message);
        }
        self.plain_header(element, "the note of an element");
        self.note_body(node, element)
    }

    fn note_body(&mut self, node: NodeId, element: &Element) -> Option<String> {
        let body = self.any_body(element);
        if element.body.is_some() && body.lines.is_empty() {
            self.error_at(Code::EmptyNote, node, "this note says nothing; write a string into it, or remove it");
        }
        for line in body.lines.iter().skip(1) {
            self.error_at(Code::NoteContentRedefined, *line, "a note is one string; use ''' for one of several lines");
        }
        for sub in body.elements {
            self.element(sub, Parent::Other);
        }
        let line = *body.lines.first()?;
        let statement = self.line(line)?;
        let text = self.tree.string(statement.callee);
        if text.is_none() {
            self.error_at(Code::InvalidNote, line, "a note is a string; write it in quotes");
        }
        for arg in statement.args {
            self.error_at(
                Code::InvalidNote,
                *arg,
                format!("“{}” cannot follow the string of a note", self.quoted(*arg)),
            );
        }
        Some(super::note_text(&text?))
    }

    pub(super) fn read_sticky_note(&mut self, node: NodeId, element: &Element) {
        const CODES: Codes = Codes { twice: Code::DuplicateNoteSetting, value: Code::InvalidNoteSettingValue };
        let path = element.name.and_then(|name| self.tree.path(name)).map(|path| self.path_of(&path));
        if path.is_none() {
            let message = "a note on the diagram needs a name, as in Note reminder { 'text' }";
            self.error_at(Code::InvalidName, node, message);
        }
        self.no_alias(element, "a note");
        let of = path.as_ref().map_or(Of::This("this note"), |path| Of::Path("note", path));
        let mut note = StickyNote { origin: self.origin(node), ..StickyNote::default() };
        for group in self.settings(element.settings) {
            match &*group.key {
                "color" => note.color = self.color(&group, CODES, of, NoColor::Allowed),
                _ => note.metadata.extend(self.metadata(&group, CODES, of)),
            }
        }
        note.text = self.note_body(node, element).unwrap_or_default();
        if let Some(path) = &path {
            let first = self.scopes.declare_note(path);
            self.declared(first, element.name.unwrap_or(node), of);
            note.path = path.clone();
            self.document.notes.push(note);
        }
    }

    pub(super) fn read_project(&mut self, node: NodeId, element: &Element, parent: Parent) {
        self.must_be_top(node, parent, Code::InvalidProjectContext, "a project");
        let mut project = Project { origin: self.origin(node), ..Project::default() };
        project.name = self.optional_name(element, "a project");
        self.no_alias(element, "a project");
        self.no_settings(element, "a project");
        let body = self.block_body(element, "a project");
        for line in body.lines {
            let message = format!(
                "“{}” is no setting of a project; write one as in database_type: 'PostgreSQL'",
                self.quoted(line)
            );
            self.error_at(Code::InvalidProjectField, line, message);
        }
        let mut notes = Vec::new();
        for sub in body.elements {
            let tree = self.tree;
            let NodeKind::Element(inner) = tree.kind(sub) else { continue };
            match tree.element_kind(inner).as_str() {
                "note" => {
                    notes.push(sub);
                    project.note = self.read_note(sub, inner, Parent::Project).or(project.note);
                }
                "table" | "tablepartial" | "enum" | "ref" | "tablegroup" | "indexes" | "checks" | "records"
                | "project" | "diagramview" | "dep" => self.element(sub, Parent::Project),
                key => {
                    let value = self.read_custom(sub, inner, Parent::Project);
                    project.fields.extend(value.map(|value| (key.to_owned(), value)));
                }
            }
        }
        self.scopes.projects.push(self.tree.span(node));
        if parent == Parent::Top && self.document.project.is_none() {
            self.document.project = Some(project);
        }
    }

    /// `key: 'value'`, which only a project has.
    pub(super) fn read_custom(&mut self, node: NodeId, element: &Element, parent: Parent) -> Option<String> {
        let word = element.kind.map(|kind| self.tree.value(kind)).unwrap_or_default();
        if !matches!(parent, Parent::Project | Parent::Dep) {
            let message = format!(
                "there is no element “{}”; those at the top are Table, TablePartial, Enum, Ref, TableGroup, Note, Records, DiagramView and Project",
                shown(&word),
            );
            self.error_at(Code::InvalidCustomContext, node, message);
        }
        for extra in element.name.into_iter().chain(element.alias) {
            let message = format!("“{}” has no name; remove “{}”", shown(&word), self.quoted(extra));
            self.error_at(Code::UnexpectedName, extra, message);
        }
        self.no_settings(element, "a setting of a project");
        let body = element.body?;
        let Some(statement) = self.line(body) else {
            let message = format!("“{}” needs a value after a colon instead of braces", shown(&word));
            self.error_at(Code::UnexpectedComplexBody, body, message);
            return None;
        };
        if parent == Parent::Dep {
            return None;
        }
        let text = self.tree.string(statement.callee).map(String::from);
        if text.is_none() {
            let message = format!("“{}” must be a string; write it in quotes", shown(&word));
            self.error_at(Code::InvalidCustomElementValue, body, message);
        }
        for arg in statement.args {
            let message = format!("“{}” cannot follow the string of “{}”", self.quoted(*arg), shown(&word));
            self.error_at(Code::InvalidCustomElementValue, *arg, message);
        }
        text
    }
}
