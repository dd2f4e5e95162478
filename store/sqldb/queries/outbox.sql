-- name: outbound_enqueue
-- index: outbox primary key
INSERT INTO outbox (id, channel, commune_id, origin, recipient, phone_key, phone, body_key, body, scrub, priority, state,
                    not_before_at, expires_at, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', $12, $13, $14, $14)
ON CONFLICT (id) DO NOTHING

-- name: outbound_get
-- index: outbox primary key
SELECT id, channel, commune_id, origin, recipient, phone_key, phone, body_key, body, scrub, priority, state, not_before_at,
       expires_at, attempts, holder, lease_until_at, provider_id, parts, created_at, updated_at, failure_class
FROM outbox WHERE id = $1

-- name: outbound_claim
-- index: outbox_ready
WITH due AS MATERIALIZED (
    SELECT id FROM outbox
    WHERE channel = $1 AND state = 'queued' AND priority = $2 AND not_before_at <= $4 AND expires_at > $4
    ORDER BY not_before_at LIMIT $6
-- dialect: postgres
    FOR UPDATE SKIP LOCKED
-- dialect: both
)
UPDATE outbox SET state = 'leased', holder = $3, lease_until_at = $5, begun_at = CAST($7 AS BIGINT), attempts = attempts + 1,
       updated_at = $4
WHERE id IN (SELECT id FROM due)
RETURNING id, channel, commune_id, origin, recipient, phone_key, phone, body_key, body, scrub, priority, state,
          not_before_at, expires_at, attempts, holder, lease_until_at, provider_id, parts, created_at, updated_at,
          failure_class

-- name: outbound_begin
-- index: outbox primary key
-- The empty text keeps PostgreSQL from going through outbox_leases and comparing
-- every leased message with every id.
UPDATE outbox SET begun_at = $3, updated_at = $3
WHERE holder = $2 AND state || '' = 'leased' AND lease_until_at > $3 AND id IN (
-- dialect: sqlite
    SELECT value FROM json_each($1)
-- dialect: postgres
    SELECT jsonb_array_elements_text(CAST($1 AS JSONB))
-- dialect: both
)
RETURNING id

-- name: outbound_finish
-- index: outbox primary key
-- A worker whose lease ran out may still say what became of a message nobody
-- was sure about. The empty text: as in outbound_begin.
UPDATE outbox SET state = k.to_state, updated_at = $3, parts = k.to_parts, failure_class = k.class,
       provider_id    = CASE WHEN k.provider = '' THEN outbox.provider_id ELSE k.provider END,
       not_before_at  = COALESCE(k.later, outbox.not_before_at),
       lease_until_at = NULL,
       holder         = CASE WHEN k.to_state = 'queued' THEN NULL ELSE outbox.holder END,
       begun_at       = CASE WHEN k.to_state = 'queued' THEN NULL ELSE outbox.begun_at END,
       body_key       = CASE WHEN outbox.scrub AND k.to_state <> 'queued' THEN NULL ELSE outbox.body_key END,
       body           = CASE WHEN outbox.scrub AND k.to_state <> 'queued' THEN NULL ELSE outbox.body END
FROM (
-- dialect: sqlite
    SELECT value ->> 'message' AS message, value ->> 'state' AS to_state, value ->> 'provider' AS provider,
           value ->> 'parts' AS to_parts, value ->> 'class' AS class, value ->> 'later' AS later
    FROM json_each($1)
-- dialect: postgres
    SELECT r.message, r.state AS to_state, r.provider, r.parts AS to_parts, r.class, r.later
    FROM jsonb_to_recordset(CAST($1 AS JSONB))
      AS r (message TEXT, state TEXT, provider TEXT, parts BIGINT, class TEXT, later BIGINT)
-- dialect: both
) AS k
WHERE outbox.id = k.message AND outbox.holder = $2
  AND (outbox.state || '' = 'leased' OR (outbox.state = 'unconfirmed' AND k.to_state IN ('sent', 'failed')))
RETURNING id

-- name: outbound_note
-- index: outbox primary key
-- A receipt has overtaken the answer: only what it could not know is added.
UPDATE outbox SET provider_id = k.provider, parts = k.to_parts
FROM (
-- dialect: sqlite
    SELECT value ->> 'message' AS message, value ->> 'provider' AS provider, value ->> 'parts' AS to_parts FROM json_each($1)
-- dialect: postgres
    SELECT r.message, r.provider, r.parts AS to_parts
    FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS r (message TEXT, provider TEXT, parts BIGINT)
-- dialect: both
) AS k
WHERE outbox.id = k.message AND outbox.holder = $2 AND outbox.provider_id = '' AND outbox.state <> 'queued'

-- name: outbound_forward
-- index: outbox primary key
UPDATE outbox SET state = $2, updated_at = $3, lease_until_at = NULL,
       failure_class = CASE WHEN $2 IN ('failed', 'expired') THEN $4 ELSE failure_class END,
       body_key      = CASE WHEN scrub THEN NULL ELSE body_key END,
       body          = CASE WHEN scrub THEN NULL ELSE body END
WHERE id = $1 AND (state IN ('leased', 'unconfirmed') OR (state = 'sent' AND $2 <> 'sent'))

-- name: outbound_by_provider
-- index: outbox_provider
SELECT id FROM outbox WHERE channel = $1 AND provider_id <> '' AND provider_id = $2 ORDER BY created_at DESC LIMIT 1

-- name: outbound_exists
-- index: outbox primary key
SELECT id FROM outbox WHERE id = $1 AND channel = $2

-- name: outbound_return
-- index: outbox_leases
UPDATE outbox SET state = 'queued', holder = NULL, lease_until_at = NULL, updated_at = $2
WHERE state = 'leased' AND holder = $1 AND begun_at IS NULL

-- name: outbound_abandon
-- index: outbox_leases
UPDATE outbox SET state = 'queued', holder = NULL, lease_until_at = NULL, begun_at = NULL, updated_at = $2
WHERE state = 'leased' AND holder = $1

-- name: outbound_lease_return
-- index: outbox_leases
UPDATE outbox SET state = 'queued', holder = NULL, lease_until_at = NULL, updated_at = $1
WHERE state = 'leased' AND lease_until_at <= $1 AND begun_at IS NULL

-- name: outbound_lease_doubt
-- index: outbox_leases
UPDATE outbox SET state = 'unconfirmed', lease_until_at = NULL, updated_at = $1,
       body_key = CASE WHEN scrub THEN NULL ELSE body_key END,
       body     = CASE WHEN scrub THEN NULL ELSE body END
WHERE state = 'leased' AND lease_until_at <= $1 AND begun_at IS NOT NULL

-- name: outbound_expire
-- index: outbox_expiry
UPDATE outbox SET state = 'expired', updated_at = $1,
       body_key = CASE WHEN scrub THEN NULL ELSE body_key END,
       body     = CASE WHEN scrub THEN NULL ELSE body END
WHERE state = 'queued' AND expires_at <= $1

-- name: outbound_depth
-- index: outbox_ready
SELECT COUNT(*) FROM outbox WHERE channel = $1 AND state = 'queued'

-- name: outbound_purge
-- index: outbox_kept
UPDATE outbox SET recipient = NULL, phone_key = NULL, phone = NULL, body_key = NULL, body = NULL
WHERE phone IS NOT NULL AND created_at < $1 AND state NOT IN ('queued', 'leased')

-- name: outbound_wipe
-- index: none, an emergency reads the whole table
UPDATE outbox SET body_key = NULL, body = NULL, updated_at = $2,
       failure_class = CASE WHEN state = 'queued' THEN 'wiped' ELSE failure_class END,
       state = CASE WHEN state = 'queued' THEN 'expired' ELSE state END
WHERE commune_id = $1 AND body IS NOT NULL

-- name: receipt_lock
-- index: none, no table is read
-- A receipt and the answer to its message may arrive together; who comes second
-- must see what the first wrote, or both would wait for the other for ever. The
-- inner order is the order of locking.
-- dialect: sqlite
SELECT $1 || $2
-- dialect: postgres
SELECT pg_advisory_xact_lock(hashtextextended(CAST($1 AS TEXT) || ' ' || k.id, 0))
FROM (SELECT id FROM jsonb_array_elements_text(CAST($2 AS JSONB)) AS id ORDER BY id) AS k

-- name: receipt_insert
-- index: receipts primary key
INSERT INTO receipts (channel, provider_id, our_id, status, raw_code, at, matched) VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id

-- name: receipt_unpark
-- index: receipts_provider
-- IN instead of FROM: with it SQLite reads every receipt of the channel.
-- dialect: sqlite
UPDATE receipts SET matched = TRUE,
       our_id = (SELECT value ->> 'message' FROM json_each($1) WHERE value ->> 'provider' = receipts.provider_id LIMIT 1)
WHERE channel = $2 AND NOT matched AND provider_id IN (SELECT value ->> 'provider' FROM json_each($1))
-- dialect: postgres
UPDATE receipts SET matched = TRUE, our_id = k.message
FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS k (message TEXT, provider TEXT)
WHERE receipts.channel = $2 AND receipts.provider_id = k.provider AND NOT receipts.matched
-- dialect: both
RETURNING id, our_id, status, raw_code

-- name: receipt_of
-- index: receipts_our
SELECT id, channel, provider_id, our_id, status, raw_code, at, matched
FROM receipts WHERE our_id <> '' AND our_id = $1 AND matched ORDER BY id

-- name: receipt_purge
-- index: receipts_at
DELETE FROM receipts WHERE at < $1
