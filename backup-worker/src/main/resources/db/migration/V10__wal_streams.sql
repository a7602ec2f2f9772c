-- Which worker receives the log of which target just now, and how far it is.
create table wal_stream (
    target            text primary key,
    holder            text,        -- null: nobody
    heard_at          timestamptz not null, -- of the holder, by this database's clock
    system_identifier text,        -- null: nothing was received yet
    timeline          bigint,
    durable           text,        -- behind the last byte that is in the repository
    archived_until    timestamptz,
    told              text,        -- up to where that was told
    stands_since      timestamptz, -- null: it does not stand still
    stands_told       boolean not null default false
);
