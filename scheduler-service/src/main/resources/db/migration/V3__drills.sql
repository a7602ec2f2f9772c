-- When each target's drill is due next, and after which full backup one was last asked for.
create table drill_schedule (
    target      text primary key,
    cron        text, -- null: not by the clock
    time_zone   text,
    next_due_at timestamptz, -- null: never again
    last_full   text
);
