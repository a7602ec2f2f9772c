alter table backup add column verdicts text; -- JSON
-- What was known: how deep a verification looked that found damage was not said.
update backup set verdicts = json_build_object('whole', json_build_object(), 'damaged', json_build_object('structure',
    json_build_object('at', to_char(checked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'failure', verification_failure::json)))::text
    where verification_damaged > 0;
update backup set verdicts = json_build_object('whole', json_build_object(verification_level,
    to_char(checked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), 'damaged', json_build_object())::text
    where verification_level is not null;
