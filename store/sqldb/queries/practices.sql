-- name: practice_create
-- index: practices (number)
-- Of two drafts made at once one finds the number taken and looks again.
INSERT INTO practices (commune_id, number, title, problem, measure, cost, result, year, state, created_at, updated_at)
SELECT $1, COALESCE(MAX(number), 9) + 1, $2, $3, $4, $5, $6, $7, 'draft', $8, $8 FROM practices WHERE number > 0
ON CONFLICT DO NOTHING
RETURNING id

-- name: practice_revise
-- index: practices primary key
UPDATE practices SET title = $3, problem = $4, measure = $5, cost = $6, result = $7, year = $8, updated_at = $9
WHERE id = $2 AND commune_id = $1

-- name: practice_move
-- index: practices primary key
UPDATE practices SET state = $4, updated_at = $5,
       published_at = CASE WHEN $4 = 'published' THEN COALESCE(published_at, $5) ELSE published_at END
WHERE id = $2 AND commune_id = $1 AND state = $3

-- name: practice_own
-- index: practices primary key
SELECT id, commune_id, number, title, problem, measure, cost, result, year, state, created_at, published_at, updated_at
FROM practices WHERE id = $2 AND commune_id = $1

-- name: practice_get
-- index: practices primary key
SELECT id, commune_id, number, title, problem, measure, cost, result, year, state, created_at, published_at, updated_at
FROM practices WHERE id = $1 AND state = 'published'

-- name: practice_by_number
-- index: practices (number)
SELECT id, commune_id, number, title, problem, measure, cost, result, year, state, created_at, published_at, updated_at
FROM practices WHERE number = $1 AND state = 'published'

-- name: practice_published
-- index: practices_commune
SELECT id, commune_id, number, title, problem, measure, cost, result, year, state, created_at, published_at, updated_at
FROM practices WHERE commune_id = $1 AND state = 'published' ORDER BY published_at DESC, id DESC LIMIT $2

-- name: practice_others
-- index: practices_published
SELECT id, commune_id, number, title, problem, measure, cost, result, year, state, created_at, published_at, updated_at
FROM practices WHERE state = 'published' AND published_at IS NOT NULL AND commune_id <> $1
ORDER BY published_at DESC, id DESC LIMIT $2

-- name: practice_list
-- index: practices_commune
SELECT id, commune_id, number, title, problem, measure, cost, result, year, state, created_at, published_at, updated_at
FROM practices WHERE commune_id = $1 ORDER BY number
