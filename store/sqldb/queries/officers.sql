-- name: officer_create
-- index: officers (commune_id, pseudonym)
INSERT INTO officers (commune_id, pseudonym, phone_key, phone, pin_hash, pin_fresh, account_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (commune_id, pseudonym) DO NOTHING
RETURNING id

-- name: officer_get
-- index: officers primary key
SELECT id, commune_id, pseudonym, phone_key, phone, pin_hash, pin_fresh, tries, wait_until_at, locked_at, COALESCE(account_id, 0), created_at
FROM officers WHERE id = $2 AND commune_id = $1

-- name: officer_by_phone
-- index: officers (commune_id, pseudonym)
SELECT id, commune_id, pseudonym, phone_key, phone, pin_hash, pin_fresh, tries, wait_until_at, locked_at, COALESCE(account_id, 0), created_at
FROM officers WHERE commune_id = $1 AND pseudonym = $2

-- name: officer_list
-- index: officer_posts_organisation, officers primary key
SELECT o.id, o.commune_id, o.pseudonym, o.phone_key, o.phone, o.pin_hash, o.pin_fresh, o.tries, o.wait_until_at, o.locked_at,
       COALESCE(o.account_id, 0), o.created_at
FROM officer_posts p JOIN officers o ON o.id = p.officer_id
WHERE p.organisation_id = $2 AND o.commune_id = $1 ORDER BY o.id

-- name: officer_approvers
-- index: officers (commune_id, pseudonym), officer_posts_officer
SELECT o.id, o.commune_id, o.pseudonym, o.phone_key, o.phone, o.pin_hash, o.pin_fresh, o.tries, o.wait_until_at, o.locked_at,
       COALESCE(o.account_id, 0), o.created_at
FROM officers o JOIN officer_posts p ON p.officer_id = o.id
WHERE o.commune_id = $1 AND p.role = 'approver' ORDER BY o.id

-- name: officer_posts_of
-- index: officer_posts_officer
SELECT COALESCE(organisation_id, 0), role FROM officer_posts WHERE officer_id = $1 ORDER BY 1, 2

-- name: officer_post_put
-- index: officer_posts_held, officer_posts_approver, officer_posts_leader
INSERT INTO officer_posts (officer_id, organisation_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING

-- name: officer_post_drop
-- index: officer_posts_officer
DELETE FROM officer_posts WHERE officer_id = $1 AND COALESCE(organisation_id, 0) = $2 AND role = $3

-- name: officer_pin
-- index: officers primary key
UPDATE officers SET pin_hash = $3, pin_fresh = $4, tries = 0, wait_until_at = NULL, locked_at = NULL
WHERE id = $2 AND commune_id = $1 AND pseudonym IS NOT NULL

-- name: officer_try
-- index: officers primary key
UPDATE officers SET tries = tries + 1
WHERE id = $2 AND commune_id = $1 AND locked_at IS NULL AND pin_hash <> '' AND tries < $3
  AND (wait_until_at IS NULL OR wait_until_at <= $4)

-- name: officer_passed
-- index: officers primary key
UPDATE officers SET tries = 0, wait_until_at = NULL WHERE id = $2 AND commune_id = $1 AND locked_at IS NULL

-- name: officer_wait
-- index: officers primary key
UPDATE officers SET wait_until_at = $3 WHERE id = $2 AND commune_id = $1

-- name: officer_lock
-- index: officers primary key
UPDATE officers SET locked_at = $3 WHERE id = $2 AND commune_id = $1 AND locked_at IS NULL

-- name: officer_account
-- index: officers primary key
SELECT COALESCE(account_id, 0) FROM officers WHERE id = $1

-- name: officer_erase_posts
-- index: officers_pseudonym, officer_posts_officer
DELETE FROM officer_posts WHERE officer_id IN (SELECT id FROM officers WHERE pseudonym IS NOT NULL AND pseudonym = $1)

-- name: officer_erase
-- index: officers_pseudonym
UPDATE officers SET pseudonym = NULL, phone_key = NULL, phone = NULL, pin_hash = '', account_id = NULL
WHERE pseudonym IS NOT NULL AND pseudonym = $1
