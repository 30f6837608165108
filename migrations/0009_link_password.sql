-- A link may ask for a password. Its argon2id hash is kept. A link that stands in pages of other sites cannot ask.

alter table share_link add column password_hash text;
alter table share_link add constraint share_link_password_hash_embed_origins_check
    check (password_hash is null or embed_origins = '{}');
