-- What is known of backups and restores. Holds nothing that is not in the log: it can be dropped and is made again.

create table backup (
    backup_id                uuid primary key,
    request_id               text not null, -- the event id of the request
    target                   text not null,
    kind                     text,
    status                   text not null, -- follows from the facts below
    ordered_at               timestamptz not null, -- its place in lists
    reason                   text,
    requested_by             text,
    requested_at             timestamptz,
    due_at                   timestamptz,
    missed_at                timestamptz,
    caught_up_by             uuid,
    started_at               timestamptz,
    attempts                 int not null,
    worker                   text,
    completed_at             timestamptz,
    failed_at                timestamptz,
    cancelled_at             timestamptz,
    cancelled_by             text,
    repository               text,
    manifest                 text,
    bytes                    bigint,
    stored_bytes             bigint,
    timeline                 int,
    start_lsn                text,
    stop_lsn                 text,
    system_identifier        text,
    server_version           text,
    databases                text, -- JSON
    exceptions               text, -- JSON
    failure                  text, -- JSON
    checked_at               timestamptz, -- the newest verification, whatever it showed
    verification_started_at  timestamptz,
    verification_level       text,
    verification_bytes_read  bigint,
    verification_objects     bigint,
    verification_failure     text, -- JSON
    verification_damages     text, -- JSON
    verification_damaged     bigint
);
create index backup_listed on backup (ordered_at desc, backup_id);
create index backup_of_target on backup (target, ordered_at desc);

create table restore (
    restore_id   uuid primary key,
    request_id   text not null,
    backup_id    uuid not null,
    target       text not null,
    site         text not null,
    status       text not null,
    ordered_at   timestamptz not null,
    kind         text,
    destination  text, -- JSON
    reason       text,
    requested_by text,
    requested_at timestamptz,
    started_at   timestamptz,
    attempts     int not null,
    worker       text,
    completed_at timestamptz,
    failed_at    timestamptz,
    cancelled_at timestamptz,
    cancelled_by text,
    directory    text,
    connection   text,
    running      boolean,
    bytes        bigint,
    phases       text, -- JSON
    checks       text, -- JSON
    missing      text, -- JSON
    failure      text, -- JSON
    damages      text  -- JSON
);
create index restore_listed on restore (ordered_at desc, restore_id);

-- How far each partition was read; written together with what was read from it.
create table position (
    topic       text not null,
    partition   int not null,
    next_offset bigint not null,
    primary key (topic, partition)
);

-- Tells this catalog from one that was dropped: whoever read along has to begin anew.
create table generation (
    id uuid primary key default gen_random_uuid()
);
insert into generation default values;
