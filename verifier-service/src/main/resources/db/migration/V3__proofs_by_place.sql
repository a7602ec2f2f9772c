-- Who asks for a verification names the place, and may name another one than the backup's: what is found there must not count
-- for it. Nor does a shallow look take back what a deeper one found. What was known is shown again by verifying again.
drop table proof;
create table proof (
    target        text not null,
    repository    text not null,
    place         text not null,
    backup_id     text not null,
    whole_since   timestamptz, -- first found whole
    damaged_at    timestamptz, -- found damaged, and not whole since by a look as deep
    damaged_level int,         -- how deep
    primary key (target, repository, place, backup_id)
);

-- The newest definitions that were acted on: an older one, said again, must not come back.
create table definition_seen (
    subject  text primary key,
    revision bigint not null
);
