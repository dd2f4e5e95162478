-- A message waits while it has a row in outbox_due and is under way while it has one in outbox_leases; its own state is
-- 'queued' meanwhile. Each move between them is one transaction.

-- name: outbound_last
-- index: outbox primary key
SELECT COALESCE(MAX(seq), 0) FROM outbox

-- name: outbound_enqueue
-- index: outbox_id
-- dialect: sqlite
INSERT INTO outbox (id, channel, commune_id, origin, purpose, recipient, phone_key, phone, body_key, body, scrub, quiet, routed,
                    priority, state, not_before_at, expires_at, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'queued', $15, $16, $17, $17)
ON CONFLICT (id) DO NOTHING
-- dialect: postgres
WITH fresh AS (
    INSERT INTO outbox (id, channel, commune_id, origin, purpose, recipient, phone_key, phone, body_key, body, scrub, quiet, routed,
                        priority, state, not_before_at, expires_at, created_at, updated_at)
    SELECT k.id, k.channel, k.commune_id, k.origin, k.purpose, k.recipient, k.phone_key, k.phone, k.body_key, k.body, k.scrub,
           k.quiet, k.routed, k.priority, 'queued', k.not_before_at, k.expires_at, k.created_at, k.created_at
    FROM unnest(CAST($1 AS TEXT[]), CAST($2 AS TEXT[]), CAST($3 AS BIGINT[]), CAST($4 AS TEXT[]), CAST($5 AS TEXT[]),
                CAST($6 AS BYTEA[]), CAST($7 AS TEXT[]), CAST($8 AS BYTEA[]), CAST($9 AS TEXT[]), CAST($10 AS BYTEA[]),
                CAST($11 AS BOOLEAN[]), CAST($12 AS BOOLEAN[]), CAST($13 AS TEXT[]), CAST($14 AS BIGINT[]),
                CAST($15 AS BIGINT[]), CAST($16 AS BIGINT[]), CAST($17 AS BIGINT[]))
      AS k (id, channel, commune_id, origin, purpose, recipient, phone_key, phone, body_key, body, scrub, quiet, routed, priority,
            not_before_at, expires_at, created_at)
    ON CONFLICT (id) DO NOTHING
    RETURNING channel, priority, not_before_at, seq, expires_at
)
INSERT INTO outbox_due (channel, priority, not_before_at, message, expires_at)
SELECT channel, priority, not_before_at, seq, expires_at FROM fresh
-- dialect: both

-- name: outbound_enqueued
-- index: outbox primary key
-- For SQLite, whose one writer knows which rows are new without being told of each.
INSERT INTO outbox_due (channel, priority, not_before_at, message, expires_at)
SELECT channel, priority, not_before_at, seq, expires_at FROM outbox WHERE seq > $1

-- name: outbound_get
-- index: outbox_id, outbox_leases primary key
SELECT o.seq, o.id, o.channel, o.commune_id, o.origin, o.purpose, o.recipient, o.phone_key, o.phone, o.body_key, o.body, o.scrub,
       o.quiet, o.routed, o.priority, CASE WHEN o.state = 'queued' AND l.message IS NOT NULL THEN 'leased' ELSE o.state END,
       o.not_before_at, o.expires_at, o.attempts, COALESCE(l.holder, o.holder), l.until_at, o.provider_id, o.parts, o.created_at,
       o.updated_at, o.failure_class
FROM outbox AS o LEFT JOIN outbox_leases AS l ON l.message = o.seq
WHERE o.id = $1

-- name: outbound_claim
-- index: outbox_due primary key, outbox primary key
-- Neither engine rewrites the message: what is due moves to what is under way.
-- dialect: sqlite
SELECT o.seq, o.id, o.commune_id, o.origin, o.purpose, o.recipient, o.phone_key, o.phone, o.body_key, o.body, o.scrub, o.quiet,
       o.routed, o.not_before_at, o.expires_at, o.attempts, o.created_at
FROM outbox_due AS d JOIN outbox AS o ON o.seq = d.message
WHERE d.channel = $1 AND d.priority = $2 AND d.not_before_at <= $4 AND d.expires_at > $4
ORDER BY d.not_before_at, d.message LIMIT $6
-- dialect: postgres
WITH due AS MATERIALIZED (
    SELECT ctid FROM outbox_due
    WHERE channel = $1 AND priority = $2 AND not_before_at <= $4 AND expires_at > $4
    ORDER BY not_before_at, message LIMIT $6
    FOR UPDATE SKIP LOCKED
), taken AS (
    DELETE FROM outbox_due WHERE ctid = ANY (ARRAY (SELECT ctid FROM due)) RETURNING message
), held AS (
    INSERT INTO outbox_leases (message, holder, until_at, begun_at)
    SELECT message, $3, $5, CAST($7 AS BIGINT) FROM taken
)
SELECT o.seq, o.id, o.commune_id, o.origin, o.purpose, o.recipient, o.phone_key, o.phone, o.body_key, o.body, o.scrub, o.quiet,
       o.routed, o.not_before_at, o.expires_at, o.attempts, o.created_at
FROM outbox AS o WHERE o.seq = ANY (ARRAY (SELECT message FROM taken))
-- dialect: both

-- name: outbound_claim_lease
-- index: outbox_due primary key
-- What outbound_claim has read, up to its last row: a later bound would be a walk through all that waits.
-- dialect: sqlite
INSERT INTO outbox_leases (message, holder, until_at, begun_at)
SELECT message, $3, $5, $8 FROM outbox_due
WHERE channel = $1 AND priority = $2 AND expires_at > $4 AND not_before_at <= $6 AND (not_before_at < $6 OR message <= $7)
-- dialect: postgres
SELECT 0 WHERE FALSE
-- dialect: both

-- name: outbound_claim_take
-- index: outbox_due primary key
-- dialect: sqlite
DELETE FROM outbox_due
WHERE channel = $1 AND priority = $2 AND expires_at > $3 AND not_before_at <= $4 AND (not_before_at < $4 OR message <= $5)
-- dialect: postgres
SELECT 0 WHERE FALSE
-- dialect: both

-- name: outbound_begin
-- index: outbox_leases primary key
UPDATE outbox_leases SET begun_at = $3
WHERE holder = $2 AND until_at > $3 AND message
-- dialect: sqlite
    IN (SELECT value FROM json_each($1))
-- dialect: postgres
    = ANY (CAST($1 AS BIGINT[]))
-- dialect: both
RETURNING message

-- name: outbound_release
-- index: outbox_leases primary key
DELETE FROM outbox_leases
WHERE holder = $1 AND message
-- dialect: sqlite
    IN (SELECT value FROM json_each($2))
-- dialect: postgres
    = ANY (CAST($2 AS BIGINT[]))
-- dialect: both

-- name: outbound_finish
-- index: outbox primary key
-- $7: the leases were the holder's until now. A worker whose lease ran out may still say what became of a message nobody was
-- sure about.
-- dialect: postgres
WITH done AS (
-- dialect: both
UPDATE outbox SET state = $3, updated_at = $2, parts = $4, failure_class = $5, attempts = attempts + 1,
       provider_id   = CASE WHEN k.provider = '' THEN outbox.provider_id ELSE k.provider END,
       not_before_at = COALESCE(CAST($6 AS BIGINT), outbox.not_before_at),
       body_key      = CASE WHEN outbox.scrub AND $3 <> 'queued' THEN NULL ELSE outbox.body_key END,
       body          = CASE WHEN outbox.scrub AND $3 <> 'queued' THEN NULL ELSE outbox.body END
FROM (
-- dialect: sqlite
    SELECT CAST(key AS INTEGER) AS message, value AS provider FROM json_each($8)
-- dialect: postgres
    SELECT * FROM unnest(CAST($8 AS BIGINT[]), CAST($9 AS TEXT[])) AS r (message, provider)
-- dialect: both
) AS k
WHERE outbox.seq = k.message
  AND ((outbox.state = 'queued' AND $7) OR (outbox.state = 'unconfirmed' AND outbox.holder = $1 AND $3 IN ('sent', 'failed')))
-- dialect: postgres
RETURNING outbox.channel, outbox.provider_id, outbox.seq
), named AS (
    INSERT INTO outbox_provider_ids (channel, provider_id, message)
    SELECT channel, provider_id, seq FROM done WHERE provider_id <> '' ON CONFLICT DO NOTHING
)
SELECT COUNT(*) FROM done
-- dialect: both

-- name: outbound_note
-- index: outbox primary key
-- A receipt has overtaken the answer: only what it could not know is added.
UPDATE outbox SET provider_id = k.provider, parts = $2
FROM (
-- dialect: sqlite
    SELECT CAST(key AS INTEGER) AS message, value AS provider FROM json_each($4)
-- dialect: postgres
    SELECT * FROM unnest(CAST($4 AS BIGINT[]), CAST($5 AS TEXT[])) AS r (message, provider)
-- dialect: both
) AS k
WHERE outbox.seq = k.message AND outbox.provider_id = '' AND outbox.state <> 'queued' AND ($3 OR outbox.holder = $1)

-- name: outbound_name
-- index: outbox primary key, outbox_provider_ids primary key
INSERT INTO outbox_provider_ids (channel, provider_id, message)
SELECT channel, provider_id, seq FROM outbox
WHERE provider_id <> '' AND seq
-- dialect: sqlite
    IN (SELECT value FROM json_each($1))
-- dialect: postgres
    = ANY (CAST($1 AS BIGINT[]))
-- dialect: both
ON CONFLICT DO NOTHING

-- name: outbound_queue
-- index: outbox primary key
INSERT INTO outbox_due (channel, priority, not_before_at, message, expires_at)
SELECT channel, priority, not_before_at, seq, expires_at FROM outbox
WHERE state = 'queued' AND seq
-- dialect: sqlite
    IN (SELECT value FROM json_each($1))
-- dialect: postgres
    = ANY (CAST($1 AS BIGINT[]))
-- dialect: both

-- name: outbound_forward
-- index: outbox primary key, outbox_leases primary key
UPDATE outbox SET state = $2, updated_at = $3,
       failure_class = CASE WHEN $2 IN ('failed', 'expired') THEN $4 WHEN $4 LIKE 'partial:%' THEN 'partial'
                            WHEN $2 = 'delivered' AND failure_class = 'partial' THEN '' ELSE failure_class END,
       body_key      = CASE WHEN scrub THEN NULL ELSE body_key END,
       body          = CASE WHEN scrub THEN NULL ELSE body END
WHERE seq = $1 AND (state = 'unconfirmed' OR (state = 'sent' AND ($2 <> 'sent' OR ($4 LIKE 'partial:%' AND failure_class <> 'partial')))
                    OR (state = 'queued' AND EXISTS (SELECT 1 FROM outbox_leases WHERE message = $1)))

-- name: outbound_by_provider
-- index: outbox_provider_ids primary key
SELECT message FROM outbox_provider_ids WHERE channel = $1 AND provider_id = $2 ORDER BY message DESC LIMIT 1

-- name: outbound_named
-- index: outbox primary key
SELECT id FROM outbox WHERE seq = $1

-- name: outbound_exists
-- index: outbox_id
SELECT seq FROM outbox WHERE id = $1 AND channel = $2

-- name: outbound_return
-- index: none, only what is under way
DELETE FROM outbox_leases WHERE holder = $1 AND begun_at IS NULL RETURNING message

-- name: outbound_abandon
-- index: none, only what is under way
DELETE FROM outbox_leases WHERE holder = $1 RETURNING message

-- name: outbound_lease_return
-- index: none, only what is under way
DELETE FROM outbox_leases WHERE until_at <= $1 AND begun_at IS NULL RETURNING message

-- name: outbound_lease_doubt
-- index: none, only what is under way
DELETE FROM outbox_leases WHERE until_at <= $1 RETURNING message, holder

-- name: outbound_doubt
-- index: outbox primary key
UPDATE outbox SET state = 'unconfirmed', holder = k.holder, updated_at = $1, attempts = attempts + 1,
       body_key = CASE WHEN scrub THEN NULL ELSE body_key END,
       body     = CASE WHEN scrub THEN NULL ELSE body END
FROM (
-- dialect: sqlite
    SELECT CAST(key AS INTEGER) AS message, value AS holder FROM json_each($2)
-- dialect: postgres
    SELECT * FROM unnest(CAST($2 AS BIGINT[]), CAST($3 AS TEXT[])) AS r (message, holder)
-- dialect: both
) AS k
WHERE outbox.seq = k.message AND outbox.state = 'queued'

-- name: outbound_expire
-- index: outbox_due_expiry
DELETE FROM outbox_due WHERE expires_at <= $1 RETURNING message

-- name: outbound_expired
-- index: outbox primary key
UPDATE outbox SET state = 'expired', updated_at = $1,
       body_key = CASE WHEN scrub THEN NULL ELSE body_key END,
       body     = CASE WHEN scrub THEN NULL ELSE body END
WHERE state = 'queued' AND seq
-- dialect: sqlite
    IN (SELECT value FROM json_each($2))
-- dialect: postgres
    = ANY (CAST($2 AS BIGINT[]))
-- dialect: both

-- name: outbound_depth
-- index: outbox_due primary key
SELECT COUNT(*) FROM outbox_due WHERE channel = $1

-- name: outbound_refusing
-- index: suppressions primary key
SELECT DISTINCT pseudonym FROM suppressions WHERE purpose IN ($1, 'all') AND pseudonym IN (
-- dialect: sqlite
    SELECT unhex(value) FROM json_each($2)
-- dialect: postgres
    SELECT decode(h, 'hex') FROM jsonb_array_elements_text(CAST($2 AS JSONB)) AS h
-- dialect: both
)

-- name: outbound_stranded
-- index: outbox_due primary key, outbox primary key
SELECT o.seq, o.commune_id, o.phone_key, o.phone FROM outbox AS o
WHERE o.channel = $1 AND o.seq > $2 AND o.routed <> '' AND o.state = 'queued' AND o.phone IS NOT NULL
  AND o.seq IN (SELECT message FROM outbox_due WHERE channel = $1)
ORDER BY o.seq LIMIT $3

-- name: outbound_unqueue
-- index: outbox primary key, outbox_due primary key
DELETE FROM outbox_due WHERE channel = $1 AND (channel, priority, not_before_at, message) IN (
    SELECT channel, priority, not_before_at, seq FROM outbox WHERE seq
-- dialect: sqlite
    IN (SELECT value FROM json_each($2))
-- dialect: postgres
    = ANY (CAST($2 AS BIGINT[]))
-- dialect: both
)
RETURNING message

-- name: outbound_move
-- index: outbox primary key
UPDATE outbox SET channel = $1, routed = $2, updated_at = $3
WHERE state = 'queued' AND seq
-- dialect: sqlite
    IN (SELECT value FROM json_each($4))
-- dialect: postgres
    = ANY (CAST($4 AS BIGINT[]))
-- dialect: both

-- name: outbound_purge_names
-- index: outbox_kept, outbox_provider_ids primary key
DELETE FROM outbox_provider_ids WHERE (channel, provider_id, message) IN (
    SELECT channel, provider_id, seq FROM outbox
    WHERE phone IS NOT NULL AND created_at < $1 AND state <> 'queued' AND provider_id <> '')

-- name: outbound_purge
-- index: outbox_kept
UPDATE outbox SET recipient = NULL, phone_key = NULL, phone = NULL, body_key = NULL, body = NULL
WHERE phone IS NOT NULL AND created_at < $1 AND state <> 'queued'

-- name: outbound_wipe_due
-- index: none, an emergency reads the whole table
DELETE FROM outbox_due WHERE message IN (SELECT seq FROM outbox WHERE commune_id = $1 AND body IS NOT NULL AND state = 'queued')

-- name: outbound_wipe
-- index: none, an emergency reads the whole table
UPDATE outbox SET body_key = NULL, body = NULL, updated_at = $2,
       failure_class = CASE WHEN state = 'queued' AND seq NOT IN (SELECT message FROM outbox_leases) THEN 'wiped' ELSE failure_class END,
       state = CASE WHEN state = 'queued' AND seq NOT IN (SELECT message FROM outbox_leases) THEN 'expired' ELSE state END
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
FROM (SELECT id FROM unnest(CAST($2 AS TEXT[])) AS id ORDER BY id) AS k

-- name: receipt_insert
-- index: receipts primary key
INSERT INTO receipts (channel, provider_id, our_id, status, raw_code, at, matched) VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id

-- name: receipt_parked
-- index: receipts_parked
SELECT id FROM receipts WHERE channel = $1 AND NOT matched LIMIT 1

-- name: receipt_unpark
-- index: receipts_parked
-- IN instead of FROM: with it SQLite reads every receipt of the channel.
-- dialect: sqlite
UPDATE receipts SET matched = TRUE,
       our_id = (SELECT id FROM outbox
                 WHERE seq = (SELECT CAST(key AS INTEGER) FROM json_each($2) WHERE value = receipts.provider_id LIMIT 1))
WHERE channel = $1 AND NOT matched AND provider_id IN (SELECT value FROM json_each($2))
-- dialect: postgres
UPDATE receipts SET matched = TRUE, our_id = k.ours
FROM (SELECT o.id AS ours, r.provider
      FROM unnest(CAST($2 AS BIGINT[]), CAST($3 AS TEXT[])) AS r (message, provider) JOIN outbox AS o ON o.seq = r.message) AS k
WHERE receipts.channel = $1 AND receipts.provider_id = k.provider AND NOT receipts.matched
-- dialect: both
RETURNING id, our_id, status, raw_code

-- name: receipt_of
-- index: receipts_our
SELECT id, channel, provider_id, our_id, status, raw_code, at, matched
FROM receipts WHERE our_id <> '' AND our_id = $1 AND matched ORDER BY id

-- name: receipt_count_parked
-- index: receipts_at
SELECT COUNT(*) FROM receipts WHERE at >= $1 AND at < $2 AND NOT matched

-- name: receipt_purge
-- index: receipts_at
DELETE FROM receipts WHERE at < $1
