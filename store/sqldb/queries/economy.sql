-- name: opportunity_create
-- index: opportunities (ocid)
INSERT INTO opportunities (commune_id, kind, title, summary, organisation, place_name, deadline_at, ocid, tender, state,
                           created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'draft', $10, $10)
RETURNING id

-- name: opportunity_revise
-- index: opportunities primary key
UPDATE opportunities SET title = $3, summary = $4, organisation = $5, place_name = $6, deadline_at = $7, ocid = $8,
       tender = $9, updated_at = $10
WHERE id = $2 AND commune_id = $1 AND state IN ('draft', 'published')

-- name: opportunity_move
-- index: opportunities primary key
UPDATE opportunities SET state = $4, updated_at = $5,
       published_at = CASE WHEN $4 = 'published' THEN $5 ELSE published_at END
WHERE id = $2 AND commune_id = $1 AND state = $3

-- name: opportunity_get
-- index: opportunities primary key, dial_numbers (commune_id, kind, ref)
SELECT o.id, o.commune_id, o.kind, COALESCE(d.number, 0), o.title, o.summary, o.organisation, o.place_name, o.deadline_at,
       o.ocid, o.tender, o.state, o.created_at, o.published_at, o.updated_at
FROM opportunities o
LEFT JOIN dial_numbers d ON d.commune_id = o.commune_id AND d.kind = 'opportunity' AND d.ref = o.id
WHERE o.id = $2 AND o.commune_id = $1

-- name: opportunity_open
-- index: opportunities_open, dial_numbers (commune_id, kind, ref)
SELECT o.id, o.commune_id, o.kind, COALESCE(d.number, 0), o.title, o.summary, o.organisation, o.place_name, o.deadline_at,
       o.ocid, o.tender, o.state, o.created_at, o.published_at, o.updated_at
FROM opportunities o
LEFT JOIN dial_numbers d ON d.commune_id = o.commune_id AND d.kind = 'opportunity' AND d.ref = o.id
WHERE o.commune_id = $1 AND o.kind = $2 AND o.state = 'published' AND o.deadline_at > $3
ORDER BY o.deadline_at, o.id LIMIT $4

-- name: opportunity_list
-- index: opportunities_commune, dial_numbers (commune_id, kind, ref)
SELECT o.id, o.commune_id, o.kind, COALESCE(d.number, 0), o.title, o.summary, o.organisation, o.place_name, o.deadline_at,
       o.ocid, o.tender, o.state, o.created_at, o.published_at, o.updated_at
FROM opportunities o
LEFT JOIN dial_numbers d ON d.commune_id = o.commune_id AND d.kind = 'opportunity' AND d.ref = o.id
WHERE o.commune_id = $1 ORDER BY o.deadline_at DESC, o.id DESC

-- name: market_list
-- index: market_days (commune_id, place_name)
SELECT id, commune_id, place_id, place_name, weekdays, note, updated_at
FROM market_days WHERE commune_id = $1 ORDER BY place_name

-- name: market_get
-- index: market_days primary key
SELECT id, commune_id, place_id, place_name, weekdays, note, updated_at
FROM market_days WHERE id = $2 AND commune_id = $1

-- name: market_put
-- index: market_days (commune_id, place_name)
INSERT INTO market_days (commune_id, place_id, place_name, weekdays, note, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (commune_id, place_name) DO UPDATE SET
    place_id   = excluded.place_id,
    weekdays   = excluded.weekdays,
    note       = excluded.note,
    updated_at = excluded.updated_at
RETURNING id

-- name: market_remove
-- index: market_days primary key
DELETE FROM market_days WHERE id = $2 AND commune_id = $1
