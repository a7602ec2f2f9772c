create table drill (
    drill_id     uuid primary key,
    request_id   text not null,
    target       text not null,
    site         text not null,
    status       text not null,
    ordered_at   timestamptz not null,
    requested_at timestamptz,
    due_at       timestamptz,
    reason       text,
    requested_by text,
    started_at   timestamptz,
    attempts     int not null,
    completed_at timestamptz,
    failed_at    timestamptz,
    cancelled_at timestamptz,
    backup_id    uuid,
    seed         bigint,
    moment       text, -- JSON
    failed_for   text,
    failure      text, -- JSON
    measures     text, -- JSON
    rto_seconds  double precision,
    rpo_seconds  double precision,
    checks       text, -- JSON
    report       text
);
create index drill_listed on drill (ordered_at desc, drill_id);
create index drill_of_target on drill (target, ordered_at desc);
