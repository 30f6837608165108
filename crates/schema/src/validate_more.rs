//! Rules about types of the schema's own, and about what most tables, columns and references have not.

use crate::annotation::is_color;
use crate::validate::Findings;
use crate::{
    AnnotationKind, BaseType, Code, Column, DataType, Formula, Generation, Index, IndexPart, KeyKind, Name,
    NamespaceId, ObjectId, PartOf, Reference, ReferentialAction, Spot, Table, TypeDefinition, UserType,
};
use std::collections::BTreeSet;

/// Types, and what is kept as a statement.
pub(crate) fn types(findings: &mut Findings<'_>) {
    let schema = findings.schema;
    let tables = schema.tables.values().filter(|_| !schema.types.is_empty());
    let mut names: BTreeSet<(NamespaceId, &Name)> = tables.map(|table| (table.namespace, &table.name)).collect();
    for (id, it) in &schema.types {
        let object = ObjectId::Type(*id);
        findings.filed(object, &it.name, it.id == *id);
        if !schema.namespaces.contains_key(&it.namespace) {
            findings.error(Code::Dangling, object, format!("{} is in no schema", it.name));
        }
        if !names.insert((it.namespace, &it.name)) {
            let message = format!("the name {} is taken; types and tables of a schema share names", it.name);
            findings.error(Code::DuplicateName, object, message);
        }
        definition(findings, it);
    }
    for (id, it) in &schema.opaque {
        let object = ObjectId::Opaque(*id);
        findings.filed(object, &it.name, it.id == *id);
        let lacks_namespace = it.namespace.is_some_and(|id| !schema.namespaces.contains_key(&id));
        if lacks_namespace || it.table.is_some_and(|id| !schema.tables.contains_key(&id)) {
            let message = format!("the {} {} belongs to something that is not there", it.kind.words(), it.name);
            findings.error(Code::Dangling, object, message);
        }
    }
}

/// Groups and notes.
pub(crate) fn annotations(findings: &mut Findings<'_>) {
    let mut names = BTreeSet::new();
    for (id, it) in &findings.schema.annotations {
        let object = ObjectId::Annotation(*id);
        findings.filed(object, &it.name, it.id == *id);
        if !names.insert((it.kind, &it.name)) {
            let message = format!("there are two {}s called {}", it.kind.as_str(), it.name);
            findings.error(Code::DuplicateName, object, message);
        }
        if it.color.as_ref().is_some_and(|color| !is_color(color)) {
            findings.error(Code::BadOption, object, format!("the color of {} is written like #4f46e5", it.name));
        }
        let Some(spot) = it.spot else { continue };
        if it.kind == AnnotationKind::Group {
            let message = format!("{} is a group, which lies around its tables and nowhere else", it.name);
            findings.error(Code::BadOption, object, message);
        }
        if !Spot::WIDTHS.contains(&spot.width) {
            let (least, most) = Spot::WIDTHS.into_inner();
            findings.error(Code::BadOption, object, format!("{} can be from {least} to {most} wide", it.name));
        }
    }
}

fn definition(findings: &mut Findings<'_>, it: &UserType) {
    let object = ObjectId::Type(it.id);
    match &it.definition {
        TypeDefinition::Enum(labels) => {
            let mut seen = BTreeSet::new();
            let mut bad = BTreeSet::new();
            for label in labels {
                if label.text.len() > Name::MAX_BYTES || label.text.contains('\0') {
                    bad.insert(format!("{}: a label can have at most 63 bytes", it.name));
                } else if !seen.insert(&label.text) {
                    bad.insert(format!("{} has the label {} twice", it.name, label.text));
                }
            }
            for message in bad {
                findings.error(Code::BadOption, object, message);
            }
        }
        TypeDefinition::Domain(domain) => {
            let schema = findings.schema;
            if domain.base.user_type().is_some_and(|id| !schema.types.contains_key(&id)) {
                findings.error(Code::Dangling, object, format!("{} rests on a type that is not there", it.name));
            }
            let rests_on_domain = |data_type: &DataType| {
                schema.underlying(data_type).user_type().and_then(|id| schema.user_type(id)?.base()).is_some()
            };
            if domain.base.has_sequence() || rests_on_domain(&domain.base) {
                findings.error(Code::WrongType, object, format!("{} cannot rest on that type", it.name));
            }
            let mut names = BTreeSet::new();
            if domain.checks.iter().any(|check| !names.insert(&check.name)) {
                findings.error(Code::DuplicateName, object, format!("{} has two checks of one name", it.name));
            }
        }
    }
}

/// What a table, its columns, keys and indexes have beyond the usual.
pub(crate) fn table(findings: &mut Findings<'_>, table: &Table) {
    for column in &table.columns {
        generation(findings, table, column);
        if column.collation.is_some() && !findings.schema.is_collatable(&column.data_type) {
            let data_type = findings.schema.type_text(&column.data_type);
            let message = format!("{}.{} is {data_type}, which has no collation; take it out", table.name, column.name);
            findings.error(Code::WrongType, ObjectId::Column(table.id, column.id), message);
        }
    }
    for key in &table.keys {
        let object = ObjectId::Key(table.id, key.id);
        let exclusion = key.options.exclusion.as_ref();
        if (key.kind == KeyKind::Exclusion) != exclusion.is_some() || exclusion.is_some() && !key.columns.is_empty() {
            findings.error(Code::BadOption, object, format!("{} is no whole exclusion constraint", key.name));
        }
        if exclusion.is_some_and(|it| it.elements.is_empty()) {
            findings.error(Code::NoColumns, object, format!("{} has no columns", key.name));
        }
        for (part, operator) in exclusion.iter().flat_map(|it| &it.elements) {
            index_part(findings, table, object, &key.name, part);
            if operator.is_empty() || !operator.chars().all(|c| "~!@#^&|`?+-*/%<>=".contains(c)) || comments(operator) {
                findings.error(Code::BadOption, object, format!("{}: “{operator}” is no operator", key.name));
            }
        }
        let predicate = exclusion.and_then(|it| it.predicate.as_ref());
        formula(findings, table, object, &key.name, predicate);
        dangling(findings, table, object, &key.name, &key.options.columns());
    }
    for index in &table.indexes {
        let object = ObjectId::Index(table.id, index.id);
        for part in &index.parts {
            index_part(findings, table, object, &index.name, part);
        }
        method(findings, object, index);
        formula(findings, table, object, &index.name, index.options.predicate.as_ref());
        let include = index.options.columns().difference(&index.columns().into_iter().collect()).copied().collect();
        dangling(findings, table, object, &index.name, &include);
    }
    options(findings, table);
}

/// What looks like an operator and begins a comment.
fn comments(operator: &str) -> bool {
    operator.contains("--") || operator.contains("/*")
}

fn generation(findings: &mut Findings<'_>, table: &Table, column: &Column) {
    let Some(generation) = &column.generation else { return };
    let object = ObjectId::Column(table.id, column.id);
    let label = format!("{}.{}", table.name, column.name);
    if column.default.is_some() || column.data_type.has_sequence() {
        let message = format!("{label} is generated, so that it can have no default and be no serial");
        findings.error(Code::SerialDefault, object, message);
    }
    match generation {
        Generation::AlwaysIdentity | Generation::DefaultIdentity => {
            if column.nullable && !table.in_primary_key(column.id) {
                findings.error(Code::SerialDefault, object, format!("{label} is an identity, which is never NULL"));
            }
            let base = findings.schema.underlying(&column.data_type).base();
            if !matches!(base, Some(BaseType::SmallInt | BaseType::Integer | BaseType::BigInt)) {
                let message = format!("{label} is an identity and has to be integer, bigint or smallint");
                findings.error(Code::WrongType, object, message);
            }
        }
        Generation::Stored(it) | Generation::Virtual(it) => {
            formula(findings, table, object, &column.name, Some(it));
            dangling(findings, table, object, &column.name, &it.columns());
            let others = it.columns().into_iter().filter_map(|id| table.column(id));
            let generated = others.into_iter().find(|other| !other.sources().is_empty() || other.id == column.id);
            if let Some(other) = generated {
                let message = format!("{label} cannot be generated from {}, which is generated itself", other.name);
                findings.error(Code::UnknownColumn, object, message);
            }
        }
    }
}

fn index_part(findings: &mut Findings<'_>, table: &Table, object: ObjectId, name: &Name, part: &IndexPart) {
    let column = match &part.of {
        PartOf::Expression(it) => return formula(findings, table, object, name, Some(it)),
        PartOf::Column(id) => table.column(*id),
    };
    let Some(column) = column.filter(|_| part.collation.is_some()) else { return };
    if !findings.schema.is_collatable(&column.data_type) {
        let data_type = findings.schema.type_text(&column.data_type);
        let message = format!("{name} orders {} by a collation, but it is {data_type}, which has none", column.name);
        findings.error(Code::WrongType, object, message);
    }
}

/// What the access methods that PostgreSQL comes with cannot do. Of others nothing is known.
fn method(findings: &mut Findings<'_>, object: ObjectId, index: &Index) {
    let method = index.options.method.as_ref().map_or("btree", Name::as_str);
    let mut cannot = |what: &str| {
        findings.error(Code::BadOption, object, format!("{} is of the method {method}, which {what}", index.name));
    };
    let is_ordered = index.parts.iter().any(|part| part.descending || part.nulls_first.is_some());
    if is_ordered && matches!(method, "hash" | "gin" | "gist" | "spgist" | "brin") {
        cannot("keeps no order; take out desc, nulls first and nulls last");
    }
    if !index.options.include.is_empty() && matches!(method, "hash" | "gin" | "brin") {
        cannot("has no columns beside the entries; take out what it includes");
    }
}

fn formula(findings: &mut Findings<'_>, table: &Table, object: ObjectId, name: &Name, formula: Option<&Formula>) {
    let Some(stranger) = formula.and_then(|it| it.strangers().into_iter().next()) else { return };
    let message = format!("{name} mentions {stranger}, which {} has not", table.name);
    findings.error(Code::UnknownColumn, object, message);
}

fn dangling(
    findings: &mut Findings<'_>,
    table: &Table,
    object: ObjectId,
    name: &Name,
    columns: &BTreeSet<crate::ColumnId>,
) {
    if columns.iter().any(|id| table.column(*id).is_none()) {
        findings.error(Code::Dangling, object, format!("{name} mentions a column that {} has not", table.name));
    }
}

/// What a table belongs to, and what belongs to it.
pub(crate) fn options(findings: &mut Findings<'_>, table: &Table) {
    let object = ObjectId::Table(table.id);
    let parents: Vec<_> = table.options.parents().collect();
    if parents.iter().any(|id| !findings.schema.tables.contains_key(id)) {
        findings.error(Code::Dangling, object, format!("{} belongs to a table that is not there", table.name));
    }
    if table.options.color.as_ref().is_some_and(|color| !is_color(color)) {
        findings.error(Code::BadOption, object, format!("the color of {} is written like #4f46e5", table.name));
    }
    let mut above: BTreeSet<_> = parents.iter().copied().collect();
    let mut waiting = parents;
    while let Some(parent) = waiting.pop().and_then(|id| findings.schema.table(id)) {
        waiting.extend(parent.options.parents().filter(|id| above.insert(*id)));
    }
    if above.contains(&table.id) {
        findings.error(Code::BadOption, object, format!("{} cannot be a part of itself", table.name));
    }
    let partition = table.options.partition.as_ref().and_then(|it| findings.schema.table(it.parent));
    if partition.is_some_and(|parent| parent.options.partitioning.is_none()) {
        let message = format!("{} is a partition of a table that has none", table.name);
        findings.error(Code::BadOption, object, message);
    }
    if let Some(partitioning) = &table.options.partitioning {
        if partitioning.parts.is_empty() {
            findings.error(Code::NoColumns, object, format!("{} is partitioned by nothing", table.name));
        }
        for part in &partitioning.parts {
            index_part(findings, table, object, &table.name, part);
        }
        let columns = partitioning.parts.iter().flat_map(IndexPart::columns).collect();
        dangling(findings, table, object, &table.name, &columns);
    }
}

/// What a reference has beyond the usual.
pub(crate) fn reference(findings: &mut Findings<'_>, reference: &Reference) {
    let set = &reference.options.set_columns;
    if set.is_empty() {
        return;
    }
    let object = ObjectId::Reference(reference.id);
    let own = reference.referencing_columns();
    let is_setting = matches!(reference.on_delete, ReferentialAction::SetNull | ReferentialAction::SetDefault);
    if !is_setting || set.iter().any(|column| !own.contains(column)) {
        let message = format!("{} can set its own columns only, and on delete only", reference.name);
        findings.error(Code::BadOption, object, message);
    }
}
