-- What people call a revision. The revision itself is never changed.
create table revision_name (
    workspace_id uuid not null,
    diagram_id uuid not null,
    number bigint not null,
    name text not null,
    constraint revision_name_workspace_id_diagram_id_number_pkey primary key (workspace_id, diagram_id, number),
    constraint revision_name_workspace_id_diagram_id_number_fkey foreign key (workspace_id, diagram_id, number)
        references revision (workspace_id, diagram_id, number) on update cascade on delete cascade,
    constraint revision_name_name_check check (char_length(name) between 1 and 100)
);

-- What one person has staged, so that another device of theirs goes on with it. It goes with the diagram, and with the
-- membership: who is no longer a member leaves nothing behind. The body is text, because only a browser reads it, and
-- it comes back byte by byte as it went in.
create table draft (
    workspace_id uuid not null,
    diagram_id uuid not null,
    principal_id uuid not null,
    sequence bigint not null,
    body text not null,
    updated_at timestamptz not null default now(),
    constraint draft_workspace_id_diagram_id_principal_id_pkey primary key (workspace_id, diagram_id, principal_id),
    constraint draft_workspace_id_diagram_id_fkey foreign key (workspace_id, diagram_id)
        references diagram (workspace_id, id) on update cascade on delete cascade,
    constraint draft_workspace_id_principal_id_fkey foreign key (workspace_id, principal_id)
        references membership (workspace_id, principal_id) on update cascade on delete cascade,
    constraint draft_sequence_check check (sequence > 0),
    constraint draft_body_check check (octet_length(body) between 1 and 4194304)
);

create index draft_workspace_id_principal_id_idx on draft (workspace_id, principal_id);
