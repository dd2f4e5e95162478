-- name: phone_register
-- index: phones primary key
INSERT INTO phones (id, channel, name, token, admission, created_at, last_seen_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT DO NOTHING

-- name: phone_get
-- index: phones primary key
SELECT id, channel, name, token, admission, battery, verdict, created_at, last_seen_at, disabled_at
FROM phones WHERE id = $2 AND channel = $1

-- name: phone_by_token
-- index: phones token key
SELECT id, channel, name, token, admission, battery, verdict, created_at, last_seen_at, disabled_at
FROM phones WHERE token = $2 AND channel = $1

-- name: phone_list
-- index: phones_channel
SELECT id, channel, name, token, admission, battery, verdict, created_at, last_seen_at, disabled_at
FROM phones WHERE channel = $1 ORDER BY created_at, id

-- name: phone_seen
-- index: phones primary key
UPDATE phones SET last_seen_at = $3 WHERE id = $2 AND channel = $1 AND last_seen_at < $3

-- name: phone_health
-- index: phones primary key
UPDATE phones SET battery = $3, verdict = $4 WHERE id = $2 AND channel = $1

-- name: phone_disable
-- index: phones primary key
UPDATE phones SET disabled_at = $3 WHERE id = $2 AND channel = $1 AND disabled_at IS NULL

-- name: phone_enable
-- index: phones primary key
UPDATE phones SET disabled_at = NULL WHERE id = $2 AND channel = $1 AND disabled_at IS NOT NULL

-- name: phone_offer_put
-- index: phone_offers primary key
INSERT INTO phone_offers (message_id, channel, phone_id, sim, parts, offered_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING

-- name: phone_offer_get
-- index: phone_offers primary key
SELECT message_id, channel, phone_id, sim, parts, offered_at, fetched_at, answered_at
FROM phone_offers WHERE message_id = $2 AND channel = $1

-- name: phone_offer_spent
-- index: phone_offers_spent
SELECT CAST(COALESCE(SUM(parts), 0) AS BIGINT), MIN(offered_at)
FROM phone_offers WHERE phone_id = $1 AND sim = $2 AND offered_at > $3

-- name: phone_offer_pending
-- index: phone_offers_open, outbox_id
SELECT o.message_id, x.phone_key, x.phone, x.body_key, x.body, x.priority, x.created_at, x.expires_at, o.sim
FROM phone_offers o JOIN outbox x ON x.id = o.message_id
WHERE o.channel = $1 AND o.phone_id = $2 AND o.answered_at IS NULL
  AND x.phone IS NOT NULL AND x.body IS NOT NULL AND x.expires_at > $3
  AND (x.state = 'unconfirmed' OR (x.state = 'queued' AND EXISTS (SELECT 1 FROM outbox_leases l WHERE l.message = x.seq)))
ORDER BY o.offered_at, o.message_id LIMIT $4
-- dialect: postgres
FOR UPDATE OF o

-- name: phone_offer_fetched
-- index: phone_offers primary key
UPDATE phone_offers SET fetched_at = $2 WHERE message_id = $1 AND fetched_at IS NULL

-- name: phone_offer_withdraw
-- index: phone_offers primary key
DELETE FROM phone_offers WHERE message_id = $2 AND channel = $1 AND fetched_at IS NULL

-- name: phone_offer_answer
-- index: phone_offers primary key
UPDATE phone_offers SET answered_at = COALESCE(answered_at, $4), fetched_at = COALESCE(fetched_at, $4)
WHERE message_id = $3 AND channel = $1 AND phone_id = $2
RETURNING message_id

-- name: phone_offer_waiting
-- index: phone_offers_open
SELECT DISTINCT phone_id FROM phone_offers WHERE channel = $1 AND answered_at IS NULL AND fetched_at IS NULL

-- name: phone_offer_purge
-- index: phone_offers_age
DELETE FROM phone_offers WHERE offered_at < $1
