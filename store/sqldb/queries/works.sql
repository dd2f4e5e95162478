-- name: dial_find
-- index: dial_numbers (commune_id, kind, ref)
SELECT number FROM dial_numbers WHERE commune_id = $1 AND kind = $2 AND ref = $3

-- name: dial_assign
-- index: dial_numbers primary key
INSERT INTO dial_numbers (commune_id, number, kind, ref)
SELECT $1, COALESCE(MAX(number), 9) + 1, $2, $3 FROM dial_numbers WHERE commune_id = $1
ON CONFLICT DO NOTHING

-- name: dial_lookup
-- index: dial_numbers primary key
SELECT kind, ref FROM dial_numbers WHERE commune_id = $1 AND number = $2

-- name: work_upsert
-- index: works (commune_id, year, operation, village)
INSERT INTO works (commune_id, year, operation, sector, village, place_id, planned, realised, state, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (commune_id, year, operation, village) DO UPDATE SET
    sector     = excluded.sector,
    place_id   = COALESCE(excluded.place_id, works.place_id),
    planned    = excluded.planned,
    realised   = COALESCE(excluded.realised, works.realised),
    updated_at = excluded.updated_at
RETURNING id

-- name: work_get
-- index: works primary key, dial_numbers (commune_id, kind, ref)
SELECT w.id, w.commune_id, COALESCE(d.number, 0), w.year, w.operation, w.sector, w.village, w.place_id, w.planned,
       w.realised, w.state, w.updated_at
FROM works w LEFT JOIN dial_numbers d ON d.commune_id = w.commune_id AND d.kind = 'work' AND d.ref = w.id
WHERE w.id = $2 AND w.commune_id = $1

-- name: work_list
-- index: works (commune_id, year, operation, village), dial_numbers (commune_id, kind, ref)
SELECT w.id, w.commune_id, COALESCE(d.number, 0), w.year, w.operation, w.sector, w.village, w.place_id, w.planned,
       w.realised, w.state, w.updated_at
FROM works w LEFT JOIN dial_numbers d ON d.commune_id = w.commune_id AND d.kind = 'work' AND d.ref = w.id
WHERE w.commune_id = $1 AND w.year BETWEEN $2 AND $3 ORDER BY 3, w.id

-- name: work_move
-- index: works primary key
UPDATE works SET state = $4, updated_at = $5 WHERE id = $2 AND commune_id = $1 AND state = $3

-- name: tax_facts_get
-- index: tax_facts primary key
SELECT commune_id, year, rate, exempt, local_note, source, updated_at
FROM tax_facts WHERE commune_id = $1 AND year = $2

-- name: tax_facts_latest
-- index: tax_facts primary key
SELECT commune_id, year, rate, exempt, local_note, source, updated_at
FROM tax_facts WHERE commune_id = $1 AND year <= $2 ORDER BY year DESC LIMIT 1

-- name: tax_facts_put
-- index: tax_facts primary key
INSERT INTO tax_facts (commune_id, year, rate, exempt, local_note, source, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (commune_id, year) DO UPDATE SET
    rate       = excluded.rate,
    exempt     = excluded.exempt,
    local_note = excluded.local_note,
    source     = excluded.source,
    updated_at = excluded.updated_at
