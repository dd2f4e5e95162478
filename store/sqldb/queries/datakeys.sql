-- name: data_key_all
-- index: none, a handful of rows
SELECT id, purpose, box, created_at, retired_at FROM data_keys ORDER BY created_at, id

-- name: data_key_init
-- index: data_keys_active
INSERT INTO data_keys (id, purpose, box, created_at, retired_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING

-- name: data_key_insert
-- index: data_keys primary key
INSERT INTO data_keys (id, purpose, box, created_at, retired_at) VALUES ($1, $2, $3, $4, NULL)

-- name: data_key_retire
-- index: data_keys primary key
UPDATE data_keys SET retired_at = $3 WHERE id = $1 AND purpose = $2 AND retired_at IS NULL

-- name: data_key_rewrap
-- index: data_keys primary key
UPDATE data_keys SET box = $2 WHERE id = $1
