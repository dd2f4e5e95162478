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
-- index: market_days (commune_id, place_name, sector)
SELECT id, commune_id, place_id, place_name, weekdays, note, updated_at, sector
FROM market_days WHERE commune_id = $1 ORDER BY place_name, sector

-- name: market_get
-- index: market_days primary key
SELECT id, commune_id, place_id, place_name, weekdays, note, updated_at, sector
FROM market_days WHERE id = $2 AND commune_id = $1

-- name: market_put
-- index: market_days (commune_id, place_name, sector)
INSERT INTO market_days (commune_id, place_id, place_name, weekdays, note, updated_at, sector) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (commune_id, place_name, sector) DO UPDATE SET
    place_id   = excluded.place_id,
    weekdays   = excluded.weekdays,
    note       = excluded.note,
    updated_at = excluded.updated_at
RETURNING id

-- name: market_remove
-- index: market_days primary key
DELETE FROM market_days WHERE id = $2 AND commune_id = $1

-- name: alert_agreed
-- index: consents_agreed, contacts primary key, suppressions primary key
SELECT k.pseudonym, k.phone_key, k.phone, k.language_key, k.language, k.commune_id, k.created_at, k.last_active_at
FROM consents c JOIN contacts k ON k.pseudonym = c.pseudonym
WHERE c.purpose = $2 AND c.withdrawn_at IS NULL AND c.pseudonym > $3 AND k.commune_id = $1
  AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.pseudonym = c.pseudonym AND s.purpose IN ($2, 'all'))
ORDER BY c.pseudonym LIMIT $4

-- name: alert_unheard
-- index: opportunities_unheard, dial_numbers (commune_id, kind, ref)
SELECT o.id, o.commune_id, o.kind, COALESCE(d.number, 0), o.title, o.summary, o.organisation, o.place_name, o.deadline_at,
       o.ocid, o.tender, o.state, o.created_at, o.published_at, o.updated_at
FROM opportunities o
LEFT JOIN dial_numbers d ON d.commune_id = o.commune_id AND d.kind = 'opportunity' AND d.ref = o.id
WHERE o.state = 'published' AND o.alerted_at IS NULL AND o.deadline_at > $1
ORDER BY o.deadline_at, o.id LIMIT $2

-- name: alert_told
-- index: opportunities primary key
UPDATE opportunities SET alerted_at = $3 WHERE id = $2 AND commune_id = $1 AND alerted_at IS NULL

-- name: project_create
-- index: none, a row of its own
INSERT INTO partner_projects (commune_id, title, summary, partner, place_name, amount, state, state_at, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8)
RETURNING id

-- name: project_get
-- index: partner_projects primary key, dial_numbers (commune_id, kind, ref)
SELECT p.id, p.commune_id, COALESCE(d.number, 0), p.title, p.summary, p.partner, p.place_name, p.amount, p.state, p.state_at,
       p.published_at, p.created_at, p.updated_at
FROM partner_projects p LEFT JOIN dial_numbers d ON d.commune_id = p.commune_id AND d.kind = 'project' AND d.ref = p.id
WHERE p.id = $2 AND p.commune_id = $1

-- name: project_list
-- index: partner_projects_commune, dial_numbers (commune_id, kind, ref)
SELECT p.id, p.commune_id, COALESCE(d.number, 0), p.title, p.summary, p.partner, p.place_name, p.amount, p.state, p.state_at,
       p.published_at, p.created_at, p.updated_at
FROM partner_projects p LEFT JOIN dial_numbers d ON d.commune_id = p.commune_id AND d.kind = 'project' AND d.ref = p.id
WHERE p.commune_id = $1 ORDER BY p.state_at DESC, p.id DESC

-- name: project_published
-- index: partner_projects_commune, dial_numbers (commune_id, kind, ref)
SELECT p.id, p.commune_id, COALESCE(d.number, 0), p.title, p.summary, p.partner, p.place_name, p.amount, p.state, p.state_at,
       p.published_at, p.created_at, p.updated_at
FROM partner_projects p LEFT JOIN dial_numbers d ON d.commune_id = p.commune_id AND d.kind = 'project' AND d.ref = p.id
WHERE p.commune_id = $1 AND p.published_at IS NOT NULL ORDER BY p.state_at DESC, p.id DESC LIMIT $2

-- name: project_publish
-- index: partner_projects primary key
UPDATE partner_projects SET published_at = $3, updated_at = $3 WHERE id = $2 AND commune_id = $1 AND published_at IS NULL

-- name: project_move
-- index: partner_projects primary key
UPDATE partner_projects SET state = $4, state_at = $5, updated_at = $5 WHERE id = $2 AND commune_id = $1 AND state = $3
