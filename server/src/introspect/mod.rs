//! A database's own catalog, read as a schema.

mod compare;
mod expression;

pub use compare::{differences, differences_in_shape};

use schema::{
    Check, CheckId, Column, ColumnId, ColumnPair, DataType, Index, IndexId, Key, KeyId, KeyKind, Name, Namespace,
    NamespaceId, Rank, Reference, ReferenceId, ReferentialAction, Schema, Table, TableId,
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
    let mut reader = Reader::default();
    for row in client.query(NAMESPACES, &[]).await? {
        reader.namespace(&row);
    }
    for row in client.query(TABLES, &[]).await? {
        reader.table(&row);
    }
    for row in client.query(COLUMNS, &[]).await? {
        reader.column(&row);
    }
    for row in client.query(CONSTRAINTS, &[]).await? {
        reader.constraint(&row);
    }
    for row in client.query(INDEXES, &[]).await? {
        reader.index(&row);
    }
    Ok(reader.finish())
}

const NAMESPACES: &str = "
    select oid, nspname::text
    from pg_catalog.pg_namespace
    where nspname !~ '^pg_' and nspname not in ('information_schema', '__crowfoot')
    order by nspname";

const TABLES: &str = "
    select c.oid, c.relnamespace, c.relname::text, pg_catalog.obj_description(c.oid, 'pg_class') as note,
        case
            when c.relkind = 'p' then 'is partitioned'
            when c.relpersistence <> 'p' then 'is unlogged'
            when exists (select from pg_catalog.pg_inherits i where c.oid in (i.inhrelid, i.inhparent))
                then 'takes part in inheritance'
        end as oddity
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition
        and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', '__crowfoot')
        and not exists (
            select from pg_catalog.pg_depend d
            where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
        )
    order by n.nspname, c.relname";

const COLUMNS: &str = "
    select a.attrelid, a.attnum, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
        not a.attnotnull as nullable, pg_catalog.pg_get_expr(d.adbin, d.adrelid) as value,
        pg_catalog.col_description(a.attrelid, a.attnum) as note,
        exists (
            select from pg_catalog.pg_depend o
            join pg_catalog.pg_class s on s.oid = o.objid and s.relkind = 'S'
            where o.classid = 'pg_catalog.pg_class'::regclass and o.refclassid = 'pg_catalog.pg_class'::regclass
                and o.refobjid = a.attrelid and o.refobjsubid = a.attnum and o.deptype = 'a'
        ) as numbered,
        case
            when a.attidentity <> '' then 'is an identity column'
            when a.attgenerated <> '' then 'is generated'
            when a.attcollation <> t.typcollation then 'has a collation of its own'
        end as oddity
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_type t on t.oid = a.atttypid
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped
        and exists (select from pg_catalog.pg_class c where c.oid = a.attrelid and c.relkind in ('r', 'p'))
    order by a.attrelid, a.attnum";

const CONSTRAINTS: &str = "
    select c.oid, c.conrelid, c.conname::text, c.contype::text, c.conkey, c.confrelid, c.confkey,
        c.confdeltype::text, c.confupdtype::text, pg_catalog.pg_get_expr(c.conbin, c.conrelid) as value,
        case
            when c.contype = 'x' then 'excludes'
            when not c.convalidated then 'is not validated'
            when c.condeferrable then 'can be deferred'
            when c.contype = 'f' and c.confmatchtype <> 's' then 'matches in full'
            when to_jsonb(c) ->> 'confdelsetcols' is not null then 'sets some of its columns only'
            when c.contype = 'c' and c.connoinherit then 'is not inherited'
            when (select to_jsonb(i) ->> 'indnullsnotdistinct' from pg_catalog.pg_index i where i.indexrelid = c.conindid)
                    = 'true'
                and c.contype = 'u' then 'lets NULL stand once only'
        end as oddity
    from pg_catalog.pg_constraint c
    where c.contype in ('p', 'u', 'c', 'f', 'x') and c.conrelid <> 0
    order by c.conrelid, c.oid";

const INDEXES: &str = "
    select i.indexrelid, i.indrelid, c.relname::text, i.indisunique, i.indkey::int2[] as columns,
        case
            when m.amname <> 'btree' then 'is no B-tree'
            when i.indexprs is not null then 'contains expressions'
            when i.indpred is not null then 'covers some rows only'
            when i.indnkeyatts <> i.indnatts then 'includes further columns'
            when not i.indisvalid then 'is not valid'
            when exists (select from unnest(i.indoption::int2[]) o where o <> 0) then 'has an order of its own'
            when to_jsonb(i) ->> 'indnullsnotdistinct' = 'true' then 'lets NULL stand once only'
            when exists (
                select from unnest(i.indclass::oid[]) k
                join pg_catalog.pg_opclass p on p.oid = k
                where not p.opcdefault
            ) then 'has an operator class of its own'
        end as oddity
    from pg_catalog.pg_index i
    join pg_catalog.pg_class c on c.oid = i.indexrelid
    join pg_catalog.pg_am m on m.oid = c.relam
    where not exists (
        select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
    )
    order by i.indrelid, i.indexrelid";

#[derive(Default)]
struct Reader {
    schema: Schema,
    tables: BTreeMap<u32, Table>,
    unread: Vec<String>,
    unread_checks: Vec<(TableId, Name)>,
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
        self.oddity(&name, row);
        let table = Table {
            id: TableId::from_u128(oid.into()),
            namespace: NamespaceId::from_u128(row.get::<_, u32>("relnamespace").into()),
            name,
            note: row.get("note"),
            columns: vec![],
            keys: vec![],
            checks: vec![],
            indexes: vec![],
        };
        self.tables.insert(oid, table);
    }

    fn column(&mut self, row: &Row) {
        let oid: u32 = row.get("attrelid");
        let Some(table_name) = self.tables.get(&oid).map(|table| table.name.clone()) else { return };
        let Some(name) = self.name(&row.get::<_, String>("attname")) else { return };
        let label = format!("{table_name}.{name}");
        self.oddity(&label, row);
        let text: String = row.get("type");
        // Without a length, bpchar is not the char(1) that the word would be read as.
        let parsed = if text == "bpchar" { None } else { DataType::parse(&text).ok() };
        let Some(mut data_type) = parsed else {
            self.unread.push(format!("{label} has the type {text}"));
            return;
        };
        let value: Option<String> = row.get("value");
        let numbered = row.get::<_, bool>("numbered") && value.as_deref().is_some_and(|v| v.starts_with("nextval("));
        let serial = numbered.then(|| serial_of(&data_type)).flatten();
        let mut default = None;
        if let Some(serial) = serial {
            data_type = serial;
        } else if let Some(value) = value {
            match expression::read_default(&value, &data_type) {
                Ok(expression) => default = Some(expression),
                Err(error) => self.unread.push(format!("{label} has the default {value}: {error}")),
            }
        }
        let number: i16 = row.get("attnum");
        let Some(table) = self.tables.get_mut(&oid) else { return };
        table.columns.push(Column {
            id: column_id(oid, number),
            rank: Rank::nth(table.columns.len()),
            name,
            data_type,
            nullable: row.get("nullable"),
            default,
            note: row.get("note"),
        });
    }

    fn constraint(&mut self, row: &Row) {
        let (oid, owner): (u32, u32) = (row.get("oid"), row.get("conrelid"));
        let Some(table_id) = self.tables.get(&owner).map(|table| table.id) else { return };
        let Some(name) = self.name(&row.get::<_, String>("conname")) else { return };
        if self.oddity(&name, row) {
            return;
        }
        let number = u128::from(oid);
        let columns: Vec<ColumnId> =
            row.get::<_, Option<Vec<i16>>>("conkey").unwrap_or_default().iter().map(|n| column_id(owner, *n)).collect();
        match row.get::<_, String>("contype").as_str() {
            kind @ ("p" | "u") => {
                let kind = if kind == "p" { KeyKind::Primary } else { KeyKind::Unique };
                if let Some(table) = self.tables.get_mut(&owner) {
                    table.keys.push(Key { id: KeyId::from_u128(number), name, kind, columns });
                }
            }
            "c" => self.check(owner, number, name, &row.get::<_, Option<String>>("value").unwrap_or_default()),
            _ => {
                let target: u32 = row.get("confrelid");
                let referenced = row.get::<_, Option<Vec<i16>>>("confkey").unwrap_or_default();
                let referenced = referenced.iter().map(|n| column_id(target, *n));
                let id = ReferenceId::from_u128(number);
                let pairs = columns.into_iter().zip(referenced);
                let reference = Reference {
                    id,
                    name,
                    referencing: table_id,
                    referenced: TableId::from_u128(target.into()),
                    pairs: pairs.map(|(referencing, referenced)| ColumnPair { referencing, referenced }).collect(),
                    on_delete: action(&row.get::<_, String>("confdeltype")),
                    on_update: action(&row.get::<_, String>("confupdtype")),
                };
                self.schema.references.insert(id, Arc::new(reference));
            }
        }
    }

    fn check(&mut self, owner: u32, number: u128, name: Name, value: &str) {
        let Some(table) = self.tables.get_mut(&owner) else { return };
        match expression::read_check(value, table) {
            Ok(expression) => table.checks.push(Check { id: CheckId::from_u128(number), name, expression }),
            Err(error) => {
                self.unread.push(format!("{name} checks {value}: {error}"));
                self.unread_checks.push((table.id, name));
            }
        }
    }

    fn index(&mut self, row: &Row) {
        let (oid, owner): (u32, u32) = (row.get("indexrelid"), row.get("indrelid"));
        if !self.tables.contains_key(&owner) {
            return;
        }
        let Some(name) = self.name(&row.get::<_, String>("relname")) else { return };
        if self.oddity(&name, row) {
            return;
        }
        let columns = row.get::<_, Vec<i16>>("columns").iter().map(|n| column_id(owner, *n)).collect();
        if let Some(table) = self.tables.get_mut(&owner) {
            let id = IndexId::from_u128(oid.into());
            table.indexes.push(Index { id, name, unique: row.get("indisunique"), columns });
        }
    }

    /// The name, when it is one that the model allows.
    fn name(&mut self, text: &str) -> Option<Name> {
        let name = Name::parse(text).ok().filter(|name| name.as_str() == text);
        if name.is_none() {
            self.unread.push(format!("{text:?} is not a name that can be shown safely"));
        }
        name
    }

    /// Notes what the model cannot say about the object; whether there is such a thing.
    fn oddity(&mut self, name: &impl std::fmt::Display, row: &Row) -> bool {
        let oddity: Option<String> = row.get("oddity");
        let odd = oddity.is_some();
        self.unread.extend(oddity.map(|oddity| format!("{name} {oddity}")));
        odd
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
