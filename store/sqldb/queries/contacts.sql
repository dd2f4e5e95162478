-- name: contact_get
-- index: contacts primary key
SELECT pseudonym, phone_key, phone, language_key, language, commune_id, created_at, last_active_at
FROM contacts WHERE pseudonym = $1

-- name: contact_keep
-- index: contacts primary key
INSERT INTO contacts (pseudonym, phone_key, phone, language_key, language, commune_id, created_at, last_active_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (pseudonym) DO UPDATE SET
    phone_key      = excluded.phone_key,
    phone          = excluded.phone,
    language_key   = excluded.language_key,
    language       = excluded.language,
    commune_id     = excluded.commune_id,
    last_active_at = excluded.last_active_at

-- name: contact_touch
-- index: contacts primary key
UPDATE contacts SET last_active_at = $2 WHERE pseudonym = $1 AND last_active_at < $2

-- name: contact_delete
-- index: contacts primary key
DELETE FROM contacts WHERE pseudonym = $1

-- name: contact_erase_consents
-- index: consents_pseudonym
DELETE FROM consents WHERE pseudonym = $1

-- name: contact_erase_unconfirmed
-- index: ballots_voter
DELETE FROM ballots WHERE voter = $1 AND confirmed_at IS NULL

-- name: contact_erase_voter
-- index: ballots_voter
UPDATE ballots SET voter = NULL, unlinked_at = $2 WHERE voter = $1

-- name: contact_erase_words
-- index: ballots_voter, answers primary key
UPDATE answers SET words_key = NULL, words = NULL, kept_words_key = NULL, kept_words = NULL
WHERE ballot_id IN (SELECT id FROM ballots WHERE voter = $1)

-- name: contact_erase_callbacks
-- index: callbacks_caller
DELETE FROM callbacks WHERE caller IS NOT NULL AND caller = $1

-- name: contact_erase_votes
-- index: voices_voter
UPDATE voices SET voter = NULL, unlinked_at = $2 WHERE voter IS NOT NULL AND voter = $1

-- name: contact_erase_cases
-- index: cases_asker
UPDATE cases SET asker = NULL, body_key = NULL, body = NULL WHERE asker IS NOT NULL AND asker = $1

-- name: contact_erase_inbound
-- index: messages_in_sender
UPDATE messages_in SET sender = NULL, phone_key = NULL, phone = NULL, body_key = NULL, body = NULL,
       state = CASE WHEN state = 'received' THEN 'failed' ELSE state END,
       holder = NULL, held_until_at = NULL
WHERE sender = $1

-- name: contact_erase_due
-- index: outbox_recipient, outbox_due primary key
DELETE FROM outbox_due WHERE (channel, priority, not_before_at, message) IN (
    SELECT channel, priority, not_before_at, seq FROM outbox WHERE recipient IS NOT NULL AND recipient = $1 AND state = 'queued')

-- name: contact_erase_outbound
-- index: outbox_recipient
UPDATE outbox SET recipient = NULL, phone_key = NULL, phone = NULL, body_key = NULL, body = NULL, updated_at = $2,
       state = CASE WHEN state <> 'queued' THEN state
                    WHEN EXISTS (SELECT 1 FROM outbox_leases WHERE message = outbox.seq) THEN 'unconfirmed' ELSE 'expired' END,
       failure_class = CASE WHEN state = 'queued' THEN 'erased' ELSE failure_class END, holder = NULL
WHERE recipient IS NOT NULL AND recipient = $1

-- name: contact_purge_consents
-- index: contacts_active, consents_pseudonym
DELETE FROM consents WHERE pseudonym IN (SELECT pseudonym FROM contacts WHERE last_active_at < $1)

-- name: contact_purge
-- index: contacts_active
DELETE FROM contacts WHERE last_active_at < $1

-- name: consent_give
-- index: consents_standing
INSERT INTO consents (pseudonym, purpose, text_version, language_key, language, channel, source, given_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT DO NOTHING

-- name: consent_withdraw
-- index: consents_pseudonym
UPDATE consents SET withdrawn_at = $3
WHERE pseudonym = $1 AND withdrawn_at IS NULL AND (purpose = $2 OR $2 = 'all')

-- name: consent_standing
-- index: consents_pseudonym
SELECT id, pseudonym, purpose, text_version, language_key, language, channel, source, given_at, withdrawn_at
FROM consents WHERE pseudonym = $1 AND withdrawn_at IS NULL ORDER BY id

-- name: suppression_put
-- index: suppressions primary key
INSERT INTO suppressions (pseudonym, purpose, suppressed_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING

-- name: suppression_lift
-- index: suppressions primary key
DELETE FROM suppressions WHERE pseudonym = $1 AND purpose IN ($2, 'all')

-- name: suppression_count
-- index: suppressions primary key
SELECT COUNT(*) FROM suppressions WHERE pseudonym = $1 AND purpose IN ($2, 'all')
