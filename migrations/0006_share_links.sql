-- Links by which anyone may look at a diagram, and the visits that began with one. Only hashes of tokens are kept.

create table share_link (
    workspace_id uuid not null,
    diagram_id uuid not null,
    id uuid not null,
    token_hash bytea not null,
    may_export boolean not null,
    embed_origins text[] not null,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    last_used_at timestamptz,
    constraint share_link_workspace_id_diagram_id_id_pkey primary key (workspace_id, diagram_id, id),
    constraint share_link_token_hash_key unique (token_hash),
    constraint share_link_workspace_id_diagram_id_fkey foreign key (workspace_id, diagram_id)
        references diagram (workspace_id, id) on update cascade on delete cascade,
    constraint share_link_created_by_fkey foreign key (created_by) references principal (id),
    constraint share_link_token_hash_check check (octet_length(token_hash) = 32)
);

create index share_link_created_by_idx on share_link (created_by);

create table share_visit (
    workspace_id uuid not null,
    diagram_id uuid not null,
    link_id uuid not null,
    token_hash bytea not null,
    expires_at timestamptz not null,
    constraint share_visit_token_hash_pkey primary key (token_hash),
    constraint share_visit_workspace_id_diagram_id_link_id_fkey foreign key (workspace_id, diagram_id, link_id)
        references share_link (workspace_id, diagram_id, id) on update cascade on delete cascade,
    constraint share_visit_token_hash_check check (octet_length(token_hash) = 32)
);

create index share_visit_link_id_idx on share_visit (workspace_id, diagram_id, link_id);
create index share_visit_expires_at_idx on share_visit (expires_at);
