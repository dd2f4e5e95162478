-- name: venue_add
-- index: venues (commune_id, number)
-- Of two venues added at once one finds the number taken and looks again.
INSERT INTO venues (commune_id, number, name, place_id, updated_at)
SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4 FROM venues WHERE commune_id = $1
ON CONFLICT DO NOTHING
RETURNING id

-- name: venue_get
-- index: venues primary key
SELECT id, commune_id, number, name, place_id, retired, updated_at FROM venues WHERE id = $2 AND commune_id = $1

-- name: venue_by_number
-- index: venues (commune_id, number)
SELECT id, commune_id, number, name, place_id, retired, updated_at FROM venues WHERE commune_id = $1 AND number = $2 AND NOT retired

-- name: venue_list
-- index: venues (commune_id, number)
SELECT id, commune_id, number, name, place_id, retired, updated_at FROM venues
WHERE commune_id = $1 AND number > 0 AND NOT retired ORDER BY number

-- name: venue_rename
-- index: venues primary key
UPDATE venues SET name = $3, place_id = $4, updated_at = $5 WHERE id = $2 AND commune_id = $1 AND NOT retired

-- name: venue_retire
-- index: venues primary key
UPDATE venues SET retired = TRUE, updated_at = $3 WHERE id = $2 AND commune_id = $1 AND NOT retired

-- name: blocked_between
-- index: blocked_dates_commune
SELECT id, commune_id, from_on, to_on, reason FROM blocked_dates
WHERE commune_id = $1 AND to_on >= $2 AND from_on <= $3 ORDER BY from_on, id

-- name: blocked_add
-- index: blocked_dates primary key
INSERT INTO blocked_dates (commune_id, from_on, to_on, reason) VALUES ($1, $2, $3, $4) RETURNING id

-- name: blocked_remove
-- index: blocked_dates primary key
DELETE FROM blocked_dates WHERE id = $2 AND commune_id = $1

-- name: safety_level
-- index: safety_levels primary key
SELECT level FROM safety_levels WHERE commune_id = $1

-- name: safety_set
-- index: safety_levels primary key
INSERT INTO safety_levels (commune_id, level, updated_at) VALUES ($1, $2, $3)
ON CONFLICT (commune_id) DO UPDATE SET level = excluded.level, updated_at = excluded.updated_at
