-- The standing proposal and the release before the active one are rows of release_active beside those of the kinds.

-- name: rollout_forget
-- index: release_active primary key
DELETE FROM release_active WHERE kind = $1 AND hash = $2

-- name: rollout_list
-- index: none, a row per release
SELECT r.hash, r.created_at, length(r.data), coalesce(a.kind, ''), coalesce(p.kind, ''), coalesce(b.kind, '')
FROM releases r
LEFT JOIN release_active a ON a.kind = 'flows' AND a.hash = r.hash
LEFT JOIN release_active p ON p.kind = 'flows:proposed' AND p.hash = r.hash
LEFT JOIN release_active b ON b.kind = 'flows:previous' AND b.hash = r.hash
WHERE r.kind = 'flows' ORDER BY r.created_at DESC, r.hash

-- name: rollout_alive
-- index: none, a row per node and release
SELECT DISTINCT node FROM release_nodes WHERE seen_at >= $1 ORDER BY node
