-- What retention has to know beside the repository. Backups themselves, holds and tombstones lie there.

-- Who read a backup back here, and what that showed. Written by verifications, never from the log: whoever may write there
-- must not decide what is kept.
create table proof (
    target      text not null,
    repository  text not null,
    backup_id   text not null,
    whole_since timestamptz, -- first found whole
    damaged_at  timestamptz, -- found damaged, and not whole since
    primary key (target, repository, backup_id)
);

-- Backups of which it was said that they have expired, and not yet what became of them.
create table expiry (
    target     text not null,
    repository text not null,
    backup_id  text not null,
    expired_at timestamptz not null,
    primary key (target, repository, backup_id)
);

-- Backups of which somebody agreed that they go although many do.
create table approval (
    target      text not null,
    repository  text not null,
    backup_id   text not null,
    approved_by text,
    approved_at timestamptz not null,
    primary key (target, repository, backup_id)
);

-- When runs were asked for by the clock, and which backups somebody was last asked about (a digest of their names).
create table retention_turn (
    target     text not null,
    repository text not null,
    asked_at   timestamptz,
    awaiting   text,
    primary key (target, repository)
);

-- How many backups each run let go without being asked to: what is usual.
create table retention_run (
    request_id text primary key,
    target     text not null,
    repository text not null,
    ended_at   timestamptz not null,
    removed    int not null
);
create index retention_run_of_target on retention_run (target, repository, ended_at);

-- What the last run found not to be needed of a cluster's log.
create table log_cut (
    target     text not null,
    repository text not null,
    place      text not null,
    cut        text not null, -- JSON
    primary key (target, repository, place)
);
