alter table wal_stream
    add column refused_identifier text,        -- the server is not received from while it is on this timeline
    add column refused_timeline   bigint,
    add column refused_reason     text,
    add column definition         text,        -- of the target; null: its servers have no slot of ours
    add column drop_tried_at      timestamptz; -- when the slot was to be dropped, and not every server answered
