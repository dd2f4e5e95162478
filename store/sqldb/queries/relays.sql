-- name: relay_add
-- index: relay_reports channel, kind, peer_id key
INSERT INTO relay_reports (channel, kind, peer_id, message_id, told, person, payload_key, payload, created_at, due_at, tries)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)
ON CONFLICT (channel, kind, peer_id) DO NOTHING

-- name: relay_due
-- index: relay_reports_due, outbox_id
SELECT r.id, r.channel, r.kind, r.peer_id, r.message_id, o.state, r.told, r.person, r.payload_key, r.payload, r.created_at, r.due_at, r.tries
FROM relay_reports r LEFT JOIN outbox o ON o.id = r.message_id
WHERE r.channel = $1 AND r.due_at <= $2 ORDER BY r.due_at, r.id LIMIT $3

-- name: relay_keep
-- index: relay_reports primary key
UPDATE relay_reports SET told = $2, tries = $3, due_at = $4 WHERE id = $1

-- name: relay_done
-- index: relay_reports primary key
DELETE FROM relay_reports WHERE id = $1

-- name: relay_purge
-- index: relay_reports_age
DELETE FROM relay_reports WHERE created_at < $1

-- name: relay_erase
-- index: relay_reports_person
DELETE FROM relay_reports WHERE person = $1
