-- Where a note was put by hand. One without stands in a row with others, above all tables.

alter table annotation_entry
    add column x integer,
    add column y integer,
    add column width integer,
    add constraint annotation_entry_spot_check
        check (num_nonnulls(x, y, width) in (0, 3) and (x is null or kind = 'note')),
    add constraint annotation_entry_width_check check (width between 96 and 960);
