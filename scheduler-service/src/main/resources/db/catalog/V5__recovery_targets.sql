alter table restore add column recovery_target text; -- JSON
alter table restore add column recovered_to text; -- JSON
