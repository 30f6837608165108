-- A foreign key's check looks for (workspace_id, diagram_id, id). As long as a table has no statistics, PostgreSQL holds
-- every index that begins with the first two for as good as the primary key, and takes the newest: then each check reads
-- all tables of the diagram, and the time of a first large commit grows with the square of its tables.
-- With the names' own columns before the diagram, only the primary key begins with both.

alter table table_entry
    drop constraint table_entry_workspace_id_diagram_id_namespace_id_name_key,
    add constraint table_entry_workspace_id_namespace_id_name_diagram_id_key
        unique (workspace_id, namespace_id, name, diagram_id) deferrable initially deferred;

alter table reference_entry
    drop constraint reference_entry_workspace_id_diagram_id_table_id_name_key,
    add constraint reference_entry_workspace_id_table_id_name_diagram_id_key
        unique (workspace_id, referencing_table_id, name, diagram_id) deferrable initially deferred;
