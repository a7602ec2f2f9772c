-- When this service began to follow the log; one row. What is in the log from before may be history.
create table began (
    at timestamptz not null
);
insert into began values (now());
