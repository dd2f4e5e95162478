-- name: audience_communes
-- index: places_parent
WITH RECURSIVE below (id, level) AS (
    SELECT id, level FROM places WHERE id = $1 AND in_use
    UNION ALL
    SELECT p.id, p.level FROM places p JOIN below ON p.parent_id = below.id WHERE p.in_use AND p.level <> 'settlement'
)
SELECT id FROM below WHERE level = 'commune' ORDER BY id

-- name: audience_bound_place
-- index: contacts_commune
SELECT pseudonym FROM contacts WHERE commune_id = $1 AND pseudonym > $2 ORDER BY pseudonym LIMIT 1 OFFSET $3

-- name: audience_bound_broadcast
-- index: recipients primary key
SELECT pseudonym FROM recipients WHERE broadcast_id = $1 AND pseudonym > $2 ORDER BY pseudonym LIMIT 1 OFFSET $3

-- name: audience_bound_organisation
-- index: members_joined
SELECT pseudonym FROM members WHERE organisation_id = $1 AND state = 'joined' AND pseudonym > $2 ORDER BY pseudonym LIMIT 1 OFFSET $3

-- name: audience_tally_organisation
-- index: members_joined, suppressions primary key
-- Who joined has agreed.
SELECT CASE
    WHEN EXISTS (SELECT 1 FROM suppressions s WHERE s.pseudonym = p.pseudonym AND s.purpose IN ($4, 'all')) THEN 'opted_out'
    WHEN $5 <> '' AND p.channel <> $5 THEN 'no_consent'
    WHEN EXISTS (SELECT 1 FROM unreachable u WHERE u.pseudonym = p.pseudonym) THEN 'unreachable'
    WHEN EXISTS (SELECT 1 FROM broadcast_caps b WHERE b.pseudonym = p.pseudonym AND b.sender = $6 AND b.month = $7 AND b.n >= $8) THEN 'capped'
    ELSE '' END AS reason, COUNT(*)
FROM members p WHERE p.organisation_id = $1 AND p.state = 'joined' AND p.pseudonym > $2 AND p.pseudonym <= $3
GROUP BY 1

-- name: recipient_freeze_organisation
-- index: members_joined, suppressions primary key
INSERT INTO recipients (broadcast_id, pseudonym, phone_key, phone, language_key, language, state)
SELECT CAST($9 AS BIGINT), p.pseudonym, p.phone_key, p.phone, p.language_key, p.language, 'waiting'
FROM members p
WHERE p.organisation_id = $1 AND p.state = 'joined' AND p.pseudonym > $2 AND p.pseudonym <= $3
  AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.pseudonym = p.pseudonym AND s.purpose IN ($4, 'all'))
  AND ($5 = '' OR p.channel = $5)
  AND NOT EXISTS (SELECT 1 FROM unreachable u WHERE u.pseudonym = p.pseudonym)
  AND NOT EXISTS (SELECT 1 FROM broadcast_caps b WHERE b.pseudonym = p.pseudonym AND b.sender = $6 AND b.month = $7 AND b.n >= $8)
ORDER BY p.pseudonym
ON CONFLICT DO NOTHING
RETURNING pseudonym, phone_key, phone, language_key, language

-- name: audience_tally_place
-- index: contacts_commune, consents_standing, suppressions primary key
SELECT CASE
    WHEN EXISTS (SELECT 1 FROM suppressions s WHERE s.pseudonym = p.pseudonym AND s.purpose IN ($4, 'all')) THEN 'opted_out'
    WHEN NOT EXISTS (SELECT 1 FROM consents k WHERE k.pseudonym = p.pseudonym AND k.purpose = $4 AND k.withdrawn_at IS NULL
                     AND ($5 = '' OR k.channel = $5)) THEN 'no_consent'
    WHEN EXISTS (SELECT 1 FROM unreachable u WHERE u.pseudonym = p.pseudonym) THEN 'unreachable'
    WHEN EXISTS (SELECT 1 FROM broadcast_caps b WHERE b.pseudonym = p.pseudonym AND b.sender = $6 AND b.month = $7 AND b.n >= $8) THEN 'capped'
    ELSE '' END AS reason, COUNT(*)
FROM contacts p WHERE p.commune_id = $1 AND p.pseudonym > $2 AND p.pseudonym <= $3
GROUP BY 1

-- name: audience_tally_broadcast
-- index: recipients primary key, consents_standing, members primary key, suppressions primary key
SELECT CASE
    WHEN EXISTS (SELECT 1 FROM suppressions s WHERE s.pseudonym = p.pseudonym AND s.purpose IN ($4, 'all')) THEN 'opted_out'
    WHEN CASE WHEN $9 = 0 THEN NOT EXISTS (SELECT 1 FROM consents k WHERE k.pseudonym = p.pseudonym AND k.purpose = $4
                       AND k.withdrawn_at IS NULL AND ($5 = '' OR k.channel = $5))
         ELSE NOT EXISTS (SELECT 1 FROM members m WHERE m.organisation_id = $9 AND m.pseudonym = p.pseudonym AND m.state = 'joined')
         END THEN 'no_consent'
    WHEN p.phone IS NULL OR EXISTS (SELECT 1 FROM unreachable u WHERE u.pseudonym = p.pseudonym) THEN 'unreachable'
    WHEN EXISTS (SELECT 1 FROM broadcast_caps b WHERE b.pseudonym = p.pseudonym AND b.sender = $6 AND b.month = $7 AND b.n >= $8) THEN 'capped'
    ELSE '' END AS reason, COUNT(*)
FROM recipients p
WHERE p.broadcast_id = $1 AND p.pseudonym > $2 AND p.pseudonym <= $3 AND p.state IN ('queued', 'sent', 'delivered', 'unconfirmed')
GROUP BY 1

-- name: recipient_freeze_place
-- index: contacts_commune, consents_standing, suppressions primary key
INSERT INTO recipients (broadcast_id, pseudonym, phone_key, phone, language_key, language, state)
SELECT CAST($9 AS BIGINT), p.pseudonym, p.phone_key, p.phone, p.language_key, p.language, 'waiting'
FROM contacts p
WHERE p.commune_id = $1 AND p.pseudonym > $2 AND p.pseudonym <= $3
  AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.pseudonym = p.pseudonym AND s.purpose IN ($4, 'all'))
  AND EXISTS (SELECT 1 FROM consents k WHERE k.pseudonym = p.pseudonym AND k.purpose = $4 AND k.withdrawn_at IS NULL
              AND ($5 = '' OR k.channel = $5))
  AND NOT EXISTS (SELECT 1 FROM unreachable u WHERE u.pseudonym = p.pseudonym)
  AND NOT EXISTS (SELECT 1 FROM broadcast_caps b WHERE b.pseudonym = p.pseudonym AND b.sender = $6 AND b.month = $7 AND b.n >= $8)
ORDER BY p.pseudonym
ON CONFLICT DO NOTHING
RETURNING pseudonym, phone_key, phone, language_key, language

-- name: recipient_freeze_broadcast
-- index: recipients primary key, consents_standing, suppressions primary key
INSERT INTO recipients (broadcast_id, pseudonym, phone_key, phone, language_key, language, state)
SELECT CAST($9 AS BIGINT), p.pseudonym, p.phone_key, p.phone, p.language_key, p.language, 'waiting'
FROM recipients p
WHERE p.broadcast_id = $1 AND p.pseudonym > $2 AND p.pseudonym <= $3 AND p.state IN ('queued', 'sent', 'delivered', 'unconfirmed')
  AND p.phone IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.pseudonym = p.pseudonym AND s.purpose IN ($4, 'all'))
  AND CASE WHEN $10 = 0 THEN EXISTS (SELECT 1 FROM consents k WHERE k.pseudonym = p.pseudonym AND k.purpose = $4
                AND k.withdrawn_at IS NULL AND ($5 = '' OR k.channel = $5))
      ELSE EXISTS (SELECT 1 FROM members m WHERE m.organisation_id = $10 AND m.pseudonym = p.pseudonym AND m.state = 'joined') END
  AND NOT EXISTS (SELECT 1 FROM unreachable u WHERE u.pseudonym = p.pseudonym)
  AND NOT EXISTS (SELECT 1 FROM broadcast_caps b WHERE b.pseudonym = p.pseudonym AND b.sender = $6 AND b.month = $7 AND b.n >= $8)
ORDER BY p.pseudonym
ON CONFLICT DO NOTHING
RETURNING pseudonym, phone_key, phone, language_key, language

-- name: recipient_take
-- index: recipients primary key, consents_standing, suppressions primary key
SELECT p.pseudonym, p.phone_key, p.phone, p.language_key, p.language, CASE
    WHEN p.phone IS NULL THEN 'erased'
    WHEN EXISTS (SELECT 1 FROM suppressions s WHERE s.pseudonym = p.pseudonym AND s.purpose IN ($4, 'all')) THEN 'opted_out'
    WHEN CASE WHEN $9 = 0 THEN NOT EXISTS (SELECT 1 FROM consents k WHERE k.pseudonym = p.pseudonym AND k.purpose = $4
                       AND k.withdrawn_at IS NULL AND ($5 = '' OR k.channel = $5))
         ELSE NOT EXISTS (SELECT 1 FROM members m WHERE m.organisation_id = $9 AND m.pseudonym = p.pseudonym AND m.state = 'joined')
         END THEN 'no_consent'
    WHEN EXISTS (SELECT 1 FROM unreachable u WHERE u.pseudonym = p.pseudonym) THEN 'unreachable'
    WHEN EXISTS (SELECT 1 FROM broadcast_caps b WHERE b.pseudonym = p.pseudonym AND b.sender = $6 AND b.month = $7 AND b.n >= $8) THEN 'capped'
    ELSE '' END
FROM recipients p WHERE p.broadcast_id = $1 AND p.pseudonym > $2 AND p.state = 'waiting' ORDER BY p.pseudonym LIMIT $3

-- name: recipient_skip
-- index: recipients primary key
UPDATE recipients SET state = 'skipped', reason = $3, phone_key = NULL, phone = NULL, language_key = NULL, language = NULL
WHERE broadcast_id = $1 AND pseudonym = $2 AND state = 'waiting'

-- name: recipient_queue
-- index: recipients primary key
-- An array, because PostgreSQL compares a subquery's rows one by one with every
-- waiting recipient, of whom it expects a single one.
UPDATE recipients SET state = 'queued'
WHERE broadcast_id = $1 AND state = 'waiting' AND pseudonym
-- dialect: sqlite
    IN (SELECT unhex(value) FROM json_each($2))
-- dialect: postgres
    = ANY (ARRAY(SELECT decode(h, 'hex') FROM jsonb_array_elements_text(CAST($2 AS JSONB)) AS h))
-- dialect: both

-- name: broadcast_cap_charge
-- index: broadcast_caps primary key
INSERT INTO broadcast_caps (pseudonym, sender, month, n, last_id, last_at)
-- dialect: sqlite
SELECT unhex(value), $2, $3, $4, $5, $6 FROM json_each($1) WHERE TRUE
-- dialect: postgres
SELECT decode(h, 'hex'), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS BIGINT)
FROM jsonb_array_elements_text(CAST($1 AS JSONB)) AS h ORDER BY 1
-- dialect: both
ON CONFLICT (pseudonym, sender, month) DO UPDATE SET n = broadcast_caps.n + excluded.n, last_id = excluded.last_id, last_at = excluded.last_at

-- name: broadcast_cap_refund
-- index: broadcast_caps primary key, recipients_queued, outbox_recipient
UPDATE broadcast_caps SET n = n - 1
WHERE last_id = $1 AND n > 0 AND pseudonym IN (
    SELECT r.pseudonym FROM recipients r
    WHERE r.broadcast_id = $1 AND r.state = 'queued'
      AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.recipient IS NOT NULL AND o.recipient = r.pseudonym AND o.origin = $2))

-- name: recipient_outcomes
-- index: recipients_queued, outbox_recipient
-- Messages whose row somebody else holds are looked at the next time.
SELECT r.pseudonym, o.id, o.state, o.parts, o.failure_class
FROM recipients r JOIN outbox o ON o.recipient IS NOT NULL AND o.recipient = r.pseudonym AND o.origin = $2
WHERE r.broadcast_id = $1 AND r.state = 'queued' AND o.state IN ('sent', 'delivered', 'failed', 'expired', 'unconfirmed')
LIMIT $3
-- dialect: postgres
FOR UPDATE OF o SKIP LOCKED

-- name: recipient_settle
-- index: recipients primary key
-- The empty text keeps PostgreSQL from going through recipients_queued, whose
-- entries are mostly dead by then.
UPDATE recipients SET state = $3
WHERE broadcast_id = $1 AND state || '' = 'queued' AND pseudonym
-- dialect: sqlite
    IN (SELECT unhex(value) FROM json_each($2))
-- dialect: postgres
    = ANY (ARRAY(SELECT decode(h, 'hex') FROM jsonb_array_elements_text(CAST($2 AS JSONB)) AS h))
-- dialect: both

-- name: outbound_forget_parts
-- index: outbox_id
-- Of one text in several languages the number of parts tells the language.
UPDATE outbox SET parts = 0 WHERE id
-- dialect: sqlite
    IN (SELECT value FROM json_each($1))
-- dialect: postgres
    = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))
-- dialect: both

-- name: recipient_counts
-- index: recipients primary key
SELECT state, COUNT(*) FROM recipients WHERE broadcast_id = $1 GROUP BY state

-- name: outbound_recall_due
-- index: recipients_queued, outbox_recipient, outbox_due primary key
DELETE FROM outbox_due WHERE (channel, priority, not_before_at, message) IN (
    SELECT channel, priority, not_before_at, seq FROM outbox
    WHERE recipient IS NOT NULL AND recipient IN (SELECT pseudonym FROM recipients WHERE broadcast_id = $1 AND state = 'queued')
      AND origin = $2 AND state = 'queued')

-- name: outbound_recall_held
-- index: recipients_queued, outbox_recipient, outbox_leases primary key
DELETE FROM outbox_leases WHERE begun_at IS NULL AND message IN (
    SELECT seq FROM outbox
    WHERE recipient IS NOT NULL AND recipient IN (SELECT pseudonym FROM recipients WHERE broadcast_id = $1 AND state = 'queued')
      AND origin = $2 AND state = 'queued')

-- name: outbound_recall
-- index: recipients_queued, outbox_recipient
-- What is still under way has begun.
DELETE FROM outbox
WHERE recipient IS NOT NULL AND recipient IN (SELECT pseudonym FROM recipients WHERE broadcast_id = $1 AND state = 'queued')
  AND origin = $2 AND state = 'queued' AND NOT EXISTS (SELECT 1 FROM outbox_leases WHERE message = outbox.seq)

-- name: recipient_recall
-- index: recipients_queued, outbox_recipient
UPDATE recipients SET state = 'waiting'
WHERE broadcast_id = $1 AND pseudonym IN (
    SELECT r.pseudonym FROM recipients r
    WHERE r.broadcast_id = $1 AND r.state = 'queued'
      AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.recipient IS NOT NULL AND o.recipient = r.pseudonym AND o.origin = $2))

-- name: recipient_close
-- index: recipients primary key
UPDATE recipients SET state = $4 WHERE broadcast_id = $1 AND pseudonym > $2 AND pseudonym <= $3 AND state = 'waiting'

-- name: recipient_remove
-- index: recipients primary key
DELETE FROM recipients WHERE broadcast_id = $1 AND state = 'waiting' AND pseudonym
-- dialect: sqlite
    IN (SELECT unhex(value) FROM json_each($2))
-- dialect: postgres
    = ANY (ARRAY(SELECT decode(h, 'hex') FROM jsonb_array_elements_text(CAST($2 AS JSONB)) AS h))
-- dialect: both

-- name: recipient_discard
-- index: recipients primary key
DELETE FROM recipients WHERE broadcast_id = $1 AND pseudonym IN (SELECT pseudonym FROM recipients WHERE broadcast_id = $1 LIMIT $2)

-- name: recipient_span
-- index: recipients primary key
SELECT pseudonym FROM recipients WHERE broadcast_id = $1 AND pseudonym > $2 ORDER BY pseudonym LIMIT 1 OFFSET $3

-- name: recipient_confirm
-- index: recipients primary key, outbox_recipient
UPDATE recipients SET state = (
    SELECT o.state FROM outbox o WHERE o.recipient IS NOT NULL AND o.recipient = recipients.pseudonym AND o.origin = $4 LIMIT 1)
WHERE broadcast_id = $1 AND pseudonym > $2 AND pseudonym <= $3 AND state IN ('sent', 'unconfirmed') AND EXISTS (
    SELECT 1 FROM outbox o WHERE o.recipient IS NOT NULL AND o.recipient = recipients.pseudonym AND o.origin = $4
      AND o.state <> recipients.state AND o.state IN ('sent', 'delivered', 'failed', 'expired'))

-- name: recipient_last
-- index: broadcast_caps primary key, broadcasts primary key
SELECT c.last_id, b.commune_id, c.last_at FROM broadcast_caps c JOIN broadcasts b ON b.id = c.last_id
WHERE c.pseudonym = $1 AND c.last_at >= $2 ORDER BY c.last_at DESC, c.last_id DESC LIMIT 1

-- name: recipient_erase
-- index: recipients primary key
-- The row stays for the counts, under a name that nothing leads to.
UPDATE recipients SET pseudonym = $2, phone_key = NULL, phone = NULL, language_key = NULL, language = NULL,
       reason = CASE WHEN state IN ('waiting', 'queued') THEN 'erased' ELSE reason END,
       state  = CASE WHEN state = 'waiting' THEN 'skipped' WHEN state <> 'queued' THEN state
                     WHEN EXISTS (SELECT 1 FROM outbox o WHERE o.recipient IS NOT NULL AND o.recipient = $1 AND o.state = 'queued'
                                  AND o.origin = 'broadcast:' || broadcast_id
                                  AND NOT EXISTS (SELECT 1 FROM outbox_leases l WHERE l.message = o.seq)) THEN 'skipped'
                     ELSE 'unconfirmed' END
WHERE pseudonym = $1 AND broadcast_id IN (SELECT id FROM broadcasts)

-- name: broadcast_cap_erase
-- index: broadcast_caps primary key
DELETE FROM broadcast_caps WHERE pseudonym = $1

-- name: unreachable_put
-- index: unreachable primary key
INSERT INTO unreachable (pseudonym, since_at) VALUES ($1, $2) ON CONFLICT DO NOTHING

-- name: unreachable_lift
-- index: unreachable primary key
DELETE FROM unreachable WHERE pseudonym = $1

-- name: outbound_withdraw_due
-- index: outbox_recipient, outbox_due primary key
-- Who says STOP gets nothing more of what nobody has begun to send.
DELETE FROM outbox_due WHERE (channel, priority, not_before_at, message) IN (
    SELECT channel, priority, not_before_at, seq FROM outbox
    WHERE recipient IS NOT NULL AND recipient = $1 AND origin LIKE 'broadcast:%' AND state = 'queued')

-- name: outbound_withdraw_held
-- index: outbox_recipient, outbox_leases primary key
DELETE FROM outbox_leases WHERE begun_at IS NULL AND message IN (
    SELECT seq FROM outbox WHERE recipient IS NOT NULL AND recipient = $1 AND origin LIKE 'broadcast:%' AND state = 'queued')

-- name: outbound_withdraw
-- index: outbox_recipient
UPDATE outbox SET state = 'expired', failure_class = 'opted_out', updated_at = $2
WHERE recipient IS NOT NULL AND recipient = $1 AND origin LIKE 'broadcast:%' AND state = 'queued'
  AND NOT EXISTS (SELECT 1 FROM outbox_leases WHERE message = outbox.seq)

-- name: broadcast_purgeable
-- index: broadcasts_ended, recipients primary key
SELECT id FROM broadcasts WHERE ended_at IS NOT NULL AND ended_at < $1
  AND EXISTS (SELECT 1 FROM recipients r WHERE r.broadcast_id = broadcasts.id)

-- name: rendering_purge
-- index: broadcasts_ended, renderings primary key
UPDATE renderings SET body_key = NULL, body = NULL
WHERE body IS NOT NULL AND broadcast_id IN (SELECT id FROM broadcasts WHERE ended_at IS NOT NULL AND ended_at < $1)

-- name: broadcast_cap_purge
-- index: broadcast_caps_month
DELETE FROM broadcast_caps WHERE month < $1
