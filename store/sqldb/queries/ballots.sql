-- name: ballot_question
-- index: questions primary key
SELECT id, ordinal, kind, text, min, max, envelope, randomise FROM questions WHERE id = $2 AND consultation_id = $1

-- name: ballot_ensure
-- index: ballots (consultation_id, voter)
INSERT INTO ballots (consultation_id, voter, card) VALUES ($1, $2, $3)
ON CONFLICT (consultation_id, voter) DO UPDATE SET voter = excluded.voter
RETURNING id

-- name: ballot_answer
-- index: answers primary key
INSERT INTO answers (ballot_id, question_id, choices, number, choice_order, asked_order, created_at, updated_at, words_key, words)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9)
ON CONFLICT (ballot_id, question_id) DO UPDATE SET
    choices      = excluded.choices,
    number       = excluded.number,
    choice_order = excluded.choice_order,
    asked_order  = excluded.asked_order,
    words_key    = excluded.words_key,
    words        = excluded.words,
    updated_at   = excluded.updated_at

-- name: ballot_get
-- index: ballots (consultation_id, voter), answers primary key
SELECT a.question_id, a.choices, a.number, a.choice_order, a.asked_order, a.kept_choices, a.kept_number, a.created_at,
       a.updated_at, a.words_key, a.words, a.kept_words
FROM consultations c
JOIN ballots b ON b.consultation_id = c.id
JOIN answers a ON a.ballot_id = b.id
WHERE c.id = $2 AND c.commune_id = $1 AND b.voter = $3
ORDER BY a.asked_order, a.question_id

-- name: ballot_keep
-- index: ballots (consultation_id, voter), answers primary key
UPDATE answers SET kept_choices = choices, kept_number = number, kept_words_key = words_key, kept_words = words
WHERE ballot_id = (SELECT id FROM ballots WHERE consultation_id = $1 AND voter = $2)

-- name: ballot_confirm
-- index: ballots (consultation_id, voter)
UPDATE ballots SET confirmed_at = COALESCE(confirmed_at, $3) WHERE consultation_id = $1 AND voter = $2

-- name: ballot_linked
-- index: none for consultations, which are few; ballots (consultation_id, voter) for each
SELECT c.id FROM consultations c
WHERE EXISTS (SELECT 1 FROM ballots b WHERE b.consultation_id = c.id AND b.voter IS NOT NULL) ORDER BY c.id

-- name: ballot_drop_unconfirmed
-- index: none for consultations, which are few; ballots (consultation_id, voter) for each
DELETE FROM ballots WHERE confirmed_at IS NULL
  AND consultation_id IN (SELECT id FROM consultations WHERE closed_at < $1)

-- name: ballot_unlink
-- index: none for consultations, which are few; ballots (consultation_id, voter) for each
UPDATE ballots SET voter = NULL, unlinked_at = $2 WHERE voter IS NOT NULL
  AND consultation_id IN (SELECT id FROM consultations WHERE closed_at < $1)

-- name: ballot_drop_words
-- index: none for consultations, which are few; ballots (consultation_id, voter), answers primary key
UPDATE answers SET words_key = NULL, words = NULL, kept_words_key = NULL, kept_words = NULL
WHERE ballot_id IN (SELECT b.id FROM consultations c JOIN ballots b ON b.consultation_id = c.id WHERE c.closed_at < $1)
  AND (words IS NOT NULL OR kept_words IS NOT NULL)

-- name: ballot_wipe_words
-- index: consultations_commune, ballots (consultation_id, voter), answers primary key
UPDATE answers SET words_key = NULL, words = NULL, kept_words_key = NULL, kept_words = NULL
WHERE ballot_id IN (SELECT b.id FROM consultations c JOIN ballots b ON b.consultation_id = c.id WHERE c.commune_id = $1)
  AND (words IS NOT NULL OR kept_words IS NOT NULL)

-- name: ballot_words
-- index: ballots (consultation_id, voter), answers primary key
-- By the sealed bytes, whose order tells nothing of when or by whom they were written.
SELECT a.kept_words_key, a.kept_words
FROM consultations c
JOIN ballots b ON b.consultation_id = c.id
JOIN answers a ON a.ballot_id = b.id
WHERE c.id = $2 AND c.commune_id = $1 AND a.question_id = $3 AND a.kept_words IS NOT NULL
ORDER BY a.kept_words LIMIT $4

-- name: ballot_count
-- index: ballots (consultation_id, voter)
SELECT COUNT(*) FROM ballots WHERE consultation_id = $1 AND confirmed_at IS NOT NULL AND card = $2

-- name: ballot_card_issue
-- index: vote_cards (consultation_id, code_hash)
INSERT INTO vote_cards (consultation_id, batch, code_hash, issued_at) VALUES ($1, $2, $3, $4)

-- name: ballot_card_next_batch
-- index: vote_cards_batch
SELECT COALESCE(MAX(batch), 0) + 1 FROM vote_cards WHERE consultation_id = $1

-- name: ballot_card_find
-- index: consultations primary key, vote_cards (consultation_id, code_hash)
SELECT v.id, v.used_at IS NOT NULL, v.voided_at IS NOT NULL
FROM consultations c JOIN vote_cards v ON v.consultation_id = c.id
WHERE c.id = $2 AND c.commune_id = $1 AND v.code_hash = $3

-- name: ballot_card_use
-- index: vote_cards primary key
UPDATE vote_cards SET used_at = $4
WHERE id = $3 AND consultation_id = (SELECT id FROM consultations WHERE id = $2 AND commune_id = $1)
  AND used_at IS NULL AND voided_at IS NULL

-- name: ballot_card_void
-- index: vote_cards_batch
UPDATE vote_cards SET voided_at = $4
WHERE consultation_id = (SELECT id FROM consultations WHERE id = $2 AND commune_id = $1) AND batch = $3
  AND used_at IS NULL AND voided_at IS NULL

-- name: ballot_card_batches
-- index: consultations primary key, vote_cards_batch
SELECT v.batch, MIN(v.issued_at), COUNT(*), COUNT(v.used_at), COUNT(v.voided_at)
FROM consultations c JOIN vote_cards v ON v.consultation_id = c.id
WHERE c.id = $2 AND c.commune_id = $1 GROUP BY v.batch ORDER BY v.batch

-- name: ballot_card_purge
-- index: none for consultations, which are few; vote_cards_batch
DELETE FROM vote_cards WHERE consultation_id IN (SELECT id FROM consultations WHERE closed_at < $1)
