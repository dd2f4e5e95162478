-- name: voice_turn
-- index: voices_shown primary key
-- Changing the row is how voters of one thing queue up.
INSERT INTO voices_shown (kind, commune_id, ref, tally) VALUES ($1, $2, $3, '{}')
ON CONFLICT (kind, commune_id, ref) DO UPDATE SET shown_at = voices_shown.shown_at

-- name: voice_give
-- index: voices (kind, commune_id, ref, voter)
INSERT INTO voices (kind, commune_id, ref, voter, said, counted, given_at) VALUES ($1, $2, $3, $4, $5, FALSE, $6)
ON CONFLICT (kind, commune_id, ref, voter) DO UPDATE SET said = excluded.said, counted = FALSE, given_at = excluded.given_at

-- name: voice_fresh
-- index: voices (kind, commune_id, ref, voter)
SELECT COUNT(*) FROM voices WHERE kind = $1 AND commune_id = $2 AND ref = $3 AND NOT counted

-- name: voice_tally
-- index: voices (kind, commune_id, ref, voter)
SELECT said, COUNT(*) FROM voices WHERE kind = $1 AND commune_id = $2 AND ref = $3 GROUP BY said

-- name: voice_count
-- index: voices (kind, commune_id, ref, voter)
UPDATE voices SET counted = TRUE WHERE kind = $1 AND commune_id = $2 AND ref = $3 AND NOT counted

-- name: voice_show
-- index: voices_shown primary key
UPDATE voices_shown SET tally = $4, shown_at = $5 WHERE kind = $1 AND commune_id = $2 AND ref = $3

-- name: voice_shown
-- index: voices_shown primary key
SELECT tally, shown_at FROM voices_shown WHERE kind = $1 AND commune_id = $2 AND ref = $3

-- name: voice_voted
-- index: voices_voter
SELECT COUNT(*) FROM voices WHERE voter IS NOT NULL AND voter = $1

-- name: voice_linked
-- index: none for voices_shown, one small row for each thing; voices (kind, commune_id, ref, voter) for each
SELECT s.kind, s.commune_id, s.ref FROM voices_shown s
WHERE EXISTS (SELECT 1 FROM voices v
              WHERE v.kind = s.kind AND v.commune_id = s.commune_id AND v.ref = s.ref AND v.voter IS NOT NULL)
ORDER BY s.kind, s.commune_id, s.ref

-- name: voice_unlink
-- index: voices_linked
UPDATE voices SET voter = NULL, unlinked_at = $2 WHERE voter IS NOT NULL AND given_at < $1

-- name: calendar_list
-- index: budget_calendar primary key
SELECT commune_id, year, step, due_on, done_on, evidence, reference, revision, updated_at
FROM budget_calendar WHERE commune_id = $1 AND year = $2 ORDER BY step

-- name: calendar_get
-- index: budget_calendar primary key
SELECT commune_id, year, step, due_on, done_on, evidence, reference, revision, updated_at
FROM budget_calendar WHERE commune_id = $1 AND year = $2 AND step = $3

-- name: calendar_put
-- index: budget_calendar primary key
INSERT INTO budget_calendar (commune_id, year, step, due_on, done_on, evidence, reference, revision, updated_at)
SELECT p.id, $2, $3, $4, $5, $6, $7, 1, $9 FROM places p WHERE p.id = $1 AND $8 = 0
ON CONFLICT DO NOTHING

-- name: calendar_change
-- index: budget_calendar primary key
UPDATE budget_calendar SET due_on = $4, done_on = $5, evidence = $6, reference = $7, revision = revision + 1, updated_at = $9
WHERE commune_id = $1 AND year = $2 AND step = $3 AND revision = $8

-- name: referral_list
-- index: referrals (area_id, purpose, name)
SELECT id, area_id, purpose, name, phone, verified_at, updated_at
FROM referrals WHERE area_id = $1 AND ($2 = '' OR purpose = $2) ORDER BY purpose, name

-- name: referral_get
-- index: referrals primary key
SELECT id, area_id, purpose, name, phone, verified_at, updated_at FROM referrals WHERE id = $2 AND area_id = $1

-- name: referral_put
-- index: places primary key, referrals (area_id, purpose, name)
INSERT INTO referrals (area_id, purpose, name, phone, verified_at, updated_at)
SELECT p.id, $2, $3, $4, $5, $6 FROM places p WHERE p.id = $1 AND p.level IN ('country', 'region', 'cercle')
ON CONFLICT (area_id, purpose, name) DO UPDATE SET
    phone       = excluded.phone,
    verified_at = excluded.verified_at,
    updated_at  = excluded.updated_at
RETURNING id

-- name: referral_unchecked
-- index: none for referrals, a few for each area
SELECT COUNT(*) FROM referrals WHERE verified_at IS NULL OR verified_at < $1

-- name: referral_remove
-- index: referrals primary key
DELETE FROM referrals WHERE id = $2 AND area_id = $1
