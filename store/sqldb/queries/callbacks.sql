-- name: callback_ask
-- index: callbacks_open
INSERT INTO callbacks (commune_id, caller, phone_key, phone, channel, subject, state, made_at)
VALUES ($1, $2, $3, $4, $5, $6, 'open', $7)
ON CONFLICT DO NOTHING

-- name: callback_list
-- index: callbacks_commune
SELECT id, COALESCE(commune_id, 0), caller, phone_key, phone, channel, subject, state, made_at, done_at
FROM callbacks WHERE commune_id = $1 AND state = $2 ORDER BY made_at, id LIMIT $3

-- name: callback_list_unknown
-- index: callbacks_commune
SELECT id, COALESCE(commune_id, 0), caller, phone_key, phone, channel, subject, state, made_at, done_at
FROM callbacks WHERE commune_id IS NULL AND state = $1 ORDER BY made_at, id LIMIT $2

-- name: callback_get
-- index: callbacks primary key
SELECT id, COALESCE(commune_id, 0), caller, phone_key, phone, channel, subject, state, made_at, done_at
FROM callbacks WHERE id = $2 AND COALESCE(commune_id, 0) = $1

-- name: callback_finish
-- index: callbacks primary key
UPDATE callbacks SET state = $3, done_at = $4, caller = NULL, phone_key = NULL, phone = NULL
WHERE id = $2 AND COALESCE(commune_id, 0) = $1 AND state = 'open'

-- name: callback_purge
-- index: callbacks_done
DELETE FROM callbacks WHERE done_at IS NOT NULL AND done_at < $1

-- name: callback_waits
-- index: callbacks_open
SELECT COUNT(*) FROM callbacks WHERE caller = $1 AND state = 'open'
