alter table restore add column dry_run boolean;
alter table restore add column planned_at timestamptz;
alter table restore add column plan text; -- JSON
alter table restore add column refusals text; -- JSON

-- Unbroken pieces of log that were said to be durable; positions as numbers.
create table wal_range (
    range_id          uuid primary key,
    target            text not null,
    repository        text not null,
    system_identifier text not null,
    timeline          int not null,
    from_lsn          bigint not null,
    to_lsn            bigint not null,
    archived_until    timestamptz not null
);
create index wal_range_of_target on wal_range (target, repository, system_identifier, timeline);

-- Pieces of log that were said to be missing.
create table wal_gap (
    gap_id            uuid primary key, -- of the event that said it
    target            text not null,
    repository        text not null,
    system_identifier text not null,
    timeline          int not null,
    from_lsn          bigint not null,
    to_lsn            bigint,
    reason            text,
    detail            text,
    recoverable_until timestamptz,
    detected_at       timestamptz,
    healed_at         timestamptz,
    healed_by         uuid
);
create index wal_gap_of_target on wal_gap (target, repository, system_identifier);

-- Whether the log arrives.
create table wal_arrival (
    arrival_id        uuid primary key, -- made of the two names
    target            text not null,
    repository        text not null,
    interrupted_since timestamptz,
    interruption      text, -- JSON
    resumed_since     timestamptz
);
create index wal_arrival_of_target on wal_arrival (target);

-- What the log said of this before is read again.
delete from position;
