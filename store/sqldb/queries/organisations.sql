-- name: organisation_create
-- index: organisations (commune_id, short_name)
INSERT INTO organisations (commune_id, kind, name, short_name, state, created_at) VALUES ($1, $2, $3, $4, 'active', $5)
ON CONFLICT (commune_id, short_name) DO NOTHING
RETURNING id

-- name: organisation_get
-- index: organisations primary key
SELECT id, commune_id, kind, name, short_name, state, created_at FROM organisations WHERE id = $2 AND commune_id = $1

-- name: organisation_list
-- index: organisations (commune_id, short_name)
SELECT id, commune_id, kind, name, short_name, state, created_at FROM organisations WHERE commune_id = $1 ORDER BY short_name, id

-- name: organisation_revise
-- index: organisations primary key
UPDATE organisations SET kind = $3, name = $4, short_name = $5 WHERE id = $2 AND commune_id = $1

-- name: organisation_move
-- index: organisations primary key
UPDATE organisations SET state = $4 WHERE id = $2 AND commune_id = $1 AND state = $3

-- name: organisation_hold
-- index: organisations primary key
-- The row's lock makes those who put notices forward queue up, so that none
-- outruns the quota.
UPDATE organisations SET state = state WHERE id = $2 AND commune_id = $1 AND state = 'active'

-- name: mandate_grant
-- index: mandates primary key
INSERT INTO mandates (organisation_id, purpose, from_on, to_on, quota, state, approved_by, created_at)
VALUES ($1, $2, $3, $4, $5, 'active', $6, $7) RETURNING id

-- name: mandate_get
-- index: mandates primary key, organisations primary key
SELECT m.id, m.organisation_id, m.purpose, m.from_on, m.to_on, m.quota, m.state, m.approved_by, m.created_at, m.revoked_at, m.reason
FROM mandates m JOIN organisations o ON o.id = m.organisation_id
WHERE m.id = $2 AND o.commune_id = $1

-- name: mandate_list
-- index: mandates_organisation
SELECT m.id, m.organisation_id, m.purpose, m.from_on, m.to_on, m.quota, m.state, m.approved_by, m.created_at, m.revoked_at, m.reason
FROM mandates m WHERE m.organisation_id = $1 ORDER BY m.to_on DESC, m.id DESC

-- name: mandate_revoke
-- index: mandates primary key
UPDATE mandates SET state = 'revoked', revoked_at = $2, reason = $3 WHERE id = $1 AND state = 'active'
