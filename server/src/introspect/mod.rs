//! A database's own catalog, read as a schema.

mod compare;
mod expression;
mod opaque;
mod queries;
mod types;

pub use compare::{differences, differences_in_shape};
pub use opaque::introspect_all;

use self::queries::{COLUMNS, CONSTRAINTS, INDEXES, NAMESPACES, TABLES, TYPES};
use schema::{
    Bounds, Check, CheckId, CheckOptions, Column, ColumnId, ColumnPair, DataType, Deferral, Exclusion, Expression,
    Formula, Generation, Index, IndexId, IndexOptions, IndexPart, Key, KeyId, KeyKind, KeyOptions, Name, Namespace,
    NamespaceId, OperatorClass, Parameter, PartOf, Partition, Partitioning, QualifiedName, Rank, Reference,
    ReferenceId, ReferenceOptions, ReferentialAction, Schema, Strategy, Table, TableId, TableOptions, TypeId,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio_postgres::{GenericClient, Row};

/// What was found. Ids are made of the catalog's own numbers: good for one reading, not to be stored.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Everything that the model can say.
    pub schema: Schema,
    /// What it cannot, a sentence each.
    pub unread: Vec<String>,
    /// Checks among them that are known by name alone.
    pub unread_checks: Vec<(TableId, Name)>,
}

/// Reads every schema but PostgreSQL's and Crowfoot's own.
pub async fn introspect(client: &impl GenericClient) -> Result<Found, tokio_postgres::Error> {
    read(client, Reader::default()).await
}

async fn read(client: &impl GenericClient, mut reader: Reader) -> Result<Found, tokio_postgres::Error> {
    for row in client.query(NAMESPACES, &[]).await? {
        reader.namespace(&row);
    }
    for row in client.query(TYPES, &[]).await? {
        reader.user_type(&row);
    }
    let tables = client.query(TABLES, &[]).await?;
    for row in &tables {
        reader.table(row);
    }
    for row in client.query(COLUMNS, &[]).await? {
        reader.column(&row);
    }
    for row in &tables {
        reader.table_options(row);
    }
    reader.bind_generated();
    for row in client.query(CONSTRAINTS, &[]).await? {
        reader.constraint(&row);
    }
    for row in client.query(INDEXES, &[]).await? {
        reader.index(&row);
    }
    Ok(reader.finish())
}

#[derive(Default)]
struct Reader {
    schema: Schema,
    tables: BTreeMap<u32, Table>,
    unread: Vec<String>,
    unread_checks: Vec<(TableId, Name)>,
    /// Whether a sequence that is not called as usual is one to know of.
    tells_sequences: bool,
    /// What columns are generated as, until all columns of their tables are known.
    generated: Vec<(u32, ColumnId, Expression, bool)>,
    /// Exclusion constraints by the index behind them, with their operators.
    exclusions: BTreeMap<u32, (u32, KeyId, Vec<String>)>,
}

impl Reader {
    fn namespace(&mut self, row: &Row) {
        let Some(name) = self.name(&row.get::<_, String>(1)) else { return };
        let id = NamespaceId::from_u128(row.get::<_, u32>(0).into());
        self.schema.namespaces.insert(id, Namespace { id, name });
    }

    fn table(&mut self, row: &Row) {
        let oid: u32 = row.get("oid");
        let Some(name) = self.name(&row.get::<_, String>("relname")) else { return };
        let table = Table {
            id: TableId::from_u128(oid.into()),
            namespace: NamespaceId::from_u128(row.get::<_, u32>("relnamespace").into()),
            name,
            note: row.get("note"),
            columns: vec![],
            keys: vec![],
            checks: vec![],
            indexes: vec![],
            options: TableOptions::default(),
            group: None,
        };
        self.tables.insert(oid, table);
    }

    /// What most tables have not, once their columns are known.
    fn table_options(&mut self, row: &Row) {
        let oid: u32 = row.get("oid");
        let Some(table) = self.tables.get(&oid) else { return };
        let parents = row.get::<_, Option<Vec<u32>>>("parents").unwrap_or_default();
        let parents: Vec<TableId> = parents.iter().map(|parent| TableId::from_u128((*parent).into())).collect();
        let bounds = row.get::<_, Option<String>>("bounds").map(|text| Bounds::parse(&text));
        let partition = match (bounds, parents.first()) {
            (Some(Ok(bounds)), Some(parent)) => Some(Partition { parent: *parent, bounds }),
            (Some(Err(error)), _) => {
                self.unread.push(format!("the bounds of {}: {error}", table.name));
                None
            }
            (None | Some(Ok(_)), _) => None,
        };
        let options = TableOptions {
            unlogged: row.get("unlogged"),
            partitioning: partitioning(table, row),
            inherits: if row.get("relispartition") { Vec::new() } else { parents },
            partition,
            parameters: parameters(row.get("reloptions")),
            ..TableOptions::default()
        };
        if let Some(table) = self.tables.get_mut(&oid) {
            table.options = options;
        }
    }

    fn column(&mut self, row: &Row) {
        let oid: u32 = row.get("attrelid");
        let Some(table_name) = self.tables.get(&oid).map(|table| table.name.clone()) else { return };
        let Some(name) = self.name(&row.get::<_, String>("attname")) else { return };
        let label = format!("{table_name}.{name}");
        let text: String = row.get("type");
        let dimensions = row.get::<_, i16>("attndims");
        let Some(mut data_type) = self.data_type(row.get("atttypid"), row.get("element"), dimensions, &text) else {
            self.unread.push(format!("{label} has the type {text}"));
            return;
        };
        let number: i16 = row.get("attnum");
        let id = column_id(oid, number);
        let value: Option<String> = row.get("value");
        let numbered = row.get::<_, bool>("numbered") && value.as_deref().is_some_and(|v| v.starts_with("nextval("));
        let serial = numbered.then(|| serial_of(&data_type)).flatten();
        // A table that was renamed has the sequences that it had.
        let serial = serial.filter(|_| {
            if !self.tells_sequences {
                return true;
            }
            let usual = Name::of_sequence(&table_name, &name);
            let quoted = format!("\"{}\"", usual.as_str().replace('"', "\"\""));
            value.as_deref().is_some_and(|value| {
                [usual.as_str(), &quoted].iter().any(|name| {
                    let name = name.replace('\'', "''");
                    value.ends_with(&format!(".{name}'::regclass)")) || value.ends_with(&format!("'{name}'::regclass)"))
                })
            })
        });
        let generation = match row.get::<_, String>("identity").as_str() {
            "a" => Some(Generation::AlwaysIdentity),
            "d" => Some(Generation::DefaultIdentity),
            _ => None,
        };
        let generated: String = row.get("generated");
        let mut default = None;
        if let Some(serial) = serial {
            data_type = serial;
        } else if let Some(value) = value {
            // Like that of PostgreSQL's own types, the conversion to the column's own goes without saying.
            let suffix = data_type.base().is_none().then(|| format!("::{text}"));
            let value = suffix.and_then(|suffix| value.strip_suffix(&suffix).map(str::to_owned)).unwrap_or(value);
            match expression::read_default(&value, &data_type) {
                Ok(expression) if generated.is_empty() => default = Some(expression),
                Ok(expression) => self.generated.push((oid, id, expression, generated == "s")),
                Err(error) => self.unread.push(format!("{label} has the default {value}: {error}")),
            }
        }
        let collation = self.collation(row);
        let Some(table) = self.tables.get_mut(&oid) else { return };
        table.columns.push(Column {
            id,
            rank: Rank::nth(table.columns.len()),
            name,
            data_type,
            nullable: row.get("nullable"),
            default,
            note: row.get("note"),
            generation,
            collation,
        });
    }

    /// A type of the schema's own by its id, any other by its text.
    fn data_type(&self, id: u32, element: u32, dimensions: i16, text: &str) -> Option<DataType> {
        let own = |oid: u32| {
            let id = TypeId::from_u128(oid.into());
            self.schema.types.contains_key(&id).then(|| DataType::defined(id))
        };
        let dimensions = u8::try_from(dimensions.clamp(1, 6)).unwrap_or(1);
        own(id)
            .or_else(|| own(element).filter(|_| text.ends_with("[]")).map(|it| it.with_dimensions(dimensions)))
            .or_else(|| DataType::parse_wide(text).ok())
    }

    fn collation(&mut self, row: &Row) -> Option<QualifiedName> {
        let name = row.get::<_, Option<String>>("collation_name")?;
        let namespace = row.get::<_, Option<String>>("collation_namespace");
        let name = self.name(&name)?;
        Some(qualified(namespace.as_deref().unwrap_or_default(), name))
    }

    fn bind_generated(&mut self) {
        for (oid, id, expression, is_stored) in std::mem::take(&mut self.generated) {
            let Some(table) = self.tables.get_mut(&oid) else { continue };
            let formula = Formula::bind(&expression, table);
            let generation = if is_stored { Generation::Stored(formula) } else { Generation::Virtual(formula) };
            if let Some(column) = table.columns.iter_mut().find(|column| column.id == id) {
                column.generation = Some(generation);
            }
        }
    }

    fn constraint(&mut self, row: &Row) {
        let (oid, owner): (u32, u32) = (row.get("oid"), row.get("conrelid"));
        let Some(table_id) = self.tables.get(&owner).map(|table| table.id) else { return };
        let Some(name) = self.name(&row.get::<_, String>("conname")) else { return };
        let number = u128::from(oid);
        let columns: Vec<ColumnId> =
            row.get::<_, Option<Vec<i16>>>("conkey").unwrap_or_default().iter().map(|n| column_id(owner, *n)).collect();
        let deferral = match (row.get("condeferrable"), row.get("condeferred")) {
            (true, true) => Deferral::Deferred,
            (true, false) => Deferral::Deferrable,
            (false, _) => Deferral::Never,
        };
        let note: Option<String> = row.get("note");
        let not_valid = !row.get::<_, bool>("convalidated");
        match row.get::<_, String>("contype").as_str() {
            kind @ ("p" | "u" | "x") => {
                let id = KeyId::from_u128(number);
                let kind = match kind {
                    "p" => KeyKind::Primary,
                    "u" => KeyKind::Unique,
                    _ => KeyKind::Exclusion,
                };
                if kind == KeyKind::Exclusion {
                    let operators = row.get::<_, Option<Vec<String>>>("operators").unwrap_or_default();
                    self.exclusions.insert(row.get("conindid"), (owner, id, operators));
                }
                let all = row.get::<_, Option<Vec<i16>>>("index_columns").unwrap_or_default();
                let own = row.get::<_, Option<i16>>("indnkeyatts").and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
                let options = KeyOptions {
                    include: all.iter().skip(own).map(|n| column_id(owner, *n)).collect(),
                    nulls_not_distinct: row.get("nulls_not_distinct"),
                    deferral,
                    exclusion: None,
                    note,
                };
                let columns = if kind == KeyKind::Exclusion { Vec::new() } else { columns };
                if let Some(table) = self.tables.get_mut(&owner) {
                    table.keys.push(Key { id, name, kind, columns, options });
                }
            }
            "c" => {
                let options = CheckOptions { no_inherit: row.get("connoinherit"), not_valid, note };
                let value = row.get::<_, Option<String>>("value").unwrap_or_default();
                self.check(owner, number, name, &value, options);
            }
            _ => {
                let target: u32 = row.get("confrelid");
                let referenced = row.get::<_, Option<Vec<i16>>>("confkey").unwrap_or_default();
                let referenced = referenced.iter().map(|n| column_id(target, *n));
                let id = ReferenceId::from_u128(number);
                let pairs = columns.into_iter().zip(referenced);
                let set = row.get::<_, Option<Vec<i16>>>("set_columns").unwrap_or_default();
                let reference = Reference {
                    id,
                    name,
                    referencing: table_id,
                    referenced: TableId::from_u128(target.into()),
                    pairs: pairs.map(|(referencing, referenced)| ColumnPair { referencing, referenced }).collect(),
                    on_delete: action(&row.get::<_, String>("confdeltype")),
                    on_update: action(&row.get::<_, String>("confupdtype")),
                    options: ReferenceOptions {
                        match_full: row.get::<_, String>("confmatchtype") == "f",
                        deferral,
                        not_valid,
                        set_columns: set.iter().map(|n| column_id(owner, *n)).collect(),
                        note,
                    },
                };
                self.schema.references.insert(id, Arc::new(reference));
            }
        }
    }

    fn check(&mut self, owner: u32, number: u128, name: Name, value: &str, options: CheckOptions) {
        let Some(table) = self.tables.get_mut(&owner) else { return };
        match expression::read_check(value, table) {
            Ok(expression) => table.checks.push(Check { id: CheckId::from_u128(number), name, expression, options }),
            Err(error) => {
                self.unread.push(format!("{name} checks {value}: {error}"));
                self.unread_checks.push((table.id, name));
            }
        }
    }

    fn index(&mut self, row: &Row) {
        let (oid, owner): (u32, u32) = (row.get("indexrelid"), row.get("indrelid"));
        let Some(table) = self.tables.get(&owner) else { return };
        let Some(name) = Name::parse(&row.get::<_, String>("relname")).ok() else { return };
        let read = index_parts(table, row).and_then(|parts| {
            let predicate = row.get::<_, Option<String>>("predicate");
            let predicate = predicate.map(|text| expression::read_check(&text, table)).transpose();
            predicate.map(|predicate| (parts, predicate.map(|it| Formula::bind(&it, table))))
        });
        let (parts, predicate) = match read {
            Ok(read) => read,
            Err(error) => {
                self.unread.push(format!("{name} is over something that cannot be read: {error}"));
                return;
            }
        };
        let method = Name::parse(&row.get::<_, String>("method")).ok();
        if row.get("excludes") {
            self.exclusion(oid, parts, method, predicate);
            return;
        }
        let own = usize::try_from(row.get::<_, i16>("indnkeyatts")).unwrap_or_default();
        let include = row.get::<_, Vec<i16>>("columns").iter().skip(own).map(|n| column_id(owner, *n)).collect();
        let options = IndexOptions {
            method: method.filter(|method| method.as_str() != "btree"),
            include,
            nulls_not_distinct: row.get("nulls_not_distinct"),
            predicate,
            parameters: parameters(row.get("reloptions")),
            note: row.get("note"),
        };
        if let Some(table) = self.tables.get_mut(&owner) {
            let id = IndexId::from_u128(oid.into());
            table.indexes.push(Index { id, name, unique: row.get("indisunique"), parts, options });
        }
    }

    /// An exclusion constraint is made of the parts of its index.
    fn exclusion(&mut self, index: u32, parts: Vec<IndexPart>, method: Option<Name>, predicate: Option<Formula>) {
        let Some((owner, id, operators)) = self.exclusions.remove(&index) else { return };
        let Some(key) = self.tables.get_mut(&owner).and_then(|it| it.keys.iter_mut().find(|key| key.id == id)) else {
            return;
        };
        let elements = parts.into_iter().zip(operators).collect();
        key.options.exclusion = method.map(|method| Exclusion { method, elements, predicate });
    }

    /// The name, when it is one that the model allows.
    fn name(&mut self, text: &str) -> Option<Name> {
        let name = Name::parse(text).ok().filter(|name| name.as_str() == text);
        if name.is_none() {
            self.unread.push(format!("{text:?} is not a name that can be shown safely"));
        }
        name
    }

    fn finish(mut self) -> Found {
        for mut table in std::mem::take(&mut self.tables).into_values() {
            table.keys.sort_by_key(|key| key.id);
            table.checks.sort_by_key(|check| check.id);
            table.indexes.sort_by_key(|index| index.id);
            self.schema.tables.insert(table.id, Arc::new(table));
        }
        Found { schema: self.schema, unread: self.unread, unread_checks: self.unread_checks }
    }
}

fn column_id(table: u32, number: i16) -> ColumnId {
    ColumnId::from_u128((u128::from(table) << 16) | u128::from(number.unsigned_abs()))
}

fn parameters(options: Option<Vec<String>>) -> Vec<Parameter> {
    let read = |text: &String| {
        let (name, value) = text.split_once('=')?;
        Some(Parameter { name: Name::parse(name).ok()?, value: value.to_owned() })
    };
    options.unwrap_or_default().iter().filter_map(read).collect()
}

fn partitioning(table: &Table, row: &Row) -> Option<Partitioning> {
    let strategy = match row.get::<_, Option<String>>("strategy")?.as_str() {
        "r" => Strategy::Range,
        "l" => Strategy::List,
        _ => Strategy::Hash,
    };
    let oid: u32 = row.get("oid");
    let expression = row.get::<_, Option<String>>("part_expressions");
    let part = |number: &i16| {
        if *number != 0 {
            return Some(IndexPart::column(column_id(oid, *number)));
        }
        let expression = expression::read_check(expression.as_deref()?, table).ok()?;
        let of = PartOf::Expression(Formula::bind(&expression, table));
        Some(IndexPart { of, ..IndexPart::column(column_id(oid, 0)) })
    };
    let parts = row.get::<_, Option<Vec<i16>>>("part_columns").unwrap_or_default();
    Some(Partitioning { strategy, parts: parts.iter().filter_map(part).collect() })
}

/// Without the namespaces that every connection looks in.
fn qualified(namespace: &str, name: Name) -> QualifiedName {
    let namespace = Some(namespace).filter(|it| !matches!(*it, "" | "pg_catalog" | "public"));
    QualifiedName { namespace: namespace.and_then(|it| Name::parse(it).ok()), name }
}

/// What an index is over, part by part.
fn index_parts(table: &Table, row: &Row) -> Result<Vec<IndexPart>, schema::ExpressionError> {
    let owner: u32 = row.get("indrelid");
    let columns: Vec<i16> = row.get("columns");
    let flags: Vec<i16> = row.get("flags");
    let texts: Vec<Option<String>> = row.get("texts");
    let names = |field: &str| row.get::<_, Vec<Option<String>>>(field).into_iter();
    let mut classes = names("classes");
    let mut options = names("class_options");
    let mut collations = names("collations");
    let name = |text: String| {
        let (namespace, name): (String, String) = serde_json::from_str(&text).ok()?;
        Some(qualified(&namespace, Name::parse(&name).ok()?))
    };
    let mut parts = Vec::new();
    for ((number, flag), text) in columns.into_iter().zip(flags).zip(texts) {
        let of = if number == 0 {
            let expression = expression::read_check(&text.unwrap_or_default(), table)?;
            PartOf::Expression(Formula::bind(&expression, table))
        } else {
            PartOf::Column(column_id(owner, number))
        };
        let (descending, nulls_first) = (flag & 1 != 0, flag & 2 != 0);
        let class_options = options.next().flatten();
        let class_options = class_options
            .map(|text| text.trim_matches(['{', '}']).split(',').map(str::to_owned).collect::<Vec<String>>());
        parts.push(IndexPart {
            of,
            descending,
            nulls_first: (nulls_first != descending).then_some(nulls_first),
            operator_class: classes
                .next()
                .flatten()
                .and_then(name)
                .map(|name| OperatorClass { name, parameters: parameters(class_options) }),
            collation: collations.next().flatten().and_then(name),
        });
    }
    Ok(parts)
}

fn serial_of(data_type: &DataType) -> Option<DataType> {
    let serial = match data_type.to_string().as_str() {
        "integer" => "serial",
        "bigint" => "bigserial",
        "smallint" => "smallserial",
        _ => return None,
    };
    DataType::parse(serial).ok()
}

fn action(code: &str) -> ReferentialAction {
    match code {
        "r" => ReferentialAction::Restrict,
        "c" => ReferentialAction::Cascade,
        "n" => ReferentialAction::SetNull,
        "d" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}
