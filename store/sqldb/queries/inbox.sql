-- name: inbound_accept
-- index: messages_in (channel, external_id)
INSERT INTO messages_in (channel, external_id, commune_id, sender, phone_key, phone, body_key, body, received_at, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'received')
ON CONFLICT (channel, external_id) DO NOTHING
RETURNING id

-- name: inbound_id
-- index: messages_in (channel, external_id)
SELECT id FROM messages_in WHERE channel = $1 AND external_id = $2

-- name: inbound_claim
-- index: messages_in_waiting, messages_in_sender
-- A person's message waits while an older one of theirs is unhandled or any of
-- theirs is in somebody's hands.
WITH due AS MATERIALIZED (
    SELECT m.id FROM messages_in m
    WHERE m.state = 'received' AND (m.held_until_at IS NULL OR m.held_until_at <= $2)
      AND NOT EXISTS (SELECT 1 FROM messages_in o
                      WHERE o.sender = m.sender AND o.state = 'received' AND o.id <> m.id
                        AND (o.id < m.id OR o.held_until_at > $2))
    ORDER BY m.id LIMIT $4
-- dialect: postgres
    FOR UPDATE SKIP LOCKED
-- dialect: both
)
UPDATE messages_in SET holder = $1, held_until_at = $3, attempts = attempts + 1
WHERE id IN (SELECT id FROM due)
RETURNING id, channel, external_id, commune_id, sender, phone_key, phone, body_key, body, received_at, state, handled_at,
          attempts

-- name: inbound_take
-- index: messages_in primary key, messages_in_sender
WITH due AS MATERIALIZED (
    SELECT m.id FROM messages_in m
    WHERE m.id = $4 AND m.state = 'received' AND (m.held_until_at IS NULL OR m.held_until_at <= $2)
      AND NOT EXISTS (SELECT 1 FROM messages_in o
                      WHERE o.sender = m.sender AND o.state = 'received' AND o.id <> m.id
                        AND (o.id < m.id OR o.held_until_at > $2))
-- dialect: postgres
    FOR UPDATE SKIP LOCKED
-- dialect: both
)
UPDATE messages_in SET holder = $1, held_until_at = $3, attempts = attempts + 1
WHERE id IN (SELECT id FROM due)
RETURNING id, channel, external_id, commune_id, sender, phone_key, phone, body_key, body, received_at, state, handled_at,
          attempts

-- name: inbound_finish
-- index: messages_in primary key
UPDATE messages_in SET state = $3, handled_at = $5, holder = NULL, held_until_at = NULL,
       body_key = CASE WHEN $4 THEN NULL ELSE body_key END,
       body = CASE WHEN $4 THEN NULL ELSE body END
WHERE id = $1 AND holder = $2 AND state = 'received'

-- name: inbound_finish_all
-- index: messages_in primary key
-- The empty text keeps PostgreSQL from reading every waiting message.
UPDATE messages_in SET state = 'handled', handled_at = $3, holder = NULL, held_until_at = NULL
WHERE holder = $2 AND state || '' = 'received' AND id IN (
-- dialect: sqlite
    SELECT value FROM json_each($1)
-- dialect: postgres
    SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST($1 AS JSONB))
-- dialect: both
)

-- name: inbound_return
-- index: messages_in primary key
UPDATE messages_in SET holder = NULL, held_until_at = NULL WHERE id = $1 AND holder = $2 AND state = 'received'

-- name: inbound_purge
-- index: messages_in_kept
UPDATE messages_in SET sender = NULL, phone_key = NULL, phone = NULL, body_key = NULL, body = NULL
WHERE phone IS NOT NULL AND received_at < $1 AND state <> 'received'

-- name: inbound_wipe
-- index: none, an emergency reads the whole table
UPDATE messages_in SET body_key = NULL, body = NULL, holder = NULL, held_until_at = NULL,
       state = CASE WHEN state = 'received' THEN 'failed' ELSE state END
WHERE commune_id = $1 AND body IS NOT NULL
