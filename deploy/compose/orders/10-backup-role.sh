#!/bin/bash
# The role that Holdfast reads with, and the line that lets it connect for replication.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$BACKUP_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
create role backup login replication password :'password';
grant pg_read_all_data to backup;
SQL
echo "host replication backup all scram-sha-256" >>"$PGDATA/pg_hba.conf"
