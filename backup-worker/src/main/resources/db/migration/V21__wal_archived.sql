-- How far the log of servers was told as archived that nobody follows.
create table wal_archived (
    target            text not null,
    repository        text not null,
    system_identifier text not null,
    timeline          bigint not null,
    told              text not null,
    archived_until    timestamptz not null,
    told_at           timestamptz not null,
    primary key (target, repository, system_identifier)
);
