-- Incidents that are open: a row exists from the first failure until the next success.
create table incident (
    matter      text primary key,
    first_event text not null,
    since       timestamptz not null,
    failures    bigint not null,
    told        boolean not null
);

-- What is to be told, written in the transaction that took the event in.
create table notice (
    event_id   text primary key,
    number     bigint generated always as identity,
    matter     text not null,
    content    text not null,     -- JSON
    decided_at timestamptz not null,
    spread_at  timestamptz        -- when it was decided who gets it
);
create index notice_waiting on notice (number) where spread_at is null;

-- One notice for one receiver over one channel. Each attempt is written down before it is made.
create table delivery (
    id              bigint generated always as identity primary key,
    event_id        text not null references notice (event_id),
    matter          text not null,
    channel         text not null,
    receiver        text not null,
    attempts        int not null default 0,
    next_attempt_at timestamptz not null,
    delivered_at    timestamptz,
    given_up_at     timestamptz,
    last_error      text,
    unique (event_id, channel, receiver)
);
create index delivery_waiting on delivery (id) where delivered_at is null and given_up_at is null;
