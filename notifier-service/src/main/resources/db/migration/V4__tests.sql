-- Tests of all routes, of which it is said how they went.
alter table notice add said_at timestamptz;
create index notice_test on notice (number) where matter like 'test/%' and said_at is null;
