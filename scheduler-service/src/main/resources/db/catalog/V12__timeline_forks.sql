-- Where timelines left the ones before them; positions as numbers.
create table wal_fork (
    fork_id           uuid primary key, -- made of the four names
    target            text not null,
    repository        text not null,
    system_identifier text not null,
    timeline          int not null,
    parent            int not null,
    lsn               bigint not null
);
create index wal_fork_of_target on wal_fork (target);
