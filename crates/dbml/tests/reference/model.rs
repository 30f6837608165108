//! A document in the form in which the answers of the reference are recorded.

use crate::values;
use dbml::document::{
    Check, Column, DepValue, Document, End, Endpoint, Flow, Index, IndexPart, MetadataKind, Path, Records, Relation,
    Value as Default,
};
use dbml::{Linked, LinkedColumn, LinkedRef, LinkedTable, link};
use serde_json::{Map, Value, json};

/// The document as it was recorded; what is empty is left out.
pub(crate) fn of(document: &Document) -> Value {
    let linked = link(document);
    let mut model = Map::new();
    model.insert("project".to_owned(), project(document));
    let schemas = schemas(document, &linked);
    let mut records: Vec<&Records> = document.records.iter().collect();
    records.sort_by_key(|records| records.origin.0.start);
    let records: Vec<Value> = records.into_iter().filter_map(|one| values::records(one, &linked)).collect();
    for (key, list) in
        [("schemas", schemas), ("notes", notes(document, &linked)), ("records", records), ("deps", deps(document))]
    {
        insert_list(&mut model, key, list);
    }
    Value::Object(model)
}

fn insert_list(map: &mut Map<String, Value>, key: &str, list: Vec<Value>) {
    if !list.is_empty() {
        map.insert(key.to_owned(), Value::Array(list));
    }
}

fn insert_some(map: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        map.insert(key.to_owned(), value.into());
    }
}

fn project(document: &Document) -> Value {
    let mut map = Map::new();
    if let Some(project) = &document.project {
        let database = project.fields.iter().find(|(key, _)| key == "database_type");
        insert_some(&mut map, "name", project.name.clone());
        insert_some(&mut map, "databaseType", database.map(|(_, value)| value.clone()));
        insert_some(&mut map, "note", project.note.clone());
    }
    Value::Object(map)
}

fn schemas(document: &Document, linked: &Linked<'_>) -> Vec<Value> {
    let mut schemas: Vec<(String, Map<String, Value>)> = Vec::new();
    let nothing = |name: &str| (name.to_owned(), Map::from_iter([("name".to_owned(), json!(name))]));
    if !document.notes.is_empty() {
        // A note on the diagram is in the schema that is always there.
        schemas.push(nothing("public"));
    }
    let mut add = |schema: String, key: &str, value: Value| {
        if !schemas.iter().any(|(name, _)| *name == schema) {
            schemas.push(nothing(&schema));
        }
        let map = &mut schemas.iter_mut().find(|(name, _)| *name == schema).unwrap().1;
        map.entry(key).or_insert_with(|| json!([])).as_array_mut().unwrap().push(value);
    };
    for one in &document.enums {
        let values = one.values.iter().map(|value| {
            let mut map = Map::from_iter([("name".to_owned(), json!(value.name))]);
            insert_some(&mut map, "note", value.note.clone());
            Value::Object(map)
        });
        add(one.path.schema_name(), "enums", json!({"name": one.path.name, "values": values.collect::<Vec<_>>()}));
    }
    for one in &linked.tables {
        add(one.table.path.schema_name(), "tables", table(one, linked));
    }
    for group in &document.groups {
        let merged = linked.merged(MetadataKind::Group, &Path::local(group.name.clone()), &group.metadata);
        let mut map = Map::from_iter([("name".to_owned(), json!(group.name))]);
        let tables = group.tables.iter().map(|path| table_name(&linked.names.table_path(path)));
        insert_list(&mut map, "tables", tables.collect());
        insert_some(&mut map, "note", merged.note.or(group.note.clone()));
        insert_some(&mut map, "color", merged.color.or(group.color.clone()));
        add("public".to_owned(), "tableGroups", Value::Object(map));
    }
    for reference in &linked.refs {
        add("public".to_owned(), "refs", self::reference(reference));
    }
    schemas.into_iter().map(|(_, map)| Value::Object(map)).collect()
}

fn table_name(path: &Path) -> Value {
    json!([path.schema_name(), path.name])
}

fn table(linked: &LinkedTable<'_>, all: &Linked<'_>) -> Value {
    let table = linked.table;
    let mut map = Map::from_iter([("name".to_owned(), json!(table.path.name))]);
    insert_some(&mut map, "alias", table.alias.clone());
    insert_some(&mut map, "note", linked.note.clone());
    insert_some(&mut map, "headerColor", linked.header_color.clone());
    insert_metadata(&mut map, &linked.metadata);
    // Several columns with `pk` are recorded as an index; those of partials do not take part.
    let own = |column: &LinkedColumn<'_>| column.partial.is_none() && column.column.primary;
    let keys: Vec<&str> =
        linked.columns.iter().filter(|column| own(column)).map(|column| column.column.name.as_str()).collect();
    let compound = keys.len() > 1;
    let fields = linked.columns.iter().map(|column| {
        let primary = column.column.primary && !(compound && own(column));
        field(column, primary, all)
    });
    map.insert("fields".to_owned(), fields.collect());
    let (declared, taken_over) = linked.indexes.split_at(table.indexes.len());
    let mut indexes: Vec<Value> = declared.iter().map(|one| index(one)).collect();
    if compound {
        let columns: Vec<Value> = keys.iter().map(|name| json!({"type": "column", "value": name})).collect();
        indexes.push(json!({"pk": true, "columns": columns}));
    }
    indexes.extend(taken_over.iter().map(|one| index(one)));
    insert_list(&mut map, "indexes", indexes);
    let _unrecorded: &[&Check] = &linked.checks;
    Value::Object(map)
}

fn insert_metadata(map: &mut Map<String, Value>, metadata: &[(String, String)]) {
    if !metadata.is_empty() {
        map.insert("metadata".to_owned(), metadata.iter().cloned().collect());
    }
}

fn field(linked: &LinkedColumn<'_>, primary: bool, all: &Linked<'_>) -> Value {
    let Column { name, data_type, unique, increment, nullable, default, .. } = linked.column;
    let data_type_value = json!({"schema": data_type.schema, "name": data_type.text()});
    let mut map = Map::from_iter([("name".to_owned(), json!(name)), ("type".to_owned(), data_type_value)]);
    insert_some(&mut map, "pk", primary.then_some(true));
    insert_some(&mut map, "unique", unique.then_some(true));
    insert_some(&mut map, "increment", increment.then_some(true));
    insert_some(&mut map, "not_null", nullable.map(|nullable| !nullable));
    insert_some(&mut map, "note", linked.note.clone());
    insert_some(&mut map, "injectedFrom", linked.partial);
    insert_some(&mut map, "enum", all.names.enum_of(data_type).map(|found| table_name(&found.path)));
    insert_some(&mut map, "default", default.as_ref().map(self::default));
    insert_metadata(&mut map, &linked.metadata);
    Value::Object(map)
}

fn default(value: &Default) -> Value {
    match value {
        Default::Null => json!({"type": "boolean", "value": "null"}),
        Default::Boolean(value) => json!({"type": "boolean", "value": value.to_string()}),
        Default::Number(text) => json!({"type": "number", "value": text.parse::<f64>().unwrap()}),
        Default::String(text) => json!({"type": "string", "value": text}),
        Default::Expression(text) => json!({"type": "expression", "value": text}),
        Default::Enum(_, value) => json!({"type": "string", "value": value}),
    }
}

fn index(index: &Index) -> Value {
    let columns = index.parts.iter().map(|part| match part {
        IndexPart::Column(name) => json!({"type": "column", "value": name}),
        IndexPart::Expression(text) => json!({"type": "expression", "value": text}),
    });
    let mut map = Map::from_iter([("columns".to_owned(), columns.collect())]);
    insert_some(&mut map, "pk", index.primary.then_some(true));
    insert_some(&mut map, "unique", index.unique.then_some(true));
    insert_some(&mut map, "name", index.name.clone());
    insert_some(&mut map, "type", index.method.clone());
    insert_some(&mut map, "note", index.note.clone());
    Value::Object(map)
}

fn reference(linked: &LinkedRef<'_>) -> Value {
    let Relation { left, right } = linked.relation;
    let mut map =
        Map::from_iter([("endpoints".to_owned(), json!([end(&linked.left, left), end(&linked.right, right)]))]);
    if let Some(written) = linked.written {
        insert_some(&mut map, "name", written.name.clone());
        insert_some(&mut map, "color", written.color.clone());
        insert_some(&mut map, "onDelete", written.on_delete.clone());
        insert_some(&mut map, "onUpdate", written.on_update.clone());
    }
    Value::Object(map)
}

fn end(endpoint: &Endpoint, end: End) -> Value {
    let relation = match (end.many, end.optional) {
        (false, false) => "1",
        (true, false) => "*",
        (false, true) => "0..1",
        (true, true) => "0..*",
    };
    json!({"table": table_name(&endpoint.table), "fields": endpoint.columns, "relation": relation})
}

fn notes(document: &Document, linked: &Linked<'_>) -> Vec<Value> {
    let notes = document.notes.iter().map(|note| {
        let merged = linked.merged(MetadataKind::Note, &note.path, &note.metadata);
        let mut map =
            Map::from_iter([("name".to_owned(), json!(note.path.name)), ("content".to_owned(), json!(note.text))]);
        insert_some(&mut map, "color", merged.color.or(note.color.clone()));
        Value::Object(map)
    });
    notes.collect()
}

fn deps(document: &Document) -> Vec<Value> {
    // Where it stands, how many edges it has, and the rest of it.
    let mut deps: Vec<(u32, usize, Map<String, Value>)> = Vec::new();
    let bare = || Map::from_iter(["name", "note", "metadata"].map(|key| (key.to_owned(), Value::Null)));
    for table in &document.tables {
        let of_columns = table.columns().flat_map(|column| &column.deps);
        for dep in table.deps.iter().chain(of_columns) {
            assert!(matches!(dep.flow, Flow::To | Flow::From));
            deps.push((dep.origin.0.start, 1, bare()));
        }
    }
    for dep in &document.deps {
        let mut map = bare();
        insert_some(&mut map, "name", dep.name.clone());
        insert_some(&mut map, "note", dep.note.clone());
        insert_some(&mut map, "color", dep.color.clone());
        if !dep.fields.is_empty() {
            let fields = dep.fields.iter().map(|(key, value)| {
                let value = match value {
                    DepValue::Text(text) => json!(text),
                    DepValue::Number(text) => json!(text.parse::<f64>().unwrap()),
                };
                (key.clone(), value)
            });
            map.insert("metadata".to_owned(), Value::Object(fields.collect()));
        }
        deps.push((dep.origin.0.start, dep.edges.len(), map));
    }
    deps.sort_by_key(|(start, ..)| *start);
    let mut next = 1;
    let numbered = deps.into_iter().map(|(_, count, mut map)| {
        map.insert("edgeIds".to_owned(), (next..next + count).collect());
        map.insert("schemaId".to_owned(), json!(1));
        next += count;
        Value::Object(map)
    });
    numbered.collect()
}
