-- A target may go to several repositories, to each at times of its own. Until now each had one: the one it is defined with.
alter table schedule add column repository text not null default '';
update schedule set repository = coalesce(
    (select data::json ->> 'repository' from definition where subject = 'target/' || schedule.target), '');
delete from schedule where repository = ''; -- of no target: they had no say any more
alter table schedule alter column repository drop default;
alter table schedule drop constraint schedule_pkey;
alter table schedule add primary key (target, kind, repository);

alter table run add column repository text not null default '';
update run set repository = coalesce(
    (select data::json ->> 'repository' from definition where subject = 'target/' || run.target), '');
alter table run alter column repository drop default;
alter table run drop constraint run_pkey;
alter table run add primary key (target, kind, repository, due_at);
