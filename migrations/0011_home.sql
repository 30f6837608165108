-- The page where diagrams are found: folders of a workspace, and what a person had open last.

create table folder (
    workspace_id uuid not null,
    id uuid not null,
    name text not null,
    created_at timestamptz not null default now(),
    constraint folder_workspace_id_id_pkey primary key (workspace_id, id),
    constraint folder_id_key unique (id),
    constraint folder_workspace_id_fkey foreign key (workspace_id) references workspace (id) on delete cascade,
    constraint folder_name_check check (char_length(name) between 1 and 100)
);

-- Two folders that differ in capitals alone would be taken for one.
create unique index folder_workspace_id_name_idx on folder (workspace_id, lower(name));

-- A folder that goes leaves its diagrams in the workspace: who deletes it empties it first, as PostgreSQL 14 cannot set one
-- column of the two to NULL.
alter table diagram
    add column folder_id uuid,
    add constraint diagram_workspace_id_folder_id_fkey foreign key (workspace_id, folder_id)
        references folder (workspace_id, id) on update cascade deferrable initially deferred;

create index diagram_workspace_id_folder_id_idx on diagram (workspace_id, folder_id) where folder_id is not null;

-- When somebody last opened a diagram, to some minutes. It goes with the diagram, and with the membership.
create table diagram_visit (
    workspace_id uuid not null,
    diagram_id uuid not null,
    principal_id uuid not null,
    opened_at timestamptz not null default now(),
    constraint diagram_visit_workspace_id_diagram_id_principal_id_pkey
        primary key (workspace_id, diagram_id, principal_id),
    constraint diagram_visit_workspace_id_diagram_id_fkey foreign key (workspace_id, diagram_id)
        references diagram (workspace_id, id) on update cascade on delete cascade,
    constraint diagram_visit_workspace_id_principal_id_fkey foreign key (workspace_id, principal_id)
        references membership (workspace_id, principal_id) on update cascade on delete cascade
);

create index diagram_visit_workspace_id_principal_id_idx on diagram_visit (workspace_id, principal_id);
