alter table restore add column kept_aside text; -- JSON
alter table restore add column warnings text; -- JSON
alter table restore add column report text;
