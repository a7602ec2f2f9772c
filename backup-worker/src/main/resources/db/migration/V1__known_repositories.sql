-- Which repository was seen first under a name and an address. One that was seen is opened only, never made anew: a disk
-- that is not mounted looks like an empty repository.
create table known_repository (
    repository    text not null,
    url           text not null,
    repository_id uuid not null,
    first_seen    timestamptz not null,
    primary key (repository, url)
);
