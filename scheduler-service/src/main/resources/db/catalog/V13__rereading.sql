alter table backup add column reading_asked_at timestamptz; -- when a verification was last asked for
-- What is to be read again is looked for often, in lists that may be long.
create index backup_read on backup (repository, coalesce(checked_at, completed_at)) where status in ('COMPLETED', 'VERIFIED');
create index backup_unread on backup (repository, checked_at) where status = 'COMPLETED' and verification_failure is not null;
create index backup_damaged on backup (repository, target) where verification_damaged > 0;
create index backup_reading on backup (repository) where reading_asked_at is not null;
create index backup_checked on backup (repository, checked_at) where checked_at is not null;
