-- name: consultation_create
-- index: consultations primary key
INSERT INTO consultations (commune_id, place_id, title, opens_at, closes_at, state, reading_on, created_at)
VALUES ($1, $2, $3, $4, $5, 'draft', $6, $7) RETURNING id

-- name: consultation_revise
-- index: consultations primary key
UPDATE consultations SET place_id = $3, title = $4, opens_at = $5, closes_at = $6, reading_on = $7
WHERE id = $2 AND commune_id = $1 AND state = 'draft'

-- name: consultation_get
-- index: consultations primary key, dial_numbers (commune_id, kind, ref)
SELECT c.id, c.commune_id, c.place_id, COALESCE(d.number, 0), c.title, c.opens_at, c.closes_at, c.state, c.reading_on,
       c.decision, c.decision_on, c.created_at, c.closed_at, COALESCE(c.phone_ballots, 0), COALESCE(c.card_ballots, 0)
FROM consultations c
LEFT JOIN dial_numbers d ON d.commune_id = c.commune_id AND d.kind = 'consultation' AND d.ref = c.id
WHERE c.id = $2 AND c.commune_id = $1

-- name: consultation_list
-- index: consultations_commune, dial_numbers (commune_id, kind, ref)
SELECT c.id, c.commune_id, c.place_id, COALESCE(d.number, 0), c.title, c.opens_at, c.closes_at, c.state, c.reading_on,
       c.decision, c.decision_on, c.created_at, c.closed_at, COALESCE(c.phone_ballots, 0), COALESCE(c.card_ballots, 0)
FROM consultations c
LEFT JOIN dial_numbers d ON d.commune_id = c.commune_id AND d.kind = 'consultation' AND d.ref = c.id
WHERE c.commune_id = $1 ORDER BY c.closes_at DESC, c.id DESC

-- name: consultation_overdue
-- index: consultations_open, dial_numbers (commune_id, kind, ref)
SELECT c.id, c.commune_id, c.place_id, COALESCE(d.number, 0), c.title, c.opens_at, c.closes_at, c.state, c.reading_on,
       c.decision, c.decision_on, c.created_at, c.closed_at, COALESCE(c.phone_ballots, 0), COALESCE(c.card_ballots, 0)
FROM consultations c
LEFT JOIN dial_numbers d ON d.commune_id = c.commune_id AND d.kind = 'consultation' AND d.ref = c.id
WHERE c.state = 'open' AND c.closes_at <= $1 ORDER BY c.closes_at, c.id

-- name: consultation_move
-- index: consultations primary key
UPDATE consultations SET state = $4, closed_at = COALESCE($5, closed_at)
WHERE id = $2 AND commune_id = $1 AND state = $3

-- name: consultation_decide
-- index: consultations primary key
UPDATE consultations SET decision = $3, decision_on = $4, state = 'decided'
WHERE id = $2 AND commune_id = $1 AND state IN ('published', 'decided')

-- name: consultation_window
-- index: consultations primary key
-- The share lock keeps a closing out until the answer is in, so that no answer
-- comes after the totals are frozen.
SELECT state, opens_at, closes_at FROM consultations WHERE id = $2 AND commune_id = $1
-- dialect: postgres
FOR SHARE

-- name: question_insert
-- index: questions (consultation_id, ordinal)
INSERT INTO questions (consultation_id, ordinal, kind, text, min, max, randomise, envelope)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id

-- name: question_delete
-- index: questions (consultation_id, ordinal)
DELETE FROM questions WHERE consultation_id = $1

-- name: question_list
-- index: questions (consultation_id, ordinal)
SELECT id, ordinal, kind, text, min, max, envelope, randomise FROM questions WHERE consultation_id = $1 ORDER BY ordinal

-- name: choice_insert
-- index: choices (question_id, ordinal)
INSERT INTO choices (question_id, ordinal, label, cost) VALUES ($1, $2, $3, $4) RETURNING id

-- name: choice_list
-- index: choices (question_id, ordinal)
SELECT id, ordinal, label, cost FROM choices WHERE question_id = $1 ORDER BY ordinal

-- name: result_tally
-- index: ballots (consultation_id, voter), answers primary key
SELECT a.question_id, a.kept_choices, a.kept_number, COUNT(*)
FROM ballots b JOIN answers a ON a.ballot_id = b.id
WHERE b.consultation_id = $1 AND b.confirmed_at IS NOT NULL AND a.kept_choices IS NOT NULL
GROUP BY a.question_id, a.kept_choices, a.kept_number

-- name: result_insert
-- index: results primary key
INSERT INTO results (question_id, choice_id, n, sum, min, max, median) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: result_list
-- index: questions (consultation_id, ordinal), results primary key
SELECT r.question_id, r.choice_id, r.n, r.sum, r.min, r.max, r.median
FROM consultations c
JOIN questions q ON q.consultation_id = c.id
JOIN results r ON r.question_id = q.id
LEFT JOIN choices o ON o.id = r.choice_id
WHERE c.id = $2 AND c.commune_id = $1
ORDER BY q.ordinal, COALESCE(o.ordinal, 0)

-- name: consultation_counted
-- index: consultations primary key
UPDATE consultations SET phone_ballots = $2, card_ballots = $3 WHERE id = $1

-- name: consultation_follow
-- index: consultations primary key
UPDATE consultations SET state = 'followed' WHERE id = $2 AND commune_id = $1 AND state IN ('decided', 'followed')

-- name: consultation_step_insert
-- index: consultation_steps primary key
INSERT INTO consultation_steps (consultation_id, done_on, what, created_at) VALUES ($1, $2, $3, $4)

-- name: consultation_step_list
-- index: consultations primary key, consultation_steps_of
SELECT s.id, s.done_on, s.what
FROM consultations c JOIN consultation_steps s ON s.consultation_id = c.id
WHERE c.id = $2 AND c.commune_id = $1 ORDER BY s.done_on DESC, s.id DESC

-- name: consultation_untold
-- index: consultations_untold, dial_numbers (commune_id, kind, ref)
SELECT c.id, c.commune_id, c.place_id, COALESCE(d.number, 0), c.title, c.opens_at, c.closes_at, c.state, c.reading_on,
       c.decision, c.decision_on, c.created_at, c.closed_at, COALESCE(c.phone_ballots, 0), COALESCE(c.card_ballots, 0)
FROM consultations c
LEFT JOIN dial_numbers d ON d.commune_id = c.commune_id AND d.kind = 'consultation' AND d.ref = c.id
WHERE c.told_at IS NULL AND c.state IN ('published', 'decided', 'followed') ORDER BY c.reading_on, c.id LIMIT $1

-- name: consultation_told
-- index: consultations primary key
UPDATE consultations SET told_at = $3
WHERE id = $2 AND commune_id = $1 AND told_at IS NULL AND state IN ('published', 'decided', 'followed')
