-- When each kind of backup of each target is due next.
create table schedule (
    target      text not null,
    kind        text not null,
    cron        text not null,
    time_zone   text not null,
    next_due_at timestamptz, -- null: never again
    primary key (target, kind)
);
create index schedule_due on schedule (next_due_at);

-- Runs that were dealt with. Each due time happens once, whatever clocks and instances do.
create table run (
    target     text not null,
    kind       text not null,
    due_at     timestamptz not null,
    request_id text not null,
    missed     boolean not null,
    noted_at   timestamptz not null,
    primary key (target, kind, due_at)
);

-- What this control plane has said on the topic of definitions, the newest of each subject.
create table definition (
    subject  text primary key,
    revision bigint not null,
    type     text not null,
    data     text not null, -- JSON
    said_at  timestamptz not null
);
