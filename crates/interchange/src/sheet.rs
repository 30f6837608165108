//! A text of DBML kept in step with a drawing: what is typed becomes edits, and what is drawn becomes text.

mod gone;

use self::gone::Gone;
use crate::{Finding, Severity};
use dbml::{Document, Rename, document::Path};
use edit::{Attribute, Edit, Object, align, apply_all, diff, drop_edits};
use schema::{
    AnnotationKind, DataType, Name, Namespace, NamespaceId, ObjectId, Schema, Table, TableId, TypeDefinition, TypeId,
    UserType,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

/// A text, and what it says in the ids of the drawing beside it.
///
/// The text says less than a schema can have (no partitions, no policies). So it is never compared with the drawing
/// itself, only with what it said before: what changed between two readings is what somebody has typed.
#[derive(Debug, Clone)]
pub struct Sheet {
    text: String,
    /// What the text said when it could last be read.
    document: Document,
    said: Schema,
    gone: Gone,
    /// The drawing that the text is in step with; none for one that has to be looked at.
    drawn: Option<Schema>,
    /// Whether the text is nothing but that drawing's export.
    is_plain: bool,
    findings: Vec<Finding>,
    is_read: bool,
}

/// What a text says, where there is no error in it.
struct Meaning {
    document: Document,
    /// In the ids of the drawing.
    said: Schema,
    findings: Vec<Finding>,
}

impl Sheet {
    /// The drawing as text. `next_id` gives numbers that must not repeat.
    pub fn of(target: &Schema, next_id: &mut dyn FnMut() -> u128) -> Self {
        let mut sheet = Self {
            text: String::new(),
            document: Document::default(),
            said: Schema::default(),
            gone: Gone::default(),
            drawn: Some(target.clone()),
            is_plain: true,
            findings: Vec::new(),
            is_read: true,
        };
        let export = dbml::export(target).text;
        match understood(&export, target, next_id) {
            Some(meaning) => sheet.take(export, meaning),
            None => sheet.text = export,
        }
        sheet
    }

    /// The text of an earlier day beside the drawing as it is now, brought up to date, with its comments.
    pub fn with_text(text: String, target: &Schema, next_id: &mut dyn FnMut() -> u128) -> Self {
        let mut sheet = Self::with_base(text, target, next_id);
        sheet.drawn = None;
        sheet.follow(target, next_id);
        sheet
    }

    /// The text of an earlier day as it was then. What was typed in its place since says what was changed in it, and nothing
    /// about what was drawn meanwhile.
    pub fn with_base(text: String, target: &Schema, next_id: &mut dyn FnMut() -> u128) -> Self {
        let mut sheet = Self::of(target, next_id);
        if let Some(meaning) = understood(&text, target, next_id) {
            sheet.is_plain = false;
            sheet.take(text, meaning);
        }
        sheet
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the text is nothing but the drawing, in no words of its own.
    pub fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// What the text said when it could last be read, in plain words.
    pub fn base(&self) -> String {
        dbml::export(&self.said).text
    }

    /// What is wrong with the text, or was not taken over.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether the text could be read. While it cannot, the drawing stays as it is.
    pub fn is_read(&self) -> bool {
        self.is_read
    }

    /// Somebody has typed: what has to be done to the drawing, in an order in which it can be done. It is all that was
    /// typed since the text could last be read, or nothing.
    pub fn typed(&mut self, text: String, target: &Schema, next_id: &mut dyn FnMut() -> u128) -> Vec<Edit> {
        let (document, reading) = crate::read::document(&text, next_id);
        self.is_read = reading.is_understood();
        self.findings = reading.findings;
        self.text = text;
        if !self.is_read {
            return Vec::new();
        }
        let before = renamed(&self.said, &dbml::renames(&self.document, &document), next_id);
        let is = align(&self.gone.recalled(&before), &resolved(reading.schema, target));
        let drawn = self.gone.drawn_again(target, &is);
        let was = self.gone.said_again(&self.said, &is);
        let edits = match unsaid(&self.document, &document, &self.said, &is) {
            Some(message) => Err(message),
            None => onto(target, drawn, &was, &is),
        };
        match edits {
            Ok((edits, drawn)) => {
                self.gone.remember(&self.said, &is, target);
                (self.document, self.said) = (document, is);
                let export = dbml::export(&drawn).text;
                // Where the drawing is what was typed, nothing has to be read once more when it is drawn.
                if export == self.base() {
                    self.is_plain = self.text == export;
                    self.drawn = Some(drawn);
                } else {
                    self.is_plain = false;
                }
                edits
            }
            Err(message) => {
                self.is_read = false;
                self.findings.push(Finding { line: None, column: None, severity: Severity::Error, message });
                Vec::new()
            }
        }
    }

    /// The drawing is another now: the text is brought up to date, unless it cannot be read. Whether it was changed.
    pub fn follow(&mut self, target: &Schema, next_id: &mut dyn FnMut() -> u128) -> bool {
        if !self.is_read || self.drawn.as_ref() == Some(target) {
            return false;
        }
        let export = dbml::export(target).text;
        let Some(now) = understood(&export, target, next_id) else { return false };
        self.drawn = Some(target.clone());
        if diff(&self.said, &now.said).is_empty() {
            // The text says so already, as when what changed is not in it.
            self.is_plain = self.text == export;
            return false;
        }
        let revised = dbml::revise(&self.text, &self.base(), &export, &renames(&self.said, &now.said));
        self.is_plain = revised == export;
        match understood(&revised, target, next_id).filter(|it| diff(&it.said, &now.said).is_empty()) {
            Some(meaning) => self.take(revised, meaning),
            None => {
                self.is_plain = true;
                self.take(export, now);
            }
        }
        true
    }

    /// Where a table or column stands in the text, in bytes; that of its table for anything else in one.
    pub fn span_of(&self, object: ObjectId) -> Option<Range<usize>> {
        let table = self.said.table(object.table()?)?;
        let path = path_of(&self.said, table);
        let written = self.document.tables.iter().find(|it| it.path == path)?;
        let column = if let ObjectId::Column(_, id) = object { table.column(id) } else { None };
        let column = column.and_then(|it| written.columns().find(|column| column.name == it.name.as_str()));
        let span = column.map_or(written.origin, |column| column.origin).0;
        Some(span.start as usize..span.end as usize)
    }

    /// The table or column that is defined or mentioned at a place of the text.
    pub fn object_at(&self, offset: usize) -> Option<ObjectId> {
        let offset = u32::try_from(offset).ok()?;
        let definition = dbml::symbol_at(&self.text, offset).and_then(|symbol| symbol.definition);
        let at = definition.map_or(offset, |span| span.start);
        let is_there = |span: dbml::Span| span.touches(at);
        let written = self.document.tables.iter().find(|it| is_there(it.origin.0))?;
        let table = self.said.table(table_by_path(&self.said, &written.path)?)?;
        let column = written.columns().find(|column| is_there(column.origin.0));
        let column = column.and_then(|column| table.columns.iter().find(|it| it.name.as_str() == column.name));
        Some(column.map_or(ObjectId::Table(table.id), |column| ObjectId::Column(table.id, column.id)))
    }

    fn take(&mut self, text: String, meaning: Meaning) {
        (self.text, self.is_read) = (text, true);
        (self.document, self.said, self.findings) = (meaning.document, meaning.said, meaning.findings);
    }
}

/// What a text says, in the ids of the drawing; none when there are errors in it.
fn understood(text: &str, target: &Schema, next_id: &mut dyn FnMut() -> u128) -> Option<Meaning> {
    let (document, reading) = crate::read::document(text, next_id);
    let is_understood = reading.is_understood();
    is_understood.then(|| {
        let said = align(target, &resolved(reading.schema, target));
        Meaning { document, said, findings: reading.findings }
    })
}

/// Types that only the drawing defines, such as domains, found by their names.
fn resolved(mut said: Schema, target: &Schema) -> Schema {
    let namespace_of = |it: &UserType| target.namespaces.get(&it.namespace).map_or("public", |it| it.name.as_str());
    for table in said.tables.values_mut() {
        let known = |data_type: &DataType| {
            let called = &data_type.foreign_type()?.name;
            let namespace = called.namespace.as_ref().map_or("public", Name::as_str);
            let is_it = |it: &&UserType| it.name == called.name && namespace_of(it) == namespace;
            let own = target.types.values().find(is_it);
            own.map(|it| DataType::defined(it.id).with_dimensions(data_type.dimensions()))
        };
        if table.columns.iter().any(|column| known(&column.data_type).is_some()) {
            for column in &mut Arc::make_mut(table).columns {
                if let Some(found) = known(&column.data_type) {
                    column.data_type = found;
                }
            }
        }
    }
    said
}

fn path_of(schema: &Schema, table: &Table) -> Path {
    Path::new(schema.namespace_of(table).map(Name::to_string), table.name.as_str())
}

fn type_path(schema: &Schema, it: &UserType) -> Path {
    Path::new(schema.namespaces.get(&it.namespace).map(|it| it.name.to_string()), it.name.as_str())
}

fn enum_by_path(schema: &Schema, path: &Path) -> Option<TypeId> {
    let is_it = |it: &&UserType| it.kind() == "enum" && type_path(schema, it) == *path;
    schema.types.values().find(is_it).map(|it| it.id)
}

fn table_by_path(schema: &Schema, path: &Path) -> Option<TableId> {
    let of_namespace = path.schema_name();
    let found = schema.tables.values().find(|table| {
        table.name.as_str() == path.name && schema.namespace_of(table).is_some_and(|it| it.as_str() == of_namespace)
    });
    found.map(|table| table.id)
}

/// The schema with the names that the text has now, so that what was renamed in it is found again by name.
fn renamed(said: &Schema, renames: &[Rename], next_id: &mut dyn FnMut() -> u128) -> Schema {
    let mut schema = said.clone();
    // Columns go by their tables' names from before.
    for rename in renames.iter().rev() {
        match rename {
            Rename::Column(path, from, to) => {
                let table = table_by_path(&schema, path).and_then(|id| schema.tables.get_mut(&id));
                let (Some(table), Ok(to)) = (table, Name::parse(to)) else { continue };
                let column = Arc::make_mut(table).columns.iter_mut().find(|column| column.name.as_str() == from);
                if let Some(column) = column {
                    column.name = to;
                }
            }
            Rename::Value(path, from, to) => {
                let found = enum_by_path(&schema, path).and_then(|id| schema.types.get_mut(&id));
                let Some(TypeDefinition::Enum(labels)) = found.map(|it| &mut it.definition) else { continue };
                labels.iter_mut().filter(|label| label.text == *from).for_each(|label| label.text.clone_from(to));
            }
            Rename::Group(from, to) => called(&mut schema, AnnotationKind::Group, from, to),
            Rename::Note(from, to) => called(&mut schema, AnnotationKind::Note, &from.to_string(), &to.to_string()),
            Rename::Enum(from, to) => {
                let (Some(id), Ok(name)) = (enum_by_path(&schema, from), Name::parse(&to.name)) else { continue };
                let namespace = namespace_called(&mut schema, &to.schema_name(), next_id);
                if let (Some(it), Some(namespace)) = (schema.types.get_mut(&id), namespace) {
                    (it.name, it.namespace) = (name, namespace);
                }
            }
            Rename::Table(from, to) => {
                let (Some(id), Ok(name)) = (table_by_path(&schema, from), Name::parse(&to.name)) else { continue };
                let namespace = namespace_called(&mut schema, &to.schema_name(), next_id);
                if let (Some(table), Some(namespace)) = (schema.tables.get_mut(&id).map(Arc::make_mut), namespace) {
                    (table.name, table.namespace) = (name, namespace);
                }
            }
        }
    }
    schema
}

/// Gives the group or note of that name another one.
fn called(schema: &mut Schema, kind: AnnotationKind, from: &str, to: &str) {
    let Ok(to) = Name::parse(to) else { return };
    if let Some(it) = schema.annotations.values_mut().find(|it| it.kind == kind && it.name.as_str() == from) {
        it.name = to;
    }
}

/// The namespace of that name, made where there is none yet.
fn namespace_called(schema: &mut Schema, name: &str, next_id: &mut dyn FnMut() -> u128) -> Option<NamespaceId> {
    let found = schema.namespaces.values().find(|it| it.name.as_str() == name).map(|it| it.id);
    found.or_else(|| {
        let (id, name) = (NamespaceId::from_u128(next_id()), Name::parse(name).ok()?);
        schema.namespaces.insert(id, Namespace { id, name });
        Some(id)
    })
}

/// What is called otherwise in the second of two schemas, by the names that it had in the first.
fn renames(was: &Schema, is: &Schema) -> Vec<Rename> {
    let mut found = Vec::new();
    for (id, before) in &was.tables {
        let Some(after) = is.table(*id) else { continue };
        let (from, to) = (path_of(was, before), path_of(is, after));
        let columns = before.columns.iter().filter_map(|column| Some((column, after.column(column.id)?)));
        let columns = columns.filter(|(before, after)| before.name != after.name);
        found.extend(
            columns
                .map(|(before, after)| Rename::Column(from.clone(), before.name.to_string(), after.name.to_string())),
        );
        if from != to {
            found.push(Rename::Table(from, to));
        }
    }
    for (id, before) in was.types.iter().filter(|(_, it)| it.kind() == "enum") {
        let Some(after) = is.user_type(*id) else { continue };
        let (from, to) = (type_path(was, before), type_path(is, after));
        let labels = before.labels().iter().filter_map(|old| {
            let new = after.labels().iter().find(|new| new.id == old.id && new.text != old.text)?;
            Some(Rename::Value(from.clone(), old.text.clone(), new.text.clone()))
        });
        found.extend(labels);
        if from != to {
            found.push(Rename::Enum(from, to));
        }
    }
    for (id, before) in &was.annotations {
        let Some(after) = is.annotations.get(id).filter(|after| after.name != before.name) else { continue };
        let (from, to) = (before.name.to_string(), after.name.to_string());
        found.push(match before.kind {
            AnnotationKind::Group => Rename::Group(from, to),
            AnnotationKind::Note => Rename::Note(Path::local(from), Path::local(to)),
        });
    }
    found
}

/// What changed between two readings of a text, done to the drawing, which may have more to it than the text can say.
///
/// `drawn` is the drawing with what has come back to the text. Gives the edits, and the drawing as it is then.
fn onto(target: &Schema, mut drawn: Schema, was: &Schema, is: &Schema) -> Result<(Vec<Edit>, Schema), String> {
    let edits = diff(was, is);
    let dropped: BTreeSet<ObjectId> =
        edits.iter().filter(|edit| matches!(edit, Edit::Drop(_))).map(Edit::object).collect();
    for edit in edits {
        let edits = match edit {
            // A text does not say which namespaces there are, only which tables are in them.
            Edit::Drop(Object::Namespace(_)) => continue,
            Edit::Drop(object) => match drawn.label(object.id()) {
                Some(label) => drops(&drawn, object.id(), &label, &dropped)?,
                None => continue,
            },
            Edit::Create(object) => vec![Edit::Create(object)],
            Edit::Alter { object, from, to } => {
                let Some(now) = Attribute::of(&drawn, object, to.field()) else { continue };
                let to = carried(&now, &from, to);
                if to == now {
                    continue;
                }
                vec![Edit::Alter { object, from: now, to }]
            }
        };
        apply_all(&mut drawn, &edits).map_err(|error| error.in_words(&drawn))?;
    }
    Ok((diff(target, &drawn), drawn))
}

/// The edits that drop an object. A key may come back as another one, so that what rests on it stays for now; whatever else
/// would have to go, and is not taken out of the text, keeps the object.
fn drops(drawn: &Schema, object: ObjectId, label: &str, dropped: &BTreeSet<ObjectId>) -> Result<Vec<Edit>, String> {
    let mut edits = drop_edits(drawn, object);
    if matches!(object, ObjectId::Key(..) | ObjectId::Index(..)) {
        edits.retain(|edit| edit.object() == object);
        return Ok(edits);
    }
    let goes_along = |other: ObjectId| {
        other == object
            || dropped.contains(&other)
            || matches!(other, ObjectId::Opaque(_))
            || matches!(object, ObjectId::Table(_)) && other.table() == object.table()
    };
    match edits.iter().map(Edit::object).find(|other| !goes_along(*other)) {
        Some(other) => {
            let user = drawn.label(other).unwrap_or_default();
            Err(format!("{label} cannot go from the text while {user} uses it"))
        }
        None => Ok(edits),
    }
}

/// Why a text is not taken although there is no error in it: something stands in it and could not be made, so that it would
/// be taken for gone.
fn unsaid(before: &Document, after: &Document, was: &Schema, is: &Schema) -> Option<String> {
    let old: BTreeMap<&Path, &dbml::document::Table> = before.tables.iter().map(|table| (&table.path, table)).collect();
    let groups = after.groups.iter().map(|group| (AnnotationKind::Group, group.name.clone()));
    let notes = after.notes.iter().map(|note| (AnnotationKind::Note, note.path.to_string()));
    for (kind, name) in groups.chain(notes) {
        if !is.annotations.values().any(|it| it.kind == kind && it.name.as_str() == name.trim()) {
            return Some(format!("there can be no {} called {name}", kind.as_str()));
        }
    }
    for written in &after.tables {
        let Some(table) = table_by_path(is, &written.path).and_then(|id| is.table(id)) else {
            return Some(format!("there can be no table called {}", written.path));
        };
        let lost = written.columns().find(|column| table.column_named(column.name.trim()).is_none());
        if let Some(column) = lost {
            return Some(format!("{} can have no column called {}", written.path, column.name));
        }
        let (Some(old), Some(had)) = (old.get(&written.path), was.table(table.id)) else { continue };
        let checks = |table: &dbml::document::Table| {
            table.checks.len() + table.columns().map(|column| column.checks.len()).sum::<usize>()
        };
        if table.checks.len() < had.checks.len() && checks(written) >= checks(old) {
            return Some(format!("a check of {} cannot be read", written.path));
        }
        let n_indexes = |table: &Table| table.indexes.len() + table.keys.len();
        let settings = |table: &dbml::document::Table| {
            let columns = table.columns().map(|it| usize::from(it.primary) + usize::from(it.unique));
            table.indexes.len() + columns.sum::<usize>()
        };
        if n_indexes(table) < n_indexes(had) && settings(written) >= settings(old) {
            return Some(format!("an index of {} cannot be read", written.path));
        }
    }
    None
}

/// Of an attribute with many settings, those that were typed; the others as they are drawn.
fn carried(now: &Attribute, from: &Attribute, to: Attribute) -> Attribute {
    macro_rules! carry {
        ($now:expr, $from:expr, $to:expr; $($field:ident),+) => {{
            let mut carried = $now.clone();
            $(if $from.$field != $to.$field {
                carried.$field = $to.$field.clone();
            })+
            carried
        }};
    }
    match (now, from, &to) {
        (Attribute::TableOptions(now), Attribute::TableOptions(from), Attribute::TableOptions(to)) => {
            Attribute::TableOptions(carry!(now, from, to; alias, color))
        }
        (Attribute::IndexOptions(now), Attribute::IndexOptions(from), Attribute::IndexOptions(to)) => {
            Attribute::IndexOptions(carry!(now, from, to; method, note))
        }
        (Attribute::KeyOptions(now), Attribute::KeyOptions(from), Attribute::KeyOptions(to)) => {
            Attribute::KeyOptions(carry!(now, from, to; note))
        }
        (Attribute::CheckOptions(now), Attribute::CheckOptions(from), Attribute::CheckOptions(to)) => {
            Attribute::CheckOptions(carry!(now, from, to; note))
        }
        (Attribute::ReferenceOptions(now), Attribute::ReferenceOptions(from), Attribute::ReferenceOptions(to)) => {
            Attribute::ReferenceOptions(carry!(now, from, to; note))
        }
        (Attribute::Parts(now), Attribute::Parts(_), Attribute::Parts(to)) => {
            let known = |part: &schema::IndexPart| now.iter().find(|own| own.of == part.of).unwrap_or(part).clone();
            Attribute::Parts(to.iter().map(known).collect())
        }
        (Attribute::Definition(now), Attribute::Definition(from), Attribute::Definition(to)) => {
            Attribute::Definition(Box::new(with_labels(now, from, to)))
        }
        _ => to,
    }
}

/// The labels that were typed, and those that are drawn and were never said.
fn with_labels(now: &TypeDefinition, from: &TypeDefinition, to: &TypeDefinition) -> TypeDefinition {
    let (TypeDefinition::Enum(now), TypeDefinition::Enum(from), TypeDefinition::Enum(to)) = (now, from, to) else {
        return to.clone();
    };
    let is_known = |label: &&schema::Label| from.iter().chain(to).any(|said| said.id == label.id);
    TypeDefinition::Enum(to.iter().chain(now.iter().filter(|label| !is_known(label))).cloned().collect())
}
