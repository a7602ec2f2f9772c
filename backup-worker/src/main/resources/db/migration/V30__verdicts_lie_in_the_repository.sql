-- What reading finds damaged lies in the repository now, where whoever looks for a window sees it. What was found
-- before is found again by reading.
drop table wal_damage;
