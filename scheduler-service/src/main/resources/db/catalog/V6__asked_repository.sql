alter table backup add column asked_repository text;
