alter table backup add column expired_at timestamptz;
alter table backup add column expired_because text;
alter table backup add column kept_at timestamptz;
alter table backup add column deleted_at timestamptz;

-- Runs of the retention role; of each target in each repository the newest.
create table retention_run (
    run_id       uuid primary key,
    request_id   text not null,
    target       text not null,
    repository   text not null,
    dry_run      boolean not null,
    status       text not null,
    ordered_at   timestamptz not null,
    requested_at timestamptz,
    reason       text,
    requested_by text,
    completed_at timestamptz,
    result       text, -- JSON
    failed_at    timestamptz,
    failure      text, -- JSON
    cancelled_at timestamptz,
    cancelled_by text
);
create index retention_run_listed on retention_run (target, repository, ordered_at desc);

-- Holds of backups, and what is asked of them. Holds themselves lie in the repositories.
create table hold (
    hold_id       uuid primary key, -- made of repository, backup and name
    target        text not null,
    repository    text not null,
    backup_id     uuid not null,
    name          text not null,
    reason        text,
    held_by       text,
    held_at       timestamptz, -- when it was last said that it was put
    released_at   timestamptz, -- when it was last said that it was released
    released_by   text,
    asked         text,        -- the newest request
    asked_at      timestamptz,
    answered      text,        -- the request that the newest answer is for
    answered_at   timestamptz,
    failure       text         -- JSON: why the newest answer is no
);
create index hold_of_target on hold (target);
