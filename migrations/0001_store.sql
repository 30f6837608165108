-- Workspaces, who may use them, and the diagrams in them.

create table workspace (
    id uuid not null,
    created_at timestamptz not null default now(),
    constraint workspace_id_pkey primary key (id)
);

create table principal (
    id uuid not null,
    kind text not null,
    created_at timestamptz not null default now(),
    constraint principal_id_pkey primary key (id),
    constraint principal_kind_check check (kind in ('guest'))
);

create table membership (
    workspace_id uuid not null,
    principal_id uuid not null,
    role text not null,
    created_at timestamptz not null default now(),
    constraint membership_workspace_id_principal_id_pkey primary key (workspace_id, principal_id),
    constraint membership_workspace_id_fkey foreign key (workspace_id) references workspace (id) on delete cascade,
    constraint membership_principal_id_fkey foreign key (principal_id) references principal (id) on delete cascade,
    constraint membership_role_check check (role in ('owner', 'editor', 'viewer'))
);

create index membership_principal_id_idx on membership (principal_id);

-- Only the SHA-256 of a token is kept, so that a copy of this table opens no session.
create table session (
    token_hash bytea not null,
    principal_id uuid not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint session_token_hash_pkey primary key (token_hash),
    constraint session_principal_id_fkey foreign key (principal_id) references principal (id) on delete cascade,
    constraint session_token_hash_check check (octet_length(token_hash) = 32)
);

create index session_principal_id_idx on session (principal_id);
create index session_expires_at_idx on session (expires_at);

create table diagram (
    workspace_id uuid not null,
    id uuid not null,
    name text not null,
    head_revision bigint not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,
    constraint diagram_workspace_id_id_pkey primary key (workspace_id, id),
    constraint diagram_id_key unique (id),
    constraint diagram_workspace_id_fkey foreign key (workspace_id) references workspace (id) on delete cascade,
    constraint diagram_name_check check (char_length(name) between 1 and 100),
    constraint diagram_head_revision_check check (head_revision >= 0)
);

create index diagram_deleted_at_idx on diagram (deleted_at) where deleted_at is not null;

-- The committed schema of each diagram. What belongs together is checked at the end of the transaction, so that
-- edits may come in any order.

create table namespace (
    workspace_id uuid not null,
    diagram_id uuid not null,
    id uuid not null,
    name text not null,
    constraint namespace_workspace_id_diagram_id_id_pkey primary key (workspace_id, diagram_id, id),
    constraint namespace_workspace_id_diagram_id_name_key unique (workspace_id, diagram_id, name)
        deferrable initially deferred,
    constraint namespace_workspace_id_diagram_id_fkey foreign key (workspace_id, diagram_id)
        references diagram (workspace_id, id) on delete cascade,
    constraint namespace_name_check check (octet_length(name) between 1 and 63)
);

create table table_entry (
    workspace_id uuid not null,
    diagram_id uuid not null,
    id uuid not null,
    namespace_id uuid not null,
    name text not null,
    note text,
    constraint table_entry_workspace_id_diagram_id_id_pkey primary key (workspace_id, diagram_id, id),
    constraint table_entry_workspace_id_diagram_id_namespace_id_name_key
        unique (workspace_id, diagram_id, namespace_id, name) deferrable initially deferred,
    constraint table_entry_workspace_id_diagram_id_fkey foreign key (workspace_id, diagram_id)
        references diagram (workspace_id, id) on delete cascade,
    constraint table_entry_workspace_id_diagram_id_namespace_id_fkey
        foreign key (workspace_id, diagram_id, namespace_id)
        references namespace (workspace_id, diagram_id, id) deferrable initially deferred,
    constraint table_entry_name_check check (octet_length(name) between 1 and 63)
);

create table column_entry (
    workspace_id uuid not null,
    diagram_id uuid not null,
    table_id uuid not null,
    id uuid not null,
    rank bigint not null,
    name text not null,
    data_type text not null,
    nullable boolean not null,
    default_expression text,
    note text,
    constraint column_entry_workspace_id_diagram_id_table_id_id_pkey
        primary key (workspace_id, diagram_id, table_id, id),
    constraint column_entry_workspace_id_diagram_id_table_id_name_key
        unique (workspace_id, diagram_id, table_id, name) deferrable initially deferred,
    constraint column_entry_workspace_id_diagram_id_table_id_fkey
        foreign key (workspace_id, diagram_id, table_id)
        references table_entry (workspace_id, diagram_id, id) on delete cascade,
    constraint column_entry_name_check check (octet_length(name) between 1 and 63)
);

create table key_entry (
    workspace_id uuid not null,
    diagram_id uuid not null,
    table_id uuid not null,
    id uuid not null,
    name text not null,
    kind text not null,
    constraint key_entry_workspace_id_diagram_id_table_id_id_pkey primary key (workspace_id, diagram_id, table_id, id),
    constraint key_entry_workspace_id_diagram_id_table_id_name_key
        unique (workspace_id, diagram_id, table_id, name) deferrable initially deferred,
    constraint key_entry_workspace_id_diagram_id_table_id_fkey foreign key (workspace_id, diagram_id, table_id)
        references table_entry (workspace_id, diagram_id, id) on delete cascade,
    constraint key_entry_kind_check check (kind in ('primary', 'unique')),
    -- An exclusion constraint, because a unique index over some rows could not wait for the end of the transaction.
    constraint key_entry_workspace_id_diagram_id_table_id_excl
        exclude using btree (workspace_id with =, diagram_id with =, table_id with =) where (kind = 'primary')
        deferrable initially deferred,
    constraint key_entry_name_check check (octet_length(name) between 1 and 63)
);

create table key_column (
    workspace_id uuid not null,
    diagram_id uuid not null,
    table_id uuid not null,
    key_id uuid not null,
    position integer not null,
    column_id uuid not null,
    constraint key_column_workspace_id_diagram_id_table_id_key_id_pos_pkey
        primary key (workspace_id, diagram_id, table_id, key_id, position),
    constraint key_column_workspace_id_diagram_id_table_id_key_id_fkey
        foreign key (workspace_id, diagram_id, table_id, key_id)
        references key_entry (workspace_id, diagram_id, table_id, id) on delete cascade,
    constraint key_column_workspace_id_diagram_id_table_id_column_id_fkey
        foreign key (workspace_id, diagram_id, table_id, column_id)
        references column_entry (workspace_id, diagram_id, table_id, id) deferrable initially deferred,
    constraint key_column_workspace_id_diagram_id_table_id_column_id_key
        unique (workspace_id, diagram_id, table_id, key_id, column_id) deferrable initially deferred
);

create table check_entry (
    workspace_id uuid not null,
    diagram_id uuid not null,
    table_id uuid not null,
    id uuid not null,
    name text not null,
    expression text not null,
    constraint check_entry_workspace_id_diagram_id_table_id_id_pkey
        primary key (workspace_id, diagram_id, table_id, id),
    constraint check_entry_workspace_id_diagram_id_table_id_name_key
        unique (workspace_id, diagram_id, table_id, name) deferrable initially deferred,
    constraint check_entry_workspace_id_diagram_id_table_id_fkey foreign key (workspace_id, diagram_id, table_id)
        references table_entry (workspace_id, diagram_id, id) on delete cascade,
    constraint check_entry_name_check check (octet_length(name) between 1 and 63)
);

create table index_entry (
    workspace_id uuid not null,
    diagram_id uuid not null,
    table_id uuid not null,
    id uuid not null,
    name text not null,
    is_unique boolean not null,
    constraint index_entry_workspace_id_diagram_id_table_id_id_pkey
        primary key (workspace_id, diagram_id, table_id, id),
    constraint index_entry_workspace_id_diagram_id_table_id_name_key
        unique (workspace_id, diagram_id, table_id, name) deferrable initially deferred,
    constraint index_entry_workspace_id_diagram_id_table_id_fkey foreign key (workspace_id, diagram_id, table_id)
        references table_entry (workspace_id, diagram_id, id) on delete cascade,
    constraint index_entry_name_check check (octet_length(name) between 1 and 63)
);

create table index_column (
    workspace_id uuid not null,
    diagram_id uuid not null,
    table_id uuid not null,
    index_id uuid not null,
    position integer not null,
    column_id uuid not null,
    constraint index_column_workspace_id_diagram_id_index_id_pos_pkey
        primary key (workspace_id, diagram_id, table_id, index_id, position),
    constraint index_column_workspace_id_diagram_id_table_id_index_id_fkey
        foreign key (workspace_id, diagram_id, table_id, index_id)
        references index_entry (workspace_id, diagram_id, table_id, id) on delete cascade,
    constraint index_column_workspace_id_diagram_id_table_id_column_id_fkey
        foreign key (workspace_id, diagram_id, table_id, column_id)
        references column_entry (workspace_id, diagram_id, table_id, id) deferrable initially deferred,
    constraint index_column_workspace_id_diagram_id_table_id_column_id_key
        unique (workspace_id, diagram_id, table_id, index_id, column_id) deferrable initially deferred
);

create table reference_entry (
    workspace_id uuid not null,
    diagram_id uuid not null,
    id uuid not null,
    name text not null,
    referencing_table_id uuid not null,
    referenced_table_id uuid not null,
    on_delete text not null,
    on_update text not null,
    constraint reference_entry_workspace_id_diagram_id_id_pkey primary key (workspace_id, diagram_id, id),
    constraint reference_entry_workspace_id_diagram_id_id_tables_key
        unique (workspace_id, diagram_id, id, referencing_table_id, referenced_table_id),
    constraint reference_entry_workspace_id_diagram_id_table_id_name_key
        unique (workspace_id, diagram_id, referencing_table_id, name) deferrable initially deferred,
    constraint reference_entry_workspace_id_diagram_id_fkey foreign key (workspace_id, diagram_id)
        references diagram (workspace_id, id) on delete cascade,
    constraint reference_entry_referencing_table_id_fkey
        foreign key (workspace_id, diagram_id, referencing_table_id)
        references table_entry (workspace_id, diagram_id, id) deferrable initially deferred,
    constraint reference_entry_referenced_table_id_fkey
        foreign key (workspace_id, diagram_id, referenced_table_id)
        references table_entry (workspace_id, diagram_id, id) deferrable initially deferred,
    constraint reference_entry_on_delete_check
        check (on_delete in ('no action', 'restrict', 'cascade', 'set null', 'set default')),
    constraint reference_entry_on_update_check
        check (on_update in ('no action', 'restrict', 'cascade', 'set null', 'set default')),
    constraint reference_entry_name_check check (octet_length(name) between 1 and 63)
);

create index reference_entry_referenced_table_id_idx
    on reference_entry (workspace_id, diagram_id, referenced_table_id);

-- Holds both tables again, so that each column is known to be one of the right table.
create table reference_pair (
    workspace_id uuid not null,
    diagram_id uuid not null,
    reference_id uuid not null,
    position integer not null,
    referencing_table_id uuid not null,
    referencing_column_id uuid not null,
    referenced_table_id uuid not null,
    referenced_column_id uuid not null,
    constraint reference_pair_workspace_id_diagram_id_reference_id_pos_pkey
        primary key (workspace_id, diagram_id, reference_id, position),
    constraint reference_pair_reference_id_fkey
        foreign key (workspace_id, diagram_id, reference_id, referencing_table_id, referenced_table_id)
        references reference_entry (workspace_id, diagram_id, id, referencing_table_id, referenced_table_id)
        on delete cascade,
    constraint reference_pair_referencing_column_id_fkey
        foreign key (workspace_id, diagram_id, referencing_table_id, referencing_column_id)
        references column_entry (workspace_id, diagram_id, table_id, id) deferrable initially deferred,
    constraint reference_pair_referenced_column_id_fkey
        foreign key (workspace_id, diagram_id, referenced_table_id, referenced_column_id)
        references column_entry (workspace_id, diagram_id, table_id, id) deferrable initially deferred,
    constraint reference_pair_referencing_column_id_key
        unique (workspace_id, diagram_id, reference_id, referencing_column_id) deferrable initially deferred
);

create index reference_pair_referencing_column_id_idx
    on reference_pair (workspace_id, diagram_id, referencing_table_id, referencing_column_id);
create index reference_pair_referenced_column_id_idx
    on reference_pair (workspace_id, diagram_id, referenced_table_id, referenced_column_id);
create index key_column_column_id_idx on key_column (workspace_id, diagram_id, table_id, column_id);
create index index_column_column_id_idx on index_column (workspace_id, diagram_id, table_id, column_id);

-- Where tables stand: the last one wins, and no revision is made.
create table placement (
    workspace_id uuid not null,
    diagram_id uuid not null,
    table_id uuid not null,
    x integer not null,
    y integer not null,
    constraint placement_workspace_id_diagram_id_table_id_pkey primary key (workspace_id, diagram_id, table_id),
    constraint placement_workspace_id_diagram_id_table_id_fkey foreign key (workspace_id, diagram_id, table_id)
        references table_entry (workspace_id, diagram_id, id) on delete cascade
);

-- What was committed, for ever.
create table revision (
    workspace_id uuid not null,
    diagram_id uuid not null,
    number bigint not null,
    commit_id uuid not null,
    format integer not null,
    edits jsonb not null,
    statements jsonb not null,
    message text not null,
    author_id uuid not null,
    created_at timestamptz not null default now(),
    constraint revision_workspace_id_diagram_id_number_pkey primary key (workspace_id, diagram_id, number),
    constraint revision_workspace_id_diagram_id_commit_id_key unique (workspace_id, diagram_id, commit_id),
    constraint revision_workspace_id_diagram_id_fkey foreign key (workspace_id, diagram_id)
        references diagram (workspace_id, id) on delete cascade,
    constraint revision_author_id_fkey foreign key (author_id) references principal (id),
    constraint revision_number_check check (number > 0),
    constraint revision_edits_check check (jsonb_typeof(edits) = 'array'),
    constraint revision_statements_check check (jsonb_typeof(statements) = 'array')
);

-- A revision goes only together with its diagram.
create function refuse_revision_change() returns trigger
    language plpgsql
as $$
begin
    if tg_op = 'DELETE' and not exists (
        select
        from diagram
        where diagram.workspace_id = old.workspace_id and diagram.id = old.diagram_id
    ) then
        return old;
    end if;
    raise exception 'revisions are never changed' using errcode = 'restrict_violation';
end;
$$;

create trigger revision_append_only
    before update or delete on revision
    for each row execute function refuse_revision_change();

create trigger revision_no_truncate
    before truncate on revision
    for each statement execute function refuse_revision_change();

-- The database that a sample diagram changes as well. The password never leaves this table but to connect.
create table sandbox (
    workspace_id uuid not null,
    diagram_id uuid not null,
    database_name text not null,
    role_name text not null,
    password text not null,
    state text not null,
    problem text,
    facts jsonb,
    created_at timestamptz not null default now(),
    constraint sandbox_workspace_id_diagram_id_pkey primary key (workspace_id, diagram_id),
    constraint sandbox_database_name_key unique (database_name),
    constraint sandbox_workspace_id_diagram_id_fkey foreign key (workspace_id, diagram_id)
        references diagram (workspace_id, id),
    constraint sandbox_state_check check (state in ('creating', 'ready', 'failed')),
    constraint sandbox_facts_check check ((state = 'ready') <= (facts is not null))
);

-- A commit that changes another database too, from before its first statement there until its outcome is known.
create table commit_intent (
    workspace_id uuid not null,
    diagram_id uuid not null,
    id uuid not null,
    commit_id uuid not null,
    base_revision bigint not null,
    format integer not null,
    edits jsonb not null,
    placements jsonb not null,
    plan jsonb not null,
    plan_hash text not null,
    message text not null,
    author_id uuid not null,
    state text not null,
    outcome jsonb,
    lease_until timestamptz not null,
    created_at timestamptz not null default now(),
    settled_at timestamptz,
    constraint commit_intent_workspace_id_diagram_id_id_pkey primary key (workspace_id, diagram_id, id),
    constraint commit_intent_id_key unique (id),
    constraint commit_intent_workspace_id_diagram_id_fkey foreign key (workspace_id, diagram_id)
        references diagram (workspace_id, id) on delete cascade,
    constraint commit_intent_author_id_fkey foreign key (author_id) references principal (id),
    constraint commit_intent_state_check check (state in ('pending', 'committed', 'refused', 'aborted')),
    constraint commit_intent_settled_at_check check ((state = 'pending') = (settled_at is null))
);

-- One commit at a time changes a diagram's database.
create unique index commit_intent_workspace_id_diagram_id_pending_key
    on commit_intent (workspace_id, diagram_id)
    where state = 'pending';

create index commit_intent_workspace_id_diagram_id_commit_id_idx
    on commit_intent (workspace_id, diagram_id, commit_id);
