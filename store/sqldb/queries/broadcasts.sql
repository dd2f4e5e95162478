-- name: broadcast_create
-- index: none, ON CONFLICT uses broadcasts' unique keys
INSERT INTO broadcasts (commune_id, sender_id, rule_id, due_at, origin, content, audience, state, author, approver, urgent, begins_at,
                        expires_at, undo_until_at, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
ON CONFLICT DO NOTHING
RETURNING id

-- name: broadcast_get
-- index: broadcasts primary key
SELECT id, commune_id, sender_id, rule_id, due_at, origin, content, audience, state, author, approver, seconder, urgent, begins_at,
       expires_at, undo_until_at, paused_for, shown, frozen, frozen_at, parts_sent, created_at, updated_at, ended_at
FROM broadcasts WHERE id = $2 AND commune_id = $1

-- name: broadcast_by_origin
-- index: broadcasts_origin
SELECT id, commune_id, sender_id, rule_id, due_at, origin, content, audience, state, author, approver, seconder, urgent, begins_at,
       expires_at, undo_until_at, paused_for, shown, frozen, frozen_at, parts_sent, created_at, updated_at, ended_at
FROM broadcasts WHERE commune_id = $1 AND origin <> '' AND origin = $2

-- name: broadcast_list
-- index: broadcasts_commune
SELECT id, commune_id, sender_id, rule_id, due_at, origin, content, audience, state, author, approver, seconder, urgent, begins_at,
       expires_at, undo_until_at, paused_for, shown, frozen, frozen_at, parts_sent, created_at, updated_at, ended_at
FROM broadcasts WHERE commune_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3

-- name: broadcast_alive
-- index: broadcasts_alive
SELECT id, commune_id, sender_id, rule_id, due_at, origin, content, audience, state, author, approver, seconder, urgent, begins_at,
       expires_at, undo_until_at, paused_for, shown, frozen, frozen_at, parts_sent, created_at, updated_at, ended_at
FROM broadcasts WHERE state IN ('approved', 'running', 'paused') ORDER BY id

-- name: broadcast_ended
-- index: broadcasts_ended
SELECT id, commune_id, sender_id, rule_id, due_at, origin, content, audience, state, author, approver, seconder, urgent, begins_at,
       expires_at, undo_until_at, paused_for, shown, frozen, frozen_at, parts_sent, created_at, updated_at, ended_at
FROM broadcasts WHERE ended_at IS NOT NULL AND ended_at >= $1 ORDER BY ended_at

-- name: broadcast_edit
-- index: broadcasts primary key
UPDATE broadcasts SET content = $3, audience = $4, urgent = $5, begins_at = $6, expires_at = $7, updated_at = $8
WHERE id = $2 AND commune_id = $1 AND state = 'draft' AND updated_at = $9

-- name: broadcast_move
-- index: broadcasts primary key
UPDATE broadcasts SET state = $4, updated_at = $5,
       approver      = CASE WHEN $4 = 'draft' THEN '' WHEN $6 = '' THEN approver ELSE $6 END,
       seconder      = CASE WHEN $4 = 'draft' THEN '' WHEN $7 = '' THEN seconder ELSE $7 END,
       shown         = CASE WHEN $4 = 'submitted' THEN $8 ELSE shown END,
       undo_until_at = CASE WHEN $4 = 'draft' THEN NULL ELSE COALESCE(CAST($9 AS BIGINT), undo_until_at) END,
       paused_for    = $10,
       frozen        = CASE WHEN $4 = 'draft' THEN '{}' ELSE frozen END,
       frozen_at     = CASE WHEN $4 = 'draft' THEN NULL ELSE frozen_at END,
       ended_at      = CASE WHEN $4 IN ('done', 'cancelled', 'expired') THEN $5 ELSE ended_at END
WHERE id = $2 AND commune_id = $1 AND state = $3 AND updated_at = COALESCE(CAST($11 AS BIGINT), updated_at)

-- name: broadcast_second
-- index: broadcasts primary key
UPDATE broadcasts SET approver = $3, updated_at = $4
WHERE id = $2 AND commune_id = $1 AND state = 'submitted' AND approver = '' AND urgent <> ''

-- name: broadcast_freeze
-- index: broadcasts primary key
UPDATE broadcasts SET frozen = $2, updated_at = CAST($4 AS BIGINT), frozen_at = CASE WHEN $3 THEN CAST($4 AS BIGINT) ELSE NULL END
WHERE id = $1 AND state IN ('approved', 'paused') AND frozen_at IS NULL

-- name: broadcast_lock
-- index: broadcasts primary key
-- The row's own lock lets feeders, pauses and cancels take turns.
UPDATE broadcasts SET updated_at = updated_at WHERE id = $1 AND state = 'running'

-- name: broadcast_parts
-- index: broadcasts primary key
UPDATE broadcasts SET parts_sent = parts_sent + $2 WHERE id = $1

-- name: rendering_clear
-- index: renderings primary key
DELETE FROM renderings WHERE broadcast_id = $1 AND EXISTS (
    SELECT 1 FROM broadcasts WHERE id = $1 AND state IN ('draft', 'submitted'))

-- name: rendering_put
-- index: renderings primary key
INSERT INTO renderings (broadcast_id, language, profile, body_key, body) VALUES ($1, $2, $3, $4, $5)

-- name: rendering_list
-- index: renderings primary key
SELECT language, profile, body_key, body FROM renderings WHERE broadcast_id = $1 ORDER BY language, profile

-- name: broadcast_rule_create
-- index: broadcast_rules primary key
INSERT INTO broadcast_rules (commune_id, sender_id, spec, content, audience, life, state, author, until_at, most, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $9, $10, $10)
RETURNING id

-- name: broadcast_rule_get
-- index: broadcast_rules primary key
SELECT id, commune_id, sender_id, spec, content, audience, life, state, author, approver, until_at, most, made, next_at, created_at, updated_at
FROM broadcast_rules WHERE id = $2 AND commune_id = $1

-- name: broadcast_rule_list
-- index: broadcast_rules_commune
SELECT id, commune_id, sender_id, spec, content, audience, life, state, author, approver, until_at, most, made, next_at, created_at, updated_at
FROM broadcast_rules WHERE commune_id = $1 ORDER BY id DESC

-- name: broadcast_rule_due
-- index: broadcast_rules_due
SELECT id, commune_id, sender_id, spec, content, audience, life, state, author, approver, until_at, most, made, next_at, created_at, updated_at
FROM broadcast_rules WHERE state = 'approved' AND next_at <= $1 ORDER BY next_at

-- name: broadcast_rule_move
-- index: broadcast_rules primary key
UPDATE broadcast_rules SET state = $4, approver = CASE WHEN $5 = '' THEN approver ELSE $5 END, next_at = $6, updated_at = $7
WHERE id = $2 AND commune_id = $1 AND state = $3

-- name: broadcast_rule_advance
-- index: broadcast_rules primary key
UPDATE broadcast_rules SET next_at = $3, made = made + $4, updated_at = $5,
       state = CASE WHEN CAST($3 AS BIGINT) IS NULL THEN 'ended' ELSE state END
WHERE id = $1 AND state = 'approved' AND next_at = $2
RETURNING commune_id

-- name: broadcast_stop
-- index: broadcast_stops primary key
INSERT INTO broadcast_stops (commune_id, actor, reason, stopped_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING

-- name: broadcast_release
-- index: broadcast_stops primary key
DELETE FROM broadcast_stops WHERE commune_id = $1

-- name: broadcast_stopped
-- index: places primary key, broadcast_stops primary key
WITH RECURSIVE above (id, parent_id) AS (
    SELECT id, parent_id FROM places WHERE id = $1
    UNION ALL
    SELECT p.id, p.parent_id FROM places p JOIN above ON p.id = above.parent_id
)
SELECT COUNT(*) FROM broadcast_stops WHERE commune_id IN (SELECT id FROM above)
