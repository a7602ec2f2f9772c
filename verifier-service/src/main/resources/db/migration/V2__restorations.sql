-- Restores and drills under way: what they read must not be removed.
create table restoration (
    request_id text primary key,
    target     text not null,
    began_at   timestamptz not null
);
create index restoration_of_target on restoration (target);
