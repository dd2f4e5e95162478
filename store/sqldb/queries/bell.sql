-- name: bell_ring
-- index: none, no table
-- dialect: postgres
SELECT pg_notify('baro_work', $1)
-- dialect: sqlite
SELECT 0 WHERE $1 IS NULL
-- dialect: both
