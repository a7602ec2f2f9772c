alter table backup add column encrypted boolean;
