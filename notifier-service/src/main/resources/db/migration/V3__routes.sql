-- Who is told in which order, and until when.
alter table incident
    add under           text,        -- the matter that stands behind it, of which people are told in its place
    add acknowledged_at timestamptz,
    add acknowledged_by text,
    add step            int not null default 0,  -- how many further contacts of its route were told
    add next_step_at    timestamptz,
    add repeats         int not null default 0,
    add repeat_at       timestamptz;
create index incident_under on incident (under) where under is not null;
create index incident_due on incident (next_step_at, repeat_at)
    where next_step_at is not null or repeat_at is not null;

alter table notice
    add answers    text,        -- the event of the notice that it is about, where that is another one
    add not_before timestamptz; -- held back until then
create index notice_answers on notice (answers) where answers is not null;

alter table delivery
    add added_at     timestamptz,  -- absent for those of before
    add passed_on_at timestamptz,  -- when somebody else was told in its place
    add reference    text;         -- what the receiver's side calls the message
create index delivery_of on delivery (event_id);
