-- Who asks for a verification names the place, and may name another one than the backup's: what is found there must not count
-- for it. What was known is shown again by verifying again.
drop table proof;
create table proof (
    target      text not null,
    repository  text not null,
    place       text not null,
    backup_id   text not null,
    whole_since timestamptz, -- first found whole
    damaged_at  timestamptz, -- found damaged, and not whole since
    primary key (target, repository, place, backup_id)
);
