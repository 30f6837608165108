//! Schemas whose references are known.

use interchange::{Dialect, Format, read};
use schema::{
    Column, ColumnId, ColumnPair, DataType, Key, KeyId, KeyKind, Name, Namespace, NamespaceId, Rank, Reference,
    ReferenceId, ReferentialAction, Schema, Table, TableId,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// A schema with its references.
pub(crate) struct Known {
    pub(crate) name: String,
    /// What it is a version of; versions of one thing are never both learned from and scored.
    pub(crate) family: String,
    pub(crate) schema: Schema,
    /// The same without references.
    pub(crate) hidden: Schema,
    pub(crate) truth: Truth,
    /// Whether it is one of the catalogs that are scored.
    pub(crate) is_scored: bool,
}

/// Which columns reference which.
pub(crate) type Truth = BTreeSet<(TableId, TableId, BTreeSet<(ColumnId, ColumnId)>)>;

/// SQL files that are learned from beside the catalogs: those that declare most of what they could, in tables that people
/// have named.
const SQL: [(&str, Dialect); 12] = [
    ("pg_adventureworks", Dialect::Postgres),
    ("pg_danbooru", Dialect::Postgres),
    ("pg_guacamole", Dialect::Postgres),
    ("pg_hexpm", Dialect::Postgres),
    ("pg_lemmy", Dialect::Postgres),
    ("pg_musicbrainz", Dialect::Postgres),
    ("pg_omop_cdm", Dialect::Postgres),
    ("pg_openstreetmap", Dialect::Postgres),
    ("pg_quartz", Dialect::Postgres),
    ("pg_roundcube", Dialect::Postgres),
    ("oracle_hr", Dialect::Oracle),
    ("oracle_co", Dialect::Oracle),
];

/// All schemas, the catalogs first.
pub(crate) fn all(shared: &Path) -> Vec<Known> {
    let mut paths: Vec<_> = fs::read_dir(shared.join("fk-truth")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == "json"));
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let catalog: Catalog = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        all.push(known(name, catalog.schema(), true));
    }
    for (name, dialect) in SQL {
        let text = fs::read_to_string(shared.join("schemas").join(format!("{name}.sql"))).unwrap();
        let mut last = 0;
        let mut next = || {
            last += 1;
            last
        };
        all.push(known(name.to_owned(), read(&text, Format::Sql(dialect), &mut next).schema, false));
    }
    all
}

fn known(name: String, schema: Schema, is_scored: bool) -> Known {
    let families = ["chinook", "northwind", "sakila", "gitlab", "musicbrainz", "quartz"];
    let same = if name.contains("pagila") { "sakila" } else { name.as_str() };
    let family = families.iter().find(|it| same.contains(**it)).map_or(same, |it| it).to_owned();
    let truth = schema
        .references
        .values()
        .map(|it| {
            let pairs = it.pairs.iter().map(|pair| (pair.referencing, pair.referenced)).collect();
            (it.referencing, it.referenced, pairs)
        })
        .collect();
    let hidden = Schema { references: schema::SharedMap::new(), ..schema.clone() };
    Known { name, family, schema, hidden, truth, is_scored }
}

#[derive(Deserialize)]
struct Catalog {
    tables: Vec<CatalogTable>,
    keys: Vec<CatalogKey>,
    fks: Vec<CatalogReference>,
}

#[derive(Deserialize)]
struct CatalogTable {
    schema: String,
    name: String,
    cols: Vec<CatalogColumn>,
}

#[derive(Deserialize)]
struct CatalogColumn {
    name: String,
    #[serde(rename = "type")]
    plain_type: String,
    fulltype: String,
    notnull: bool,
}

#[derive(Deserialize)]
struct CatalogKey {
    table: String,
    primary: bool,
    cols: Vec<String>,
}

#[derive(Deserialize)]
struct CatalogReference {
    table: String,
    #[serde(rename = "ref")]
    referenced: String,
    cols: Vec<String>,
    refcols: Vec<String>,
}

impl Catalog {
    fn schema(&self) -> Schema {
        let mut schema = Schema::default();
        let mut last = 0_u128;
        let mut next = || {
            last += 1;
            last
        };
        let mut namespaces: BTreeMap<&str, NamespaceId> = BTreeMap::new();
        let mut ids: BTreeMap<String, TableId> = BTreeMap::new();
        for it in &self.tables {
            let namespace = *namespaces.entry(&it.schema).or_insert_with(|| NamespaceId::from_u128(next()));
            schema.namespaces.insert(namespace, Namespace { id: namespace, name: Name::derive(&[], &it.schema) });
            let label = format!("{}.{}", it.schema, it.name);
            let id = TableId::from_u128(next());
            let columns = it.cols.iter().enumerate().map(|(at, column)| column.column(at, next())).collect();
            let mut table = Table {
                id,
                namespace,
                name: Name::derive(&[], &it.name),
                note: None,
                columns,
                keys: vec![],
                checks: vec![],
                indexes: vec![],
                options: Default::default(),
                group: None,
            };
            for key in self.keys.iter().filter(|key| key.table == label) {
                let number = next();
                table.keys.push(Key {
                    id: KeyId::from_u128(number),
                    name: Name::derive(&[], &format!("key_{number}")),
                    kind: if key.primary { KeyKind::Primary } else { KeyKind::Unique },
                    columns: key.cols.iter().filter_map(|name| Some(table.column_named(name)?.id)).collect(),
                    options: Default::default(),
                });
            }
            ids.insert(label, id);
            schema.tables.insert(id, Arc::new(table));
        }
        for it in &self.fks {
            let (from, to) = (ids[&it.table], ids[&it.referenced]);
            let column = |table: TableId, name: &String| schema.table(table)?.column_named(name).map(|it| it.id);
            let pairs = it.cols.iter().zip(&it.refcols).filter_map(|(mine, theirs)| {
                Some(ColumnPair { referencing: column(from, mine)?, referenced: column(to, theirs)? })
            });
            let id = ReferenceId::from_u128(next());
            let reference = Reference {
                id,
                name: Name::derive(&[], "reference"),
                referencing: from,
                referenced: to,
                pairs: pairs.collect(),
                on_delete: ReferentialAction::NoAction,
                on_update: ReferentialAction::NoAction,
                options: Default::default(),
            };
            schema.references.insert(id, Arc::new(reference));
        }
        schema
    }
}

impl CatalogColumn {
    fn column(&self, at: usize, number: u128) -> Column {
        let data_type = [&self.fulltype, &self.plain_type].into_iter().find_map(|text| DataType::parse_wide(text).ok());
        Column {
            id: ColumnId::from_u128(number),
            rank: Rank::nth(at),
            name: Name::derive(&[], &self.name),
            data_type: data_type.unwrap_or_else(|| panic!("{} {}", self.name, self.fulltype)),
            nullable: !self.notnull,
            default: None,
            note: None,
            generation: None,
            collation: None,
        }
    }
}
