with
visible as (
    select oid, quote_ident(nspname) as name, nspowner, nspacl
    from pg_catalog.pg_namespace
    where nspname not in ('pg_catalog', 'information_schema', 'pg_toast', '__crowfoot')
      and nspname !~ '^pg_(toast_)?temp_'
),
relation as (
    select
        class.oid,
        class.relkind,
        visible.name || '.' || quote_ident(class.relname) as name,
        class.relpersistence,
        class.relowner,
        class.relacl,
        class.reloptions,
        class.relrowsecurity,
        class.relforcerowsecurity,
        class.relreplident
    from pg_catalog.pg_class as class
    join visible on visible.oid = class.relnamespace
),
fact (object, detail) as (
    select
        'schema ' || name,
        jsonb_build_array(pg_get_userbyid(nspowner), nspacl::text)
    from visible

    union all
    select
        case relkind
            when 'v' then 'view '
            when 'm' then 'materialized view '
            when 'S' then 'sequence '
            when 'c' then 'type '
            else 'table '
        end || name,
        jsonb_build_array(
            relkind, relpersistence, pg_get_userbyid(relowner), relacl::text, reloptions, relrowsecurity,
            relforcerowsecurity, relreplident, obj_description(oid, 'pg_class'),
            case when relkind in ('v', 'm') then pg_get_viewdef(oid) end,
            (
                select jsonb_build_array(
                    format_type(seqtypid, null), seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle
                )
                from pg_catalog.pg_sequence
                where seqrelid = relation.oid
            ),
            (
                select count(*)
                from pg_catalog.pg_trigger
                where tgrelid = relation.oid and tgisinternal and tgenabled <> 'O'
            ),
            (
                select array_agg(inhparent::regclass::text order by inhseqno)
                from pg_catalog.pg_inherits
                where inhrelid = relation.oid
            )
        )
    from relation
    where relkind in ('r', 'p', 'v', 'm', 'S', 'c', 'f')

    union all
    select
        'column ' || relation.name || '.' || quote_ident(attribute.attname),
        jsonb_build_array(
            format_type(attribute.atttypid, attribute.atttypmod), attribute.attnotnull,
            pg_get_expr(pg_attrdef.adbin, pg_attrdef.adrelid), attribute.attidentity, attribute.attgenerated,
            attribute.attcollation::regcollation::text, attribute.attacl::text, attribute.attoptions,
            col_description(relation.oid, attribute.attnum)
        )
    from relation
    join pg_catalog.pg_attribute as attribute
      on attribute.attrelid = relation.oid
     and attribute.attnum > 0
     and not attribute.attisdropped
    left join pg_catalog.pg_attrdef
      on pg_attrdef.adrelid = attribute.attrelid
     and pg_attrdef.adnum = attribute.attnum
    where relation.relkind in ('r', 'p', 'v', 'm', 'c', 'f')

    union all
    select
        'constraint ' || coalesce(relation.name, contypid::regtype::text) || '.' || quote_ident(conname),
        jsonb_build_array(
            pg_get_constraintdef(pg_constraint.oid), convalidated, condeferrable, condeferred,
            obj_description(pg_constraint.oid, 'pg_constraint')
        )
    from pg_catalog.pg_constraint
    join visible on visible.oid = connamespace
    left join relation on relation.oid = conrelid
    -- From PostgreSQL 18 on NOT NULL has rows here; the column says it already.
    where contype <> 'n'

    union all
    select
        'index ' || relation.name,
        jsonb_build_array(
            pg_get_indexdef(indexrelid), indisvalid, indisready, indisunique, indisprimary, indisclustered,
            indisreplident
        )
    from pg_catalog.pg_index
    join relation on relation.oid = indexrelid

    union all
    select
        'trigger ' || relation.name || '.' || quote_ident(tgname),
        jsonb_build_array(pg_get_triggerdef(pg_trigger.oid), tgenabled)
    from pg_catalog.pg_trigger
    join relation on relation.oid = tgrelid
    where not tgisinternal

    union all
    select
        'policy ' || relation.name || '.' || quote_ident(polname),
        jsonb_build_array(
            polcmd, polpermissive, polroles::regrole[]::text, pg_get_expr(polqual, polrelid),
            pg_get_expr(polwithcheck, polrelid)
        )
    from pg_catalog.pg_policy
    join relation on relation.oid = polrelid

    union all
    select
        'rule ' || relation.name || '.' || quote_ident(rulename),
        jsonb_build_array(pg_get_ruledef(pg_rewrite.oid), ev_enabled)
    from pg_catalog.pg_rewrite
    join relation on relation.oid = ev_class
    where rulename <> '_RETURN'

    union all
    select
        'function ' || visible.name || '.' || quote_ident(proname)
            || '(' || pg_get_function_identity_arguments(pg_proc.oid) || ')',
        jsonb_build_array(
            prokind, pg_get_userbyid(proowner), proacl::text, prosrc,
            case when prokind in ('f', 'p', 'w') then pg_get_functiondef(pg_proc.oid) end
        )
    from pg_catalog.pg_proc
    join visible on visible.oid = pronamespace

    union all
    select
        'type ' || visible.name || '.' || quote_ident(typname),
        jsonb_build_array(
            typtype, pg_get_userbyid(typowner), typacl::text, typnotnull, typdefault, format_type(typbasetype, typtypmod),
            (
                select array_agg(enumlabel order by enumsortorder)
                from pg_catalog.pg_enum
                where enumtypid = pg_type.oid
            )
        )
    from pg_catalog.pg_type
    join visible on visible.oid = typnamespace
    where typtype in ('d', 'e', 'r')

    union all
    select
        'statistics ' || visible.name || '.' || quote_ident(stxname),
        jsonb_build_array(pg_get_statisticsobjdef(pg_statistic_ext.oid))
    from pg_catalog.pg_statistic_ext
    join visible on visible.oid = stxnamespace

    union all
    select 'extension ' || quote_ident(extname), jsonb_build_array(extversion)
    from pg_catalog.pg_extension

    union all
    select 'event trigger ' || quote_ident(evtname), jsonb_build_array(evtevent, evtenabled, evttags)
    from pg_catalog.pg_event_trigger

    union all
    select
        'publication ' || quote_ident(pubname),
        jsonb_build_array(puballtables, pubinsert, pubupdate, pubdelete, pubtruncate)
    from pg_catalog.pg_publication
)
select object, encode(sha256(convert_to(detail::text, 'UTF8')), 'hex')
from fact
