-- What stands on a diagram and in no database: groups of tables, and notes. A table says which group it is in; one that names a
-- group which is gone is in none, so that there is no foreign key to hold it.

create table annotation_entry (
    workspace_id uuid not null,
    diagram_id uuid not null,
    id uuid not null,
    kind text not null,
    name text not null,
    note text,
    color text,
    constraint annotation_entry_workspace_id_diagram_id_id_pkey primary key (workspace_id, diagram_id, id),
    constraint annotation_entry_workspace_id_diagram_id_kind_name_key
        unique (workspace_id, diagram_id, kind, name) deferrable initially deferred,
    constraint annotation_entry_workspace_id_diagram_id_fkey foreign key (workspace_id, diagram_id)
        references diagram (workspace_id, id) on update cascade on delete cascade,
    constraint annotation_entry_kind_check check (kind in ('group', 'note')),
    constraint annotation_entry_name_check check (octet_length(name) between 1 and 63)
);

alter table table_entry
    add column group_id uuid;
