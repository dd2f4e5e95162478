-- name: upload_create
-- index: uploads primary key
INSERT INTO uploads (commune_id, kind, account_id, name, content, options, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id

-- name: upload_get
-- index: uploads primary key
SELECT id, commune_id, kind, account_id, name, content, options, revision, created_at FROM uploads WHERE id = $2 AND commune_id = $1

-- name: upload_list
-- index: uploads_commune
SELECT id, commune_id, kind, account_id, name, NULL, options, revision, created_at FROM uploads
WHERE commune_id = $1 AND kind = $2 ORDER BY created_at DESC, id DESC

-- name: upload_options
-- index: uploads primary key
UPDATE uploads SET options = $4, revision = revision + 1 WHERE id = $2 AND commune_id = $1 AND revision = $3

-- name: upload_drop
-- index: uploads primary key
DELETE FROM uploads WHERE id = $2 AND commune_id = $1

-- name: upload_purge
-- index: uploads_created
DELETE FROM uploads WHERE created_at < $1
