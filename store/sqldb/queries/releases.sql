-- name: release_put
-- index: releases primary key
INSERT INTO releases (hash, kind, data, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING

-- name: release_get
-- index: releases primary key
SELECT hash, kind, data, created_at FROM releases WHERE hash = $1

-- name: release_kind
-- index: releases primary key
SELECT kind FROM releases WHERE hash = $1

-- name: release_seen
-- index: release_nodes primary key
INSERT INTO release_nodes (node, hash, seen_at) VALUES ($1, $2, $3)
ON CONFLICT (node, hash) DO UPDATE SET seen_at = excluded.seen_at

-- name: release_lagging
-- index: none, a row per node and release
SELECT DISTINCT node FROM release_nodes
WHERE seen_at >= $2 AND node NOT IN (SELECT node FROM release_nodes WHERE hash = $1) ORDER BY node

-- name: release_activate
-- index: release_active primary key
INSERT INTO release_active (kind, hash, activated_at) VALUES ($1, $2, $3)
ON CONFLICT (kind) DO UPDATE SET hash = excluded.hash, activated_at = excluded.activated_at

-- name: release_active
-- index: release_active primary key
SELECT hash FROM release_active WHERE kind = $1

-- name: retention_list
-- index: none, a row per table
SELECT table_name, class, keep FROM retention ORDER BY table_name
