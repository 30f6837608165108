-- What PostgreSQL's tables have beyond columns, keys, checks, indexes and references of the plain kind. What only few
-- have is kept as JSON of its own shape, and is null where there is nothing beyond the usual.

alter table table_entry
    add column options jsonb;

alter table column_entry
    add column generation jsonb,
    add column collation_name jsonb;

alter table key_entry
    add column options jsonb,
    drop constraint key_entry_kind_check,
    add constraint key_entry_kind_check check (kind in ('primary', 'unique', 'exclusion'));

alter table check_entry
    add column options jsonb;

alter table index_entry
    add column options jsonb;

-- A part may be an expression, or one of several over the same column.
alter table index_column
    alter column column_id drop not null,
    add column part jsonb,
    drop constraint index_column_workspace_id_diagram_id_table_id_column_id_key,
    add constraint index_column_part_check check (column_id is not null or part is not null);

alter table reference_entry
    add column options jsonb;

create table type_entry (
    workspace_id uuid not null,
    diagram_id uuid not null,
    id uuid not null,
    namespace_id uuid not null,
    name text not null,
    note text,
    definition jsonb not null,
    constraint type_entry_workspace_id_diagram_id_id_pkey primary key (workspace_id, diagram_id, id),
    constraint type_entry_workspace_id_namespace_id_name_diagram_id_key
        unique (workspace_id, namespace_id, name, diagram_id) deferrable initially deferred,
    constraint type_entry_workspace_id_diagram_id_fkey foreign key (workspace_id, diagram_id)
        references diagram (workspace_id, id) on update cascade on delete cascade,
    constraint type_entry_workspace_id_diagram_id_namespace_id_fkey
        foreign key (workspace_id, diagram_id, namespace_id)
        references namespace (workspace_id, diagram_id, id) on update cascade deferrable initially deferred,
    constraint type_entry_name_check check (octet_length(name) between 1 and 63)
);

-- Views, functions and the like, as the statement that makes each.
create table opaque_entry (
    workspace_id uuid not null,
    diagram_id uuid not null,
    id uuid not null,
    namespace_id uuid,
    table_id uuid,
    kind text not null,
    rank bigint not null,
    name text not null,
    definition text not null,
    constraint opaque_entry_workspace_id_diagram_id_id_pkey primary key (workspace_id, diagram_id, id),
    constraint opaque_entry_workspace_id_diagram_id_fkey foreign key (workspace_id, diagram_id)
        references diagram (workspace_id, id) on update cascade on delete cascade,
    constraint opaque_entry_workspace_id_diagram_id_namespace_id_fkey
        foreign key (workspace_id, diagram_id, namespace_id)
        references namespace (workspace_id, diagram_id, id) on update cascade deferrable initially deferred,
    constraint opaque_entry_workspace_id_diagram_id_table_id_fkey
        foreign key (workspace_id, diagram_id, table_id)
        references table_entry (workspace_id, diagram_id, id) on update cascade deferrable initially deferred,
    constraint opaque_entry_name_check check (octet_length(name) between 1 and 63)
);
