-- What open diagrams are told at once: moves, by number, and who else is there.

alter table diagram add column layout_number bigint not null default 0;
alter table placement add column layout_number bigint not null default 0;

create index placement_layout_number_idx on placement (workspace_id, diagram_id, layout_number);

-- Servers that run, so that the people of one that was killed are forgotten. Who is present now is worth nothing after a
-- crash of the database, hence nothing of it is logged.
create unlogged table live_server (
    id uuid not null,
    seen_at timestamptz not null,
    constraint live_server_id_pkey primary key (id)
);

create unlogged table presence (
    workspace_id uuid not null,
    diagram_id uuid not null,
    server_id uuid not null,
    principal_id uuid not null,
    constraint presence_workspace_id_diagram_id_server_id_principal_id_pkey
        primary key (workspace_id, diagram_id, server_id, principal_id),
    constraint presence_workspace_id_diagram_id_fkey foreign key (workspace_id, diagram_id)
        references diagram (workspace_id, id) on update cascade on delete cascade,
    constraint presence_server_id_fkey foreign key (server_id) references live_server (id) on delete cascade,
    constraint presence_principal_id_fkey foreign key (principal_id) references principal (id) on delete cascade
);

create index presence_server_id_idx on presence (server_id);
create index presence_principal_id_idx on presence (principal_id);
