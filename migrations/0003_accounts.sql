-- Accounts, named workspaces with four roles, invitations, and the record of who did what.

alter table principal
    drop constraint principal_kind_check,
    -- The guest that somebody was before they signed in to an account that they had already.
    add column merged_into uuid,
    add constraint principal_merged_into_fkey foreign key (merged_into) references principal (id),
    -- Revisions name their authors for ever, so a principal outlives the account.
    add constraint principal_kind_check check (kind in ('guest', 'account', 'merged', 'deleted'));

alter table workspace
    add column name text not null default 'My diagrams',
    add constraint workspace_name_check check (char_length(name) between 1 and 60);

alter table membership
    drop constraint membership_role_check,
    add constraint membership_role_check check (role in ('owner', 'admin', 'editor', 'viewer'));

create table account (
    principal_id uuid not null,
    -- In lower case: two spellings of an address are one person.
    email text not null,
    name text not null,
    password_hash text not null,
    is_administrator boolean not null default false,
    created_at timestamptz not null default now(),
    constraint account_principal_id_pkey primary key (principal_id),
    constraint account_principal_id_fkey foreign key (principal_id) references principal (id) on delete cascade,
    constraint account_email_key unique (email),
    constraint account_email_check check (email = lower(email) and char_length(email) between 3 and 254),
    constraint account_name_check check (char_length(name) between 1 and 60)
);

-- Two people with the link of the first start cannot both become the administrator.
create unique index account_is_administrator_idx on account (is_administrator) where is_administrator;

alter table session
    -- By which a person names a session to end it; the token stays unknown.
    add column id uuid not null default gen_random_uuid(),
    add column used_at timestamptz not null default now(),
    add column agent text not null default '',
    add constraint session_id_key unique (id),
    add constraint session_agent_check check (char_length(agent) <= 200);

-- Links that let somebody in once: a new password, the first account.
create table one_time_link (
    token_hash bytea not null,
    kind text not null,
    principal_id uuid,
    expires_at timestamptz not null,
    constraint one_time_link_token_hash_pkey primary key (token_hash),
    constraint one_time_link_principal_id_fkey
        foreign key (principal_id) references principal (id) on delete cascade,
    constraint one_time_link_token_hash_check check (octet_length(token_hash) = 32),
    constraint one_time_link_kind_check check (kind in ('reset', 'setup')),
    constraint one_time_link_principal_id_check check ((kind = 'reset') = (principal_id is not null))
);

create index one_time_link_principal_id_idx on one_time_link (principal_id);
create unique index one_time_link_kind_idx on one_time_link (kind) where kind = 'setup';

-- How often something was tried lately. Addresses and e-mails are kept as hashes only.
create table attempt (
    kind text not null,
    subject_hash bytea not null,
    count integer not null,
    began_at timestamptz not null,
    constraint attempt_kind_subject_hash_pkey primary key (kind, subject_hash)
);

create index attempt_began_at_idx on attempt (began_at);

create table invitation (
    workspace_id uuid not null,
    id uuid not null,
    token_hash bytea not null,
    role text not null,
    -- Whom it was sent to; null for a link that is passed on by hand.
    email text,
    invited_by uuid not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint invitation_workspace_id_id_pkey primary key (workspace_id, id),
    constraint invitation_token_hash_key unique (token_hash),
    constraint invitation_workspace_id_fkey foreign key (workspace_id) references workspace (id) on delete cascade,
    constraint invitation_invited_by_fkey foreign key (invited_by) references principal (id),
    constraint invitation_token_hash_check check (octet_length(token_hash) = 32),
    constraint invitation_role_check check (role in ('admin', 'editor', 'viewer'))
);

-- Who did what in a workspace. Names no e-mail and no secret.
create table audit_entry (
    workspace_id uuid not null,
    number bigint generated always as identity,
    actor_id uuid not null,
    action text not null,
    -- The person or the diagram that it was done to.
    subject_id uuid,
    detail text not null default '',
    at timestamptz not null default now(),
    constraint audit_entry_workspace_id_number_pkey primary key (workspace_id, number),
    constraint audit_entry_workspace_id_fkey foreign key (workspace_id) references workspace (id) on delete cascade,
    constraint audit_entry_actor_id_fkey foreign key (actor_id) references principal (id)
);

-- The record goes only together with its workspace.
create function refuse_audit_change() returns trigger
    language plpgsql
as $$
begin
    if tg_op = 'DELETE' and not exists (select from workspace where workspace.id = old.workspace_id) then
        return old;
    end if;
    raise exception 'the audit log is never changed' using errcode = 'restrict_violation';
end;
$$;

create trigger audit_entry_append_only
    before update or delete on audit_entry
    for each row execute function refuse_audit_change();

create trigger audit_entry_no_truncate
    before truncate on audit_entry
    for each statement execute function refuse_audit_change();

-- A diagram moves into another workspace by one update of its row, which everything that is keyed by its workspace
-- follows.
do $$
declare
    key record;
begin
    for key in
        select conrelid::regclass as child, conname as name, pg_get_constraintdef(oid) as definition
        from pg_constraint
        where contype = 'f'
          and confupdtype = 'a'
          and connamespace = current_schema()::regnamespace
          and cardinality(confkey) > 1
    loop
        execute format(
            'alter table %s drop constraint %I, add constraint %I %s',
            key.child,
            key.name,
            key.name,
            regexp_replace(key.definition, '(REFERENCES [^(]+\([^)]*\))', '\1 ON UPDATE CASCADE')
        );
    end loop;
end;
$$;

-- As before, but a revision may follow its diagram into another workspace.
create or replace function refuse_revision_change() returns trigger
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
    if tg_op = 'UPDATE' then
        old.workspace_id := new.workspace_id;
        if new is not distinct from old then
            return new;
        end if;
    end if;
    raise exception 'revisions are never changed' using errcode = 'restrict_violation';
end;
$$;

-- What a person is called, whoever they have become since; null for no person.
create function display_name(principal_id uuid) returns text
    language sql
    stable
as $$
    select coalesce(
        account.name,
        case principal.kind when 'deleted' then 'Deleted user' when 'account' then 'Deleted user' else 'Guest' end
    )
    from principal
    left join account on account.principal_id = coalesce(principal.merged_into, principal.id)
    where principal.id = display_name.principal_id
$$;
