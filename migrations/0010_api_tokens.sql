-- Tokens by which programs use the public API in the name of an account. Only hashes of them are kept. They are a
-- person's and no workspace's: where they reach is asked of the membership at every use.

create table api_token (
    principal_id uuid not null,
    id uuid not null,
    token_hash bytea not null,
    name text not null,
    scopes text[] not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    -- To the minute, so that a program that asks often does not write as often.
    last_used_at timestamptz,
    constraint api_token_principal_id_id_pkey primary key (principal_id, id),
    constraint api_token_token_hash_key unique (token_hash),
    constraint api_token_principal_id_fkey foreign key (principal_id) references account (principal_id)
        on delete cascade,
    constraint api_token_token_hash_check check (octet_length(token_hash) = 32),
    constraint api_token_name_check check (char_length(name) between 1 and 60),
    constraint api_token_scopes_check check (scopes <> '{}' and scopes <@ array['read', 'write', 'share'])
);

create index api_token_expires_at_idx on api_token (expires_at);
