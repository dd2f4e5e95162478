-- name: case_create
-- index: cases (commune_id, number)
INSERT INTO cases (commune_id, number, kind, body_key, body, place_id, place_text, asker, state, answer, created_at, due_at,
                   practice_id, audience)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'received', '{}', $9, $10, $11, $12)
ON CONFLICT (commune_id, number) DO NOTHING
RETURNING id

-- name: case_get
-- index: cases primary key
SELECT id, commune_id, number, kind, body_key, body, place_id, place_text, asker, state, answer, created_at, answered_at,
       due_at, COALESCE(practice_id, 0), subject, published_at, audience, assignee, assigned_at, prompt, prompted_at, reopened_at
FROM cases WHERE id = $2 AND commune_id = $1

-- name: case_status
-- index: cases (commune_id, number)
SELECT state, created_at, due_at, answered_at FROM cases WHERE commune_id = $1 AND number = $2

-- name: case_own
-- index: cases_asker
SELECT id, commune_id, number, kind, body_key, body, place_id, place_text, asker, state, answer, created_at, answered_at,
       due_at, COALESCE(practice_id, 0), subject, published_at, audience, assignee, assigned_at, prompt, prompted_at, reopened_at
FROM cases WHERE asker IS NOT NULL AND asker = $2 AND commune_id = $1 ORDER BY created_at DESC, id DESC

-- name: case_count_own
-- index: cases_asker
SELECT COUNT(*) FROM cases WHERE asker IS NOT NULL AND asker = $1

-- name: case_list
-- index: cases_state
SELECT id, commune_id, number, kind, body_key, body, place_id, place_text, asker, state, answer, created_at, answered_at,
       due_at, COALESCE(practice_id, 0), subject, published_at, audience, assignee, assigned_at, prompt, prompted_at, reopened_at
FROM cases
WHERE commune_id = $1 AND audience = $2 AND state IN ('received', 'assigned', 'answered', 'closed') AND ($3 = '' OR state = $3)
  AND ($4 = '' OR assignee = $4)
ORDER BY created_at, id LIMIT $5

-- name: case_list_late
-- index: cases_late
SELECT id, commune_id, number, kind, body_key, body, place_id, place_text, asker, state, answer, created_at, answered_at,
       due_at, COALESCE(practice_id, 0), subject, published_at, audience, assignee, assigned_at, prompt, prompted_at, reopened_at
FROM cases
WHERE commune_id = $1 AND audience = $2 AND state IN ('received', 'assigned') AND due_at < $5 AND ($3 = '' OR state = $3)
  AND ($4 = '' OR assignee = $4)
ORDER BY due_at, id LIMIT $6

-- name: case_count_states
-- index: cases_state
SELECT state, COUNT(*) FROM cases WHERE commune_id = $1 AND audience = $2 GROUP BY state

-- name: case_count_late
-- index: cases_late
SELECT COUNT(*) FROM cases WHERE commune_id = $1 AND audience = $2 AND state IN ('received', 'assigned') AND due_at < $3

-- name: case_prompting
-- index: cases_asker
SELECT id, commune_id, number, kind, body_key, body, place_id, place_text, asker, state, answer, created_at, answered_at,
       due_at, COALESCE(practice_id, 0), subject, published_at, audience, assignee, assigned_at, prompt, prompted_at, reopened_at
FROM cases
WHERE asker IS NOT NULL AND asker = $2 AND commune_id = $1 AND state = 'answered' AND prompt = 'due' ORDER BY prompted_at, id LIMIT 1

-- name: case_prompted
-- index: cases_prompted
SELECT DISTINCT asker FROM cases WHERE state = 'answered' AND prompt = 'due' AND asker IS NOT NULL

-- name: case_unprompted
-- index: cases_answered
SELECT id, commune_id, number, kind, body_key, body, place_id, place_text, asker, state, answer, created_at, answered_at,
       due_at, COALESCE(practice_id, 0), subject, published_at, audience, assignee, assigned_at, prompt, prompted_at, reopened_at
FROM cases
WHERE state = 'answered' AND prompt = '' AND asker IS NOT NULL AND answered_at < $1 ORDER BY answered_at, id LIMIT $2

-- name: case_assign
-- index: cases primary key
UPDATE cases SET state = 'assigned', assignee = $4, assigned_at = $5
WHERE id = $2 AND commune_id = $1 AND state = $3 AND state IN ('received', 'assigned')

-- name: case_prompt
-- index: cases primary key
UPDATE cases SET prompt = 'due', prompted_at = $3 WHERE id = $2 AND commune_id = $1 AND state = 'answered' AND prompt = ''

-- name: case_settle_yes
-- index: cases primary key
UPDATE cases SET prompt = 'yes', state = 'closed' WHERE id = $2 AND commune_id = $1 AND state = 'answered' AND prompt IN ('due', 'later')

-- name: case_settle_no
-- index: cases primary key
UPDATE cases SET prompt = 'no', state = CASE WHEN assignee = '' THEN 'received' ELSE 'assigned' END, reopened_at = $3, due_at = $4
WHERE id = $2 AND commune_id = $1 AND state = 'answered' AND prompt IN ('due', 'later') AND reopened_at IS NULL

-- name: case_settle_later
-- index: cases primary key
UPDATE cases SET prompt = 'later' WHERE id = $2 AND commune_id = $1 AND state = 'answered' AND prompt IN ('due', 'later')

-- name: case_move
-- index: cases primary key
UPDATE cases SET state = $4 WHERE id = $2 AND commune_id = $1 AND state = $3

-- name: case_answer
-- index: cases primary key
UPDATE cases SET state = 'answered', answer = $4, answered_at = $5 WHERE id = $2 AND commune_id = $1 AND state = $3

-- name: case_purge_bodies
-- index: cases_words
UPDATE cases SET body_key = NULL, body = NULL WHERE body IS NOT NULL AND created_at < $1

-- name: case_wipe
-- index: cases (commune_id, number)
UPDATE cases SET body_key = NULL, body = NULL WHERE commune_id = $1 AND body IS NOT NULL

-- name: case_publish
-- index: cases primary key
UPDATE cases SET subject = $3, published_at = COALESCE(published_at, $4)
WHERE id = $2 AND commune_id = $1 AND state IN ('answered', 'closed') AND answered_at IS NOT NULL

-- name: case_published
-- index: cases_public
SELECT id, subject, answer, published_at FROM cases
WHERE commune_id = $1 AND kind = $2 AND published_at IS NOT NULL ORDER BY published_at DESC, id DESC LIMIT $3
