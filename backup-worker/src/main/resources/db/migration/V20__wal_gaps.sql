-- Whose stored log is watched since when, and behind which object reading it again goes on.
create table wal_watch (
    target            text not null,
    repository        text not null,
    system_identifier text not null,
    since             timestamptz not null,
    read_to           text,
    primary key (target, repository, system_identifier)
);

-- What was told of gaps, so that each is told once: open, healed, or known from before the watch began.
create table wal_gap (
    target            text not null,
    repository        text not null,
    system_identifier text not null,
    first_missing     text not null,
    from_lsn          text not null,
    to_lsn            text not null,
    state             text not null check (state in ('open', 'healed', 'known')),
    times             integer not null,
    changed_at        timestamptz not null,
    primary key (target, repository, system_identifier, first_missing)
);

-- Stored objects of the log that are not as they were stored; they count as missing.
create table wal_damage (
    target            text not null,
    repository        text not null,
    system_identifier text not null,
    object            text not null,
    reason            text not null,
    detail            text not null,
    found_at          timestamptz not null,
    primary key (target, repository, system_identifier, object)
);

-- When a server was last asked where it is, of a target whose log comes by archive_command alone.
create table wal_turn (
    target   text primary key,
    asked_at timestamptz not null
);
