-- name: ballot_question
-- index: questions primary key
SELECT id, ordinal, kind, text, min, max, randomise FROM questions WHERE id = $2 AND consultation_id = $1

-- name: ballot_ensure
-- index: ballots (consultation_id, voter)
INSERT INTO ballots (consultation_id, voter) VALUES ($1, $2)
ON CONFLICT (consultation_id, voter) DO UPDATE SET voter = excluded.voter
RETURNING id

-- name: ballot_answer
-- index: answers primary key
INSERT INTO answers (ballot_id, question_id, choices, number, choice_order, asked_order, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
ON CONFLICT (ballot_id, question_id) DO UPDATE SET
    choices      = excluded.choices,
    number       = excluded.number,
    choice_order = excluded.choice_order,
    asked_order  = excluded.asked_order,
    updated_at   = excluded.updated_at

-- name: ballot_get
-- index: ballots (consultation_id, voter), answers primary key
SELECT a.question_id, a.choices, a.number, a.choice_order, a.asked_order, a.kept_choices, a.kept_number, a.created_at,
       a.updated_at
FROM consultations c
JOIN ballots b ON b.consultation_id = c.id
JOIN answers a ON a.ballot_id = b.id
WHERE c.id = $2 AND c.commune_id = $1 AND b.voter = $3
ORDER BY a.asked_order, a.question_id

-- name: ballot_keep
-- index: ballots (consultation_id, voter), answers primary key
UPDATE answers SET kept_choices = choices, kept_number = number
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
