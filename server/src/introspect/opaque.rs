//! What is kept as the statement that makes it, out of a database's catalog.

use super::{Found, Reader};
use schema::{Name, NamespaceId, Opaque, OpaqueId, OpaqueKind, Rank, Statement, TableId};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio_postgres::{GenericClient, Row};

/// Reads what [`introspect`](super::introspect) does, and views, functions and the like as well.
///
/// # Errors
/// When the database does not answer.
pub async fn introspect_all(client: &impl GenericClient) -> Result<Found, tokio_postgres::Error> {
    let reader = Reader { tells_sequences: true, ..Reader::default() };
    let mut found = super::read(client, reader).await?;
    // The sequences of serial columns, and whose they are, go without saying.
    let serial = found.schema.tables.values().flat_map(|table| {
        let sequences = table.sequences().filter(|(column, _)| column.data_type.has_sequence());
        sequences.map(|(_, name)| (Some(table.namespace), name)).collect::<Vec<_>>()
    });
    let serial: BTreeSet<(Option<NamespaceId>, Name)> = serial.collect();
    for (at, row) in client.query(OPAQUE, &[]).await?.iter().enumerate() {
        match statement(at, row) {
            Some(it) if serial.contains(&(it.namespace, it.name.clone())) => {}
            Some(it) => {
                found.schema.opaque.insert(it.id, Arc::new(it));
            }
            None => found.unread.push(format!("{} cannot be kept as a statement", row.get::<_, String>("name"))),
        }
    }
    Ok(found)
}

fn statement(at: usize, row: &Row) -> Option<Opaque> {
    let kind = match row.get::<_, String>("kind").as_str() {
        "extension" => OpaqueKind::Extension,
        "type" => OpaqueKind::Type,
        "collation" => OpaqueKind::Collation,
        "sequence" => OpaqueKind::Sequence,
        "function" => OpaqueKind::Function,
        "setting" => OpaqueKind::TableSetting,
        "view" => OpaqueKind::View,
        "materialized view" => OpaqueKind::MaterializedView,
        "rule" => OpaqueKind::Rule,
        "trigger" => OpaqueKind::Trigger,
        "policy" => OpaqueKind::Policy,
        _ => OpaqueKind::Other,
    };
    Some(Opaque {
        id: OpaqueId::from_u128(u128::try_from(at).ok()? + 1),
        kind,
        namespace: row.get::<_, Option<u32>>("namespace").map(|oid| NamespaceId::from_u128(oid.into())),
        table: row.get::<_, Option<u32>>("owner").map(|oid| TableId::from_u128(oid.into())),
        name: Name::parse(&row.get::<_, String>("name")).ok()?,
        rank: Rank::nth(at),
        definition: Statement::parse(&row.get::<_, String>("definition")).ok()?,
    })
}

/// In an order in which most of what is used comes before what uses it: by kind, then as it was made.
const OPAQUE: &str = "
    with visible as (
        select oid, nspname
        from pg_catalog.pg_namespace
        where nspname !~ '^pg_' and nspname not in ('information_schema', '__crowfoot')
    ),
    extended as (
        select classid, objid
        from pg_catalog.pg_depend
        where deptype = 'e'
    ),
    relation as (
        select c.*, v.nspname, format('%I.%I', v.nspname, c.relname) as path
        from pg_catalog.pg_class c
        join visible v on v.oid = c.relnamespace
        where not exists (
            select from extended e where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid
        )
    ),
    found (place, id, kind, namespace, owner, name, definition) as (
        select 1, e.oid, 'extension', null::oid, null::oid, e.extname,
            format('create extension if not exists %I', e.extname)
                || case when n.nspname in ('public', 'pg_catalog') then '' else format(' with schema %I', n.nspname) end
        from pg_catalog.pg_extension e
        join pg_catalog.pg_namespace n on n.oid = e.extnamespace
        where e.extname <> 'plpgsql'

        union all
        select 2, c.oid, 'collation', c.collnamespace, null, c.collname,
            format('create collation %I.%I (provider = %s, locale = %L, deterministic = %s)', v.nspname, c.collname,
                case c.collprovider when 'i' then 'icu' else 'libc' end,
                coalesce(to_jsonb(c) ->> 'colliculocale', to_jsonb(c) ->> 'colllocale', c.collcollate),
                case when c.collisdeterministic then 'true' else 'false' end)
        from pg_catalog.pg_collation c
        join visible v on v.oid = c.collnamespace
        where not exists (
            select from extended e where e.classid = 'pg_catalog.pg_collation'::regclass and e.objid = c.oid
        )

        union all
        select 3, r.oid, 'type', r.relnamespace, null, r.relname,
            format('create type %s as (%s)', r.path, (
                select string_agg(
                    format('%I %s', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
                from pg_catalog.pg_attribute a
                where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
            ))
        from relation r
        where r.relkind = 'c' and not exists (
            select from extended e where e.classid = 'pg_catalog.pg_type'::regclass and e.objid = r.reltype
        )

        union all
        select 4, r.oid, 'sequence', r.relnamespace, null, r.relname,
            format('create sequence %s as %s start %s increment %s minvalue %s maxvalue %s cache %s%s', r.path,
                pg_catalog.format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
                case when s.seqcycle then ' cycle' else '' end)
        from relation r
        join pg_catalog.pg_sequence s on s.seqrelid = r.oid
        where not exists (
            select from pg_catalog.pg_depend d
            where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = r.oid and d.deptype = 'i'
        )

        union all
        select 7, r.oid, 'setting', r.relnamespace, o.oid, r.relname,
            format('alter sequence %s owned by %s.%I', r.path, o.path, a.attname)
        from relation r
        join pg_catalog.pg_depend d
            on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = r.oid and d.deptype = 'a' and d.refobjsubid > 0
        join relation o on o.oid = d.refobjid
        join pg_catalog.pg_attribute a on a.attrelid = o.oid and a.attnum = d.refobjsubid
        where r.relkind = 'S'

        union all
        select 5, p.oid, 'function', p.pronamespace, null, p.proname, pg_catalog.pg_get_functiondef(p.oid)
        from pg_catalog.pg_proc p
        join visible v on v.oid = p.pronamespace
        where p.prokind in ('f', 'p', 'w')
            and not exists (
                select from extended e where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid
            )

        union all
        select 6, p.oid, 'other', p.pronamespace, null, p.proname,
            format('create aggregate %I.%I(%s) (sfunc = %s, stype = %s%s%s)', v.nspname, p.proname,
                pg_catalog.pg_get_function_identity_arguments(p.oid), g.aggtransfn,
                pg_catalog.format_type(g.aggtranstype, null),
                case when g.aggfinalfn <> 0 then ', finalfunc = ' || g.aggfinalfn::text else '' end,
                coalesce(', initcond = ' || quote_literal(g.agginitval), ''))
        from pg_catalog.pg_proc p
        join pg_catalog.pg_aggregate g on g.aggfnoid = p.oid
        join visible v on v.oid = p.pronamespace
        where g.aggkind = 'n'
            and not exists (
                select from extended e where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid
            )

        union all
        select 6, r.oid, case r.relkind when 'v' then 'view' else 'materialized view' end, r.relnamespace, null, r.relname,
            format('create %s %s%s as %s', case r.relkind when 'v' then 'view' else 'materialized view' end, r.path,
                coalesce(' with (' || array_to_string(r.reloptions, ', ') || ')', ''),
                pg_catalog.pg_get_viewdef(r.oid))
        from relation r
        where r.relkind in ('v', 'm')

        union all
        select 6, i.oid, 'materialized view', i.relnamespace, null, i.relname, pg_catalog.pg_get_indexdef(i.oid)
        from relation i
        join pg_catalog.pg_index x on x.indexrelid = i.oid
        join relation r on r.oid = x.indrelid and r.relkind = 'm'

        union all
        select 7, r.oid, 'setting', null, r.oid, r.relname, format('alter table %s enable row level security', r.path)
        from relation r
        where r.relrowsecurity and r.relkind in ('r', 'p')

        union all
        select 8, w.oid, 'rule', null, case when r.relkind in ('r', 'p') then r.oid end, w.rulename,
            pg_catalog.pg_get_ruledef(w.oid)
        from pg_catalog.pg_rewrite w
        join relation r on r.oid = w.ev_class
        where w.rulename <> '_RETURN'

        union all
        select 9, t.oid, 'trigger', null, case when r.relkind in ('r', 'p') then r.oid end, t.tgname,
            pg_catalog.pg_get_triggerdef(t.oid)
        from pg_catalog.pg_trigger t
        join relation r on r.oid = t.tgrelid
        where not t.tgisinternal and coalesce((to_jsonb(t) ->> 'tgparentid')::oid, 0) = 0

        union all
        select 10, p.oid, 'policy', null, r.oid, p.polname,
            format('create policy %I on %s as %s for %s%s%s', p.polname, r.path,
                case when p.polpermissive then 'permissive' else 'restrictive' end,
                case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
                    else 'all' end,
                ' using (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
                ' with check (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')')
        from pg_catalog.pg_policy p
        join relation r on r.oid = p.polrelid
    )
    select kind, namespace, owner, name::text as name, definition
    from found
    order by place, id";
