-- How much a revision changed, counted once: the list of revisions need not read all their edits. Empty for those that
-- were made before; theirs are read and counted.
alter table revision
    add column tally jsonb;
