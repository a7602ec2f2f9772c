-- What every service has in its own schema. Versions below 1 belong to the runtime, those from 1 on to the service.

-- Events that are said, in the order of their commits for each key.
create table outbox (
    id           bigint generated always as identity primary key,
    topic        text not null,
    key          text,
    headers      text not null, -- JSON, name to value
    data         bytea not null,
    said_at      timestamptz not null default now(),
    published_at timestamptz
);
create index outbox_waiting on outbox (id) where published_at is null;
create index outbox_published on outbox (published_at) where published_at is not null;

-- Events that were handled. Never pruned: the log is kept for ever, and a consumer that lost its offsets reads all of
-- it again.
create table inbox (
    consumer   text not null,
    event_id   text not null,
    topic      text not null,
    position   text,            -- partition and offset where it was first read
    handled_at timestamptz not null default now(),
    primary key (consumer, topic, event_id)
);

-- db-scheduler's own table: https://github.com/kagkarlsson/db-scheduler
create table scheduled_tasks (
    task_name            text not null,
    task_instance        text not null,
    task_data            bytea,
    execution_time       timestamptz not null,
    picked               boolean not null,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures int,
    last_heartbeat       timestamptz,
    version              bigint not null,
    priority             smallint,
    primary key (task_name, task_instance)
);
create index scheduled_tasks_due on scheduled_tasks (execution_time);
create index scheduled_tasks_heartbeat on scheduled_tasks (last_heartbeat) where picked;

-- What a job is about, from its request until its outcome.
create table job (
    number        bigint generated always as identity,
    kind          text not null,
    request_id    text not null,
    lease_key     text not null,
    topic         text not null,
    key           text,
    headers       text not null,
    data          bytea not null,
    submitted_at  timestamptz not null,
    attempts      int not null default 0, -- begun, for whatever reason they ended
    failures      int not null default 0, -- ended by a failure of the work itself
    last_failure  text,                   -- JSON
    waiting_since timestamptz,            -- turned away, because another job holds the lease
    cancelled_at  timestamptz,
    cancelled_by  text,
    cancel_reason text,
    primary key (kind, request_id)
);
create index job_waiting on job (lease_key, number) where waiting_since is not null;

-- Who works on what just now. Needs no time limit: a job that is taken over keeps its lease.
create table lease (
    lease_key  text primary key,
    kind       text not null,
    request_id text not null
);
