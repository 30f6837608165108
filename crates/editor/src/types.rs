//! Enums and domains, as their panel changes them.

use crate::Editor;
use crate::change::{alter, free_name};
use edit::{Attribute, Edit, Gesture, Object};
use schema::{
    BaseType, Column, DataType, Domain, DomainCheck, Expression, Formula, Index, Label, LabelChange, Name, NamespaceId,
    ObjectId, Schema, Table, TypeDefinition, TypeId, UserType,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a new type is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewType {
    /// One of a list of labels, of which there are none yet.
    Enum,
    /// Text with rules, of which there are none yet.
    Domain,
}

/// One change of one type.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeChange {
    /// Another namespace.
    MoveTo(NamespaceId),
    /// A new label at the end.
    AddLabel(String),
    /// Another text for a label. What compares with it, and defaults, follow as they do in PostgreSQL.
    RenameLabel(Uuid, String),
    /// A label before (negative) or after its neighbours, of which comparisons and sorting take notice.
    MoveLabel(Uuid, i32),
    /// The label goes.
    DropLabel(Uuid),
    /// Another type for the values of a domain.
    SetBase(DataType),
    /// NULL allowed or not.
    SetNullable(bool),
    /// Another default, or none.
    SetDefault(Option<Expression>),
    /// A new rule, with a name made for it.
    AddCheck(Expression),
    /// Another name for a rule.
    RenameCheck(Name, Name),
    /// Another demand for a rule.
    SetCheck(Name, Expression),
    /// The rule goes.
    DropCheck(Name),
}

type Refused = String;

impl Editor {
    pub(crate) fn add_type(&mut self, kind: NewType) -> Result<Gesture, Refused> {
        let schema = self.target();
        let namespace = schema.default_namespace().ok_or("add a schema first")?;
        let taken = |name: &str| {
            schema.types.values().any(|it| it.name.as_str() == name)
                || schema.tables.values().any(|table| table.name.as_str() == name)
        };
        let (word, definition) = match kind {
            NewType::Enum => ("enum", TypeDefinition::Enum(Vec::new())),
            NewType::Domain => {
                let base = DataType::of(BaseType::Text);
                let domain = Domain { base, nullable: true, default: None, collation: None, checks: Vec::new() };
                ("domain", TypeDefinition::Domain(domain))
            }
        };
        let name = free_name(word, taken)?;
        let id = self.ids().user_type();
        let label = format!("add {word} {name}");
        let it = UserType { id, namespace, name, note: None, definition };
        Ok(Gesture { label, edits: vec![Edit::Create(Object::Type(it))], ..Gesture::default() })
    }

    pub(crate) fn change_type(&mut self, id: TypeId, change: &TypeChange) -> Result<Gesture, Refused> {
        if let TypeChange::MoveTo(namespace) = change {
            let it = self.user_type(id)?;
            let (from, to) = (Attribute::Namespace(it.namespace), Attribute::Namespace(*namespace));
            return Ok(alter(format!("move {} to another schema", it.name), ObjectId::Type(id), from, to));
        }
        let new_id = self.ids().label();
        let it = self.user_type(id)?;
        match &it.definition {
            TypeDefinition::Enum(labels) => self.change_labels(it, labels, change, new_id),
            TypeDefinition::Domain(domain) => {
                let (label, domain) = changed_domain(&it.name, domain, change)?;
                Ok(defined(it, label, TypeDefinition::Domain(domain)))
            }
        }
    }

    fn user_type(&self, id: TypeId) -> Result<&UserType, Refused> {
        self.target().user_type(id).ok_or_else(|| "this type is gone".to_owned())
    }

    fn change_labels(
        &self,
        it: &UserType,
        labels: &[Label],
        change: &TypeChange,
        new_id: Uuid,
    ) -> Result<Gesture, Refused> {
        let mut labels = labels.to_vec();
        let at = |id: Uuid| labels.iter().position(|label| label.id == id).ok_or("this label is gone");
        let name = &it.name;
        let label = match change {
            TypeChange::AddLabel(text) => {
                is_free(name, &labels, text)?;
                labels.push(Label { id: new_id, text: text.clone(), note: None });
                format!("add label {text} to {name}")
            }
            TypeChange::RenameLabel(label, text) => {
                let at = at(*label)?;
                let from = labels.get(at).map(|label| label.text.clone()).unwrap_or_default();
                if from == *text {
                    return Ok(Gesture::default());
                }
                is_free(name, &labels, text)?;
                labels.iter_mut().skip(at).take(1).for_each(|label| label.text.clone_from(text));
                let label = format!("rename label {from} of {name} to {text}");
                let mut gesture = defined(it, label, TypeDefinition::Enum(labels));
                gesture.edits.extend(followers(self.target(), it.id, &from, text));
                return Ok(gesture);
            }
            TypeChange::MoveLabel(label, by) => {
                let at = at(*label)?;
                let label = labels.remove(at);
                let to = at.saturating_add_signed(by.to_owned().try_into().unwrap_or_default()).min(labels.len());
                if to == at {
                    let end = if *by < 0 { "first" } else { "last" };
                    return Err(format!("the label {} is the {end} of {name} already", label.text));
                }
                let text = format!("move label {} of {name}", label.text);
                labels.insert(to, label);
                text
            }
            TypeChange::DropLabel(label) => {
                let label = labels.remove(at(*label)?);
                if let Some(column) = having_default(self.target(), it.id, &label.text) {
                    return Err(format!(
                        "the label {} is the default of {column}; give that column another default first",
                        label.text
                    ));
                }
                format!("delete label {} of {name}", label.text)
            }
            TypeChange::MoveTo(_)
            | TypeChange::SetBase(_)
            | TypeChange::SetNullable(_)
            | TypeChange::SetDefault(_)
            | TypeChange::AddCheck(_)
            | TypeChange::RenameCheck(..)
            | TypeChange::SetCheck(..)
            | TypeChange::DropCheck(_) => return Err(format!("{name} is an enum, which has labels only")),
        };
        Ok(defined(it, label, TypeDefinition::Enum(labels)))
    }

    /// Why a type cannot go: what is of this type, by name. Dropping it would take the columns along, with all that is
    /// in them.
    pub(crate) fn users_of_type(&self, schema: &Schema, id: TypeId) -> Option<Refused> {
        const NAMED: usize = 3;
        let users = edit::mentions(schema, ObjectId::Type(id)).into_iter();
        let mut names: Vec<String> = users.filter_map(|user| schema.label(user)).collect();
        names.sort();
        let verb = if names.len() == 1 { "has" } else { "have" };
        let more = names.len().saturating_sub(NAMED);
        names.truncate(NAMED);
        let last = if more == 0 { names.pop()? } else { format!("{more} more") };
        let all = if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) };
        let name = schema.label(ObjectId::Type(id)).unwrap_or_default();
        Some(format!("{name} cannot go while {all} {verb} this type; choose another type there first"))
    }
}

fn is_free(name: &Name, labels: &[Label], text: &str) -> Result<(), Refused> {
    match label_problem(labels, text) {
        Some(problem) => Err(format!("{name}: {problem}")),
        None => Ok(()),
    }
}

/// Why a text cannot be one more label beside these; none when it can.
pub fn label_problem(labels: &[Label], text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return Some("a label needs a text".to_owned());
    }
    if text.len() > Name::MAX_BYTES || text.contains('\0') {
        return Some(format!("a label can have at most {} bytes", Name::MAX_BYTES));
    }
    labels.iter().any(|label| label.text == text).then(|| format!("there is a label {text} already"))
}

fn defined(it: &UserType, label: String, definition: TypeDefinition) -> Gesture {
    let from = Attribute::Definition(Box::new(it.definition.clone()));
    alter(label, ObjectId::Type(it.id), from, Attribute::Definition(Box::new(definition)))
}

fn changed_domain(name: &Name, domain: &Domain, change: &TypeChange) -> Result<(String, Domain), Refused> {
    let mut domain = domain.clone();
    let label = match change {
        TypeChange::SetBase(base) => {
            domain.base = base.clone();
            format!("change the type of {name}")
        }
        TypeChange::SetNullable(nullable) => {
            domain.nullable = *nullable;
            format!("{name} {}", if *nullable { "may be NULL" } else { "not null" })
        }
        TypeChange::SetDefault(default) => {
            domain.default.clone_from(default);
            format!("change the default of {name}")
        }
        TypeChange::AddCheck(expression) => {
            let taken = |name: &Name| domain.checks.iter().any(|check| check.name == *name);
            let first = Name::derive(&[name.as_str()], "check");
            let mut numbered = (1..).map(|n: u32| Name::derive(&[name.as_str()], &format!("check{n}")));
            let free = if taken(&first) { numbered.find(|name| !taken(name)) } else { None };
            let check = free.unwrap_or(first);
            domain.checks.push(DomainCheck { name: check, expression: expression.clone(), not_valid: false });
            format!("check on {name}")
        }
        TypeChange::RenameCheck(check, to) => {
            if check != to && domain.checks.iter().any(|other| other.name == *to) {
                return Err(format!("{name} already has a check called {to}"));
            }
            check_of(&mut domain, check)?.name = to.clone();
            format!("rename {check} to {to}")
        }
        TypeChange::SetCheck(check, expression) => {
            check_of(&mut domain, check)?.expression = expression.clone();
            format!("change check {check}")
        }
        TypeChange::DropCheck(check) => {
            check_of(&mut domain, check)?;
            domain.checks.retain(|other| other.name != *check);
            format!("delete {check}")
        }
        TypeChange::MoveTo(_)
        | TypeChange::AddLabel(_)
        | TypeChange::RenameLabel(..)
        | TypeChange::MoveLabel(..)
        | TypeChange::DropLabel(_) => return Err(format!("{name} is a domain, which has no labels")),
    };
    Ok((label, domain))
}

fn check_of<'a>(domain: &'a mut Domain, name: &Name) -> Result<&'a mut DomainCheck, Refused> {
    domain.checks.iter_mut().find(|check| check.name == *name).ok_or_else(|| "this check is gone".to_owned())
}

/// The columns of the table whose values are labels of the enum or arrays of them, by way of a domain perhaps, and which of
/// the two.
fn of_enum(schema: &Schema, table: &Table, id: TypeId) -> BTreeMap<Name, bool> {
    let is_array = |data_type: &DataType| kind_of_enum(schema, data_type, id);
    table.columns.iter().filter_map(|column| Some((column.name.clone(), is_array(&column.data_type)?))).collect()
}

/// Whether values of the type are arrays of the enum's labels; none when they have nothing to do with it.
fn kind_of_enum(schema: &Schema, data_type: &DataType, id: TypeId) -> Option<bool> {
    let underlying = schema.underlying(data_type);
    (underlying.user_type() == Some(id)).then(|| underlying.dimensions() > 0)
}

/// What a renamed label is called in defaults, checks and predicates. PostgreSQL keeps the label itself there, so that it
/// shows the new text from then on; here it is text, which has to follow.
fn followers(schema: &Schema, id: TypeId, from: &str, to: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut change = |object, from: Attribute, to: Attribute| {
        if from != to {
            edits.push(Edit::Alter { object, from, to });
        }
    };
    let label = LabelChange { types: schema.names_of_enum(id), from, to };
    for it in schema.types.values() {
        let TypeDefinition::Domain(domain) = &it.definition else { continue };
        let Some(is_array) = kind_of_enum(schema, &domain.base, id) else { continue };
        let definition = TypeDefinition::Domain(domain_renamed(domain, &label, is_array));
        let before = Attribute::Definition(Box::new(it.definition.clone()));
        change(ObjectId::Type(it.id), before, Attribute::Definition(Box::new(definition)));
    }
    for table in schema.tables.values() {
        let columns = of_enum(schema, table, id);
        if columns.is_empty() {
            continue;
        }
        for column in &table.columns {
            let Some(is_array) = columns.get(&column.name) else { continue };
            let default = column.default.as_ref().map(|default| label.in_value(default, *is_array));
            let object = ObjectId::Column(table.id, column.id);
            change(object, Attribute::Default(column.default.clone()), Attribute::Default(default));
        }
        for check in &table.checks {
            let expression = label.in_condition(&check.expression, &columns);
            let object = ObjectId::Check(table.id, check.id);
            change(object, Attribute::Expression(check.expression.clone()), Attribute::Expression(expression));
        }
        for index in &table.indexes {
            let Some(predicate) = predicate_renamed(table, index, &columns, &label) else { continue };
            let options = schema::IndexOptions { predicate: Some(predicate), ..index.options.clone() };
            let object = ObjectId::Index(table.id, index.id);
            let before = Attribute::IndexOptions(Box::new(index.options.clone()));
            change(object, before, Attribute::IndexOptions(Box::new(options)));
        }
    }
    edits
}

/// A domain over the enum, whose rules know their value as `value`.
fn domain_renamed(domain: &Domain, label: &LabelChange<'_>, is_array: bool) -> Domain {
    let columns = Name::parse("value").map(|value| (value, is_array)).into_iter().collect();
    let mut domain = domain.clone();
    domain.default = domain.default.map(|default| label.in_value(&default, is_array));
    for check in &mut domain.checks {
        check.expression = label.in_condition(&check.expression, &columns);
    }
    domain
}

fn predicate_renamed(
    table: &Table,
    index: &Index,
    of: &BTreeMap<Name, bool>,
    label: &LabelChange<'_>,
) -> Option<Formula> {
    let before = index.options.predicate.as_ref()?.in_table(table);
    let after = label.in_condition(&before, of);
    (before != after).then(|| Formula::bind(&after, table))
}

/// The first column whose default is the label, or has it.
fn having_default(schema: &Schema, id: TypeId, label: &str) -> Option<String> {
    let gone = LabelChange { types: schema.names_of_enum(id), from: label, to: "" };
    for table in schema.tables.values() {
        let columns = of_enum(schema, table, id);
        let has_it = |column: &&Column| {
            let (is_array, default) = (columns.get(&column.name), column.default.as_ref());
            is_array.zip(default).is_some_and(|(is_array, default)| gone.in_value(default, *is_array) != *default)
        };
        if let Some(column) = table.columns.iter().find(has_it) {
            return schema.label(ObjectId::Column(table.id, column.id));
        }
    }
    None
}
