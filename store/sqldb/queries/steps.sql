-- name: step_find
-- index: steps primary key
SELECT session, step, fingerprint, payload, created_at FROM steps WHERE session = $1 AND step = $2

-- name: step_insert
-- index: steps primary key
INSERT INTO steps (session, step, fingerprint, payload, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING

-- name: step_purge
-- index: steps_created
DELETE FROM steps WHERE created_at < $1
