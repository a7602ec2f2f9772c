alter table restore add column comparison text; -- JSON
