//! What is asked of a database's catalog.

pub(super) const NAMESPACES: &str = "
    select oid, nspname::text
    from pg_catalog.pg_namespace
    where nspname !~ '^pg_' and nspname not in ('information_schema', '__crowfoot')
    order by nspname";

pub(super) const TYPES: &str = "
    select t.oid, t.typnamespace, t.typname::text, t.typtype::text, pg_catalog.obj_description(t.oid, 'pg_type') as note,
        t.typbasetype as base, pg_catalog.format_type(t.typbasetype, t.typtypmod) as base_text, t.typndims::int4 as typndims,
        b.typelem as element, not t.typnotnull as nullable, t.typdefault as value,
        case when t.typcollation <> b.typcollation then c.collname::text end as collation_name,
        case when t.typcollation <> b.typcollation then cn.nspname::text end as collation_namespace,
        (
            select coalesce(jsonb_agg(jsonb_build_array(e.oid::bigint, e.enumlabel) order by e.enumsortorder), '[]')
            from pg_catalog.pg_enum e
            where e.enumtypid = t.oid
        )::text as labels,
        (
            select coalesce(jsonb_agg(jsonb_build_array(
                k.conname, pg_catalog.pg_get_expr(k.conbin, 0), not k.convalidated) order by k.conname), '[]')
            from pg_catalog.pg_constraint k
            where k.contypid = t.oid and k.contype = 'c'
        )::text as checks
    from pg_catalog.pg_type t
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    left join pg_catalog.pg_type b on b.oid = t.typbasetype
    left join pg_catalog.pg_collation c on c.oid = t.typcollation
    left join pg_catalog.pg_namespace cn on cn.oid = c.collnamespace
    where t.typtype in ('e', 'd') and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', '__crowfoot')
        and not exists (
            select from pg_catalog.pg_depend d
            where d.classid = 'pg_catalog.pg_type'::regclass and d.objid = t.oid and d.deptype = 'e'
        )
    order by t.typtype = 'd', t.oid";

pub(super) const TABLES: &str = "
    select c.oid, c.relnamespace, c.relname::text, pg_catalog.obj_description(c.oid, 'pg_class') as note,
        c.relpersistence = 'u' as unlogged, c.reloptions, c.relispartition,
        pg_catalog.pg_get_expr(c.relpartbound, c.oid) as bounds,
        (
            select array_agg(i.inhparent order by i.inhseqno)
            from pg_catalog.pg_inherits i
            where i.inhrelid = c.oid
        ) as parents,
        p.partstrat::text as strategy, p.partattrs::int2[] as part_columns,
        pg_catalog.pg_get_expr(p.partexprs, p.partrelid) as part_expressions
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join pg_catalog.pg_partitioned_table p on p.partrelid = c.oid
    where c.relkind in ('r', 'p')
        and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', '__crowfoot')
        and not exists (
            select from pg_catalog.pg_depend d
            where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
        )
    order by n.nspname, c.relname";

pub(super) const COLUMNS: &str = "
    select a.attrelid, a.attnum, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
        a.atttypid, t.typelem as element, a.attndims::int2 as attndims,
        not a.attnotnull as nullable, pg_catalog.pg_get_expr(d.adbin, d.adrelid) as value,
        pg_catalog.col_description(a.attrelid, a.attnum) as note,
        exists (
            select from pg_catalog.pg_depend o
            join pg_catalog.pg_class s on s.oid = o.objid and s.relkind = 'S'
            where o.classid = 'pg_catalog.pg_class'::regclass and o.refclassid = 'pg_catalog.pg_class'::regclass
                and o.refobjid = a.attrelid and o.refobjsubid = a.attnum and o.deptype = 'a'
        ) as numbered,
        a.attidentity::text as identity, a.attgenerated::text as generated,
        case when a.attcollation <> t.typcollation then c.collname::text end as collation_name,
        case when a.attcollation <> t.typcollation then cn.nspname::text end as collation_namespace
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_type t on t.oid = a.atttypid
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join pg_catalog.pg_collation c on c.oid = a.attcollation
    left join pg_catalog.pg_namespace cn on cn.oid = c.collnamespace
    where a.attnum > 0 and not a.attisdropped
        and exists (select from pg_catalog.pg_class c where c.oid = a.attrelid and c.relkind in ('r', 'p'))
    order by a.attrelid, a.attnum";

/// References that a partition has from its table are told by the table.
pub(super) const CONSTRAINTS: &str = "
    select c.oid, c.conrelid, c.conname::text, c.contype::text, c.conkey, c.confrelid, c.confkey,
        c.confdeltype::text, c.confupdtype::text, pg_catalog.pg_get_expr(c.conbin, c.conrelid) as value,
        c.convalidated, c.condeferrable, c.condeferred, c.connoinherit, c.confmatchtype::text,
        (
            select array_agg(n::int2)
            from jsonb_array_elements_text(nullif(to_jsonb(c) -> 'confdelsetcols', 'null')) n
        ) as set_columns,
        coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) as nulls_not_distinct,
        i.indkey::int2[] as index_columns, i.indnkeyatts,
        (
            select array_agg(o.oprname::text order by e.ordinality)
            from unnest(c.conexclop) with ordinality e (operator, ordinality)
            join pg_catalog.pg_operator o on o.oid = e.operator
        ) as operators,
        c.conindid, pg_catalog.obj_description(c.oid, 'pg_constraint') as note
    from pg_catalog.pg_constraint c
    left join pg_catalog.pg_index i on i.indexrelid = c.conindid and c.contype in ('p', 'u', 'x')
    where c.contype in ('p', 'u', 'c', 'f', 'x') and c.conrelid <> 0
        and (c.conparentid = 0 or c.contype in ('p', 'u'))
    order by c.conrelid, c.oid";

/// The indexes behind exclusion constraints are among them, for what these are made of.
pub(super) const INDEXES: &str = "
    select i.indexrelid, i.indrelid, c.relname::text, i.indisunique, i.indkey::int2[] as columns, i.indnkeyatts,
        m.amname::text as method, c.reloptions, i.indoption::int2[] as flags,
        pg_catalog.pg_get_expr(i.indpred, i.indrelid) as predicate,
        coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) as nulls_not_distinct,
        pg_catalog.obj_description(c.oid, 'pg_class') as note,
        array(
            select pg_catalog.pg_get_indexdef(i.indexrelid, n, false)
            from generate_series(1, i.indnkeyatts) n
        ) as texts,
        array(
            select case when not p.opcdefault then jsonb_build_array(s.nspname, p.opcname)::text end
            from unnest(i.indclass::oid[]) with ordinality k (id, n)
            join pg_catalog.pg_opclass p on p.oid = k.id
            join pg_catalog.pg_namespace s on s.oid = p.opcnamespace
            order by k.n
        ) as classes,
        array(
            select a.attoptions::text
            from generate_series(1, i.indnkeyatts) n
            left join pg_catalog.pg_attribute a on a.attrelid = i.indexrelid and a.attnum = n
            order by n
        ) as class_options,
        array(
            select case when k.id <> 0 and k.id <> coalesce(a.attcollation, t.typcollation, 100)
                then jsonb_build_array(s.nspname, l.collname)::text end
            from unnest(i.indcollation::oid[]) with ordinality k (id, n)
            left join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[(k.n - 1)::int]
                and i.indkey[(k.n - 1)::int] <> 0
            left join pg_catalog.pg_attribute own on own.attrelid = i.indexrelid and own.attnum = k.n
            left join pg_catalog.pg_type t on t.oid = own.atttypid
            left join pg_catalog.pg_collation l on l.oid = k.id
            left join pg_catalog.pg_namespace s on s.oid = l.collnamespace
            order by k.n
        ) as collations,
        exists (
            select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.contype = 'x'
        ) as excludes
    from pg_catalog.pg_index i
    join pg_catalog.pg_class c on c.oid = i.indexrelid
    join pg_catalog.pg_am m on m.oid = c.relam
    where not exists (
        select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u')
    )
    order by i.indrelid, i.indexrelid";
