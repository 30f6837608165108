//! What most objects have not, in words.

use crate::Attribute;
use crate::words::list;
use schema::{
    Bounds, CheckOptions, Deferral, Domain, DomainCheck, Exclusion, Generation, IndexOptions, IndexPart, KeyOptions,
    Label, ObjectId, Parameter, PartOf, ReferenceOptions, Schema, Table, TableOptions, TypeDefinition,
};

/// The attribute as it is to be, in a line; never empty.
pub(crate) fn attribute(object: ObjectId, to: &Attribute, schema: &Schema) -> String {
    let table = match object {
        ObjectId::Reference(id) => schema.references.get(&id).map(|it| it.referencing),
        ObjectId::Namespace(_)
        | ObjectId::Table(_)
        | ObjectId::Column(..)
        | ObjectId::Key(..)
        | ObjectId::Check(..)
        | ObjectId::Index(..)
        | ObjectId::Type(_)
        | ObjectId::Opaque(_)
        | ObjectId::Annotation(_) => object.table(),
    };
    let table = table.and_then(|id| schema.table(id));
    let lines = match to {
        Attribute::Generation(None) => vec!["not generated".to_owned()],
        Attribute::Generation(Some(it)) => vec![generation(table, it)],
        Attribute::Collation(None) => vec!["no collation of its own".to_owned()],
        Attribute::Collation(Some(it)) => vec![format!("collation {it}")],
        Attribute::KeyOptions(it) => {
            let exclusion = it.exclusion.iter().map(|it| format!("on {}", exclusion(table, it)));
            exclusion.chain(key(table, it)).collect()
        }
        Attribute::CheckOptions(it) => check(it),
        Attribute::IndexOptions(it) => index(table, it),
        Attribute::ReferenceOptions(it) => reference(table, it),
        Attribute::TableOptions(it) => table.map(|table| self::table(table, it, schema)).unwrap_or_default(),
        Attribute::Definition(it) => definition(it, schema),
        Attribute::Statement(it) => vec![it.as_str().to_owned()],
        Attribute::Parts(it) => vec![parts(table, it)],
        Attribute::Name(_)
        | Attribute::Namespace(_)
        | Attribute::Note(_)
        | Attribute::Rank(_)
        | Attribute::DataType(_)
        | Attribute::Nullable(_)
        | Attribute::Default(_)
        | Attribute::Columns(_)
        | Attribute::Unique(_)
        | Attribute::Expression(_)
        | Attribute::Ends(..)
        | Attribute::OnDelete(_)
        | Attribute::OnUpdate(_)
        | Attribute::Color(_)
        | Attribute::Spot(_)
        | Attribute::Group(_) => Vec::new(),
    };
    if lines.is_empty() { "nothing beyond the usual".to_owned() } else { lines.join(", ") }
}

pub(crate) fn generation(table: Option<&Table>, it: &Generation) -> String {
    let text = |formula: &schema::Formula| match table {
        Some(table) => formula.in_table(table).to_string(),
        None => "an expression".to_owned(),
    };
    match it {
        Generation::AlwaysIdentity => "always an identity".to_owned(),
        Generation::DefaultIdentity => "an identity by default".to_owned(),
        Generation::Stored(formula) => format!("generated as {}", text(formula)),
        Generation::Virtual(formula) => format!("generated as {} when read", text(formula)),
    }
}

/// `a, lower(b) desc`.
pub(crate) fn parts(table: Option<&Table>, parts: &[IndexPart]) -> String {
    parts.iter().map(|it| part(table, it)).collect::<Vec<_>>().join(", ")
}

fn part(table: Option<&Table>, part: &IndexPart) -> String {
    let mut words = match (&part.of, table) {
        (PartOf::Column(id), table) => list(table, &[*id]),
        (PartOf::Expression(formula), Some(table)) => formula.in_table(table).to_string(),
        (PartOf::Expression(_), None) => "an expression".to_owned(),
    };
    if let Some(collation) = &part.collation {
        words.push_str(&format!(" collate {collation}"));
    }
    if let Some(class) = &part.operator_class {
        words.push_str(&format!(" {}", class.name));
        if !class.parameters.is_empty() {
            words.push_str(&format!(" ({})", parameters(&class.parameters)));
        }
    }
    if part.descending {
        words.push_str(" desc");
    }
    match part.nulls_first {
        Some(true) => words.push_str(" nulls first"),
        Some(false) => words.push_str(" nulls last"),
        None => {}
    }
    words
}

fn parameters(list: &[Parameter]) -> String {
    list.iter().map(|it| format!("{} = {}", it.name, it.value)).collect::<Vec<_>>().join(", ")
}

/// `room with =, during with &&`.
pub(crate) fn exclusion(table: Option<&Table>, it: &Exclusion) -> String {
    let elements: Vec<String> =
        it.elements.iter().map(|(element, operator)| format!("{} with {operator}", part(table, element))).collect();
    let mut words = format!("{} using {}", elements.join(", "), it.method);
    if let (Some(predicate), Some(table)) = (&it.predicate, table) {
        words.push_str(&format!(" where {}", predicate.in_table(table)));
    }
    words
}

pub(crate) fn key(table: Option<&Table>, it: &KeyOptions) -> Vec<String> {
    let mut words = Vec::new();
    if !it.include.is_empty() {
        words.push(format!("including {}", list(table, &it.include)));
    }
    if it.nulls_not_distinct {
        words.push("NULL stands once only".to_owned());
    }
    words.extend(deferral(it.deferral));
    words.extend(note(it.note.as_deref()));
    words
}

pub(crate) fn check(it: &CheckOptions) -> Vec<String> {
    let mut words = Vec::new();
    if it.no_inherit {
        words.push("not inherited".to_owned());
    }
    if it.not_valid {
        words.push("not checked for rows from before".to_owned());
    }
    words.extend(note(it.note.as_deref()));
    words
}

pub(crate) fn index(table: Option<&Table>, it: &IndexOptions) -> Vec<String> {
    let mut words = Vec::new();
    words.extend(it.method.as_ref().map(|method| format!("using {method}")));
    if !it.include.is_empty() {
        words.push(format!("including {}", list(table, &it.include)));
    }
    if it.nulls_not_distinct {
        words.push("NULL stands once only".to_owned());
    }
    if let (Some(predicate), Some(table)) = (&it.predicate, table) {
        words.push(format!("where {}", predicate.in_table(table)));
    }
    if !it.parameters.is_empty() {
        words.push(format!("with {}", parameters(&it.parameters)));
    }
    words.extend(note(it.note.as_deref()));
    words
}

pub(crate) fn reference(table: Option<&Table>, it: &ReferenceOptions) -> Vec<String> {
    let mut words = Vec::new();
    if it.match_full {
        words.push("all of its columns are NULL or none".to_owned());
    }
    words.extend(deferral(it.deferral));
    if it.not_valid {
        words.push("not checked for rows from before".to_owned());
    }
    if !it.set_columns.is_empty() {
        words.push(format!("on delete sets {} only", list(table, &it.set_columns)));
    }
    words.extend(note(it.note.as_deref()));
    words
}

pub(crate) fn table(table: &Table, it: &TableOptions, schema: &Schema) -> Vec<String> {
    let name = |id| schema.table(id).map_or_else(|| "a deleted table".to_owned(), |it| schema.display_name(it));
    let mut words = Vec::new();
    if it.unlogged {
        words.push("unlogged".to_owned());
    }
    if let Some(by) = &it.partitioning {
        words.push(format!("partitioned by {} of {}", by.strategy.as_sql(), parts(Some(table), &by.parts)));
    }
    if let Some(partition) = &it.partition {
        words.push(format!("partition of {} for {}", name(partition.parent), bounds(&partition.bounds)));
    }
    if !it.inherits.is_empty() {
        let parents: Vec<String> = it.inherits.iter().map(|id| name(*id)).collect();
        words.push(format!("inherits from {}", parents.join(", ")));
    }
    if !it.parameters.is_empty() {
        words.push(format!("with {}", parameters(&it.parameters)));
    }
    words.extend(it.alias.as_ref().map(|alias| format!("alias {alias}")));
    words.extend(it.color.as_ref().map(|color| format!("color {color}")));
    words
}

fn bounds(it: &Bounds) -> String {
    let values = |list: &[schema::Expression]| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match it {
        Bounds::Default => "all that is in no other".to_owned(),
        Bounds::Range(from, to) => format!("values from ({}) to ({})", values(from), values(to)),
        Bounds::List(list) => format!("values in ({})", values(list)),
        Bounds::Hash(modulus, remainder) => format!("modulus {modulus}, remainder {remainder}"),
    }
}

/// What a type is, a line for each label or rule.
pub(crate) fn definition(it: &TypeDefinition, schema: &Schema) -> Vec<String> {
    match it {
        TypeDefinition::Enum(labels) => {
            let labels: Vec<String> = labels.iter().map(|label| format!("\u{201C}{}\u{201D}", label.text)).collect();
            vec![labels.join(", ")]
        }
        TypeDefinition::Domain(domain) => {
            let mut words = schema.type_text(&domain.base);
            if !domain.nullable {
                words.push_str(", not null");
            }
            if let Some(default) = &domain.default {
                words.push_str(&format!(", default {default}"));
            }
            let checks = domain.checks.iter().map(|check| format!("check {}", check.expression));
            std::iter::once(words).chain(checks).collect()
        }
    }
}

/// What becomes of a type, as far as it is not what it was; never empty.
pub(crate) fn definition_change(from: &TypeDefinition, to: &TypeDefinition, base: &Schema, target: &Schema) -> String {
    let words = match (from, to) {
        (TypeDefinition::Enum(from), TypeDefinition::Enum(to)) => label_changes(from, to),
        (TypeDefinition::Domain(from), TypeDefinition::Domain(to)) => domain_changes(from, to, base, target),
        (TypeDefinition::Enum(_), TypeDefinition::Domain(_)) | (TypeDefinition::Domain(_), TypeDefinition::Enum(_)) => {
            definition(to, target)
        }
    };
    if words.is_empty() { definition(to, target).join(", ") } else { words.join(", ") }
}

fn label_changes(from: &[Label], to: &[Label]) -> Vec<String> {
    let find = |list: &[Label], id| list.iter().find(|label| label.id == id).cloned();
    let mut words = Vec::new();
    for old in from {
        match find(to, old.id) {
            None => words.push(format!("label \u{201C}{}\u{201D} removed", old.text)),
            Some(new) if new.text != old.text => {
                words.push(format!("label \u{201C}{}\u{201D} renamed to \u{201C}{}\u{201D}", old.text, new.text));
            }
            Some(new) if new.note != old.note => {
                let note = new.note.map_or_else(|| "no note".to_owned(), |note| format!("note: {note}"));
                words.push(format!("label \u{201C}{}\u{201D}: {note}", new.text));
            }
            Some(_) => {}
        }
    }
    for (at, new) in to.iter().enumerate().filter(|(_, new)| find(from, new.id).is_none()) {
        let place = match at.checked_sub(1).and_then(|at| to.get(at)) {
            Some(before) => format!("after \u{201C}{}\u{201D}", before.text),
            None if to.len() > 1 => "before all others".to_owned(),
            None => "as its only one".to_owned(),
        };
        words.push(format!("label \u{201C}{}\u{201D} added {place}", new.text));
    }
    let kept = |list: &[Label], other: &[Label]| -> Vec<_> {
        list.iter().map(|label| label.id).filter(|id| find(other, *id).is_some()).collect()
    };
    if kept(from, to) != kept(to, from) {
        let order: Vec<&str> = to.iter().map(|label| label.text.as_str()).collect();
        words.push(format!("labels in the order {}", order.join(", ")));
    }
    words
}

fn domain_changes(from: &Domain, to: &Domain, base: &Schema, target: &Schema) -> Vec<String> {
    let mut words = Vec::new();
    if from.base != to.base {
        words.push(format!("type {} becomes {}", base.type_text(&from.base), target.type_text(&to.base)));
    }
    if from.nullable != to.nullable {
        words.push(if to.nullable { "may be NULL" } else { "not null" }.to_owned());
    }
    if from.default != to.default {
        words.push(to.default.as_ref().map_or_else(|| "no default".to_owned(), |it| format!("default {it}")));
    }
    if from.collation != to.collation {
        let none = || "no collation of its own".to_owned();
        words.push(to.collation.as_ref().map_or_else(none, |it| format!("collation {it}")));
    }
    let is_in = |list: &[DomainCheck], check: &DomainCheck| list.contains(check);
    let gone = from.checks.iter().filter(|check| !is_in(&to.checks, check));
    words.extend(gone.map(|check| format!("check {} {} removed", check.name, check.expression)));
    let new = to.checks.iter().filter(|check| !is_in(&from.checks, check));
    words.extend(new.map(|check| format!("check {} {} added", check.name, check.expression)));
    words
}

fn deferral(it: Deferral) -> Option<String> {
    match it {
        Deferral::Never => None,
        Deferral::Deferrable => Some("may be checked at the end".to_owned()),
        Deferral::Deferred => Some("checked at the end of the transaction".to_owned()),
    }
}

fn note(note: Option<&str>) -> Option<String> {
    note.map(|note| format!("note: {note}"))
}
