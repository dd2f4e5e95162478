-- name: notice_draft
-- index: notices primary key
INSERT INTO notices (commune_id, organisation_id, audience, topic, venue_id, place, starts_at, state, author_officer_id,
                     author_account_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'draft', $8, $9, $10, $10) RETURNING id

-- name: notice_revise
-- index: notices primary key
UPDATE notices SET audience = $3, topic = $4, venue_id = $5, place = $6, starts_at = $7, author_officer_id = $8,
       author_account_id = $9, updated_at = $10
WHERE id = $2 AND commune_id = $1 AND state IN ('draft', 'refused')

-- name: notice_get
-- index: notices primary key, dial_numbers (commune_id, kind, ref)
SELECT n.id, n.commune_id, COALESCE(n.organisation_id, 0), COALESCE(d.number, 0), n.audience, n.topic, COALESCE(n.venue_id, 0),
       n.place, n.starts_at, n.state, n.version, COALESCE(n.author_officer_id, 0), COALESCE(n.author_account_id, 0), n.appeal,
       n.appealed_at, n.created_at, n.announced_at, n.updated_at
FROM notices n LEFT JOIN dial_numbers d ON d.commune_id = n.commune_id AND d.kind = 'notice' AND d.ref = n.id
WHERE n.id = $2 AND n.commune_id = $1

-- name: notice_own
-- index: notices_organisation, dial_numbers (commune_id, kind, ref)
SELECT n.id, n.commune_id, COALESCE(n.organisation_id, 0), COALESCE(d.number, 0), n.audience, n.topic, COALESCE(n.venue_id, 0),
       n.place, n.starts_at, n.state, n.version, COALESCE(n.author_officer_id, 0), COALESCE(n.author_account_id, 0), n.appeal,
       n.appealed_at, n.created_at, n.announced_at, n.updated_at
FROM notices n LEFT JOIN dial_numbers d ON d.commune_id = n.commune_id AND d.kind = 'notice' AND d.ref = n.id
WHERE n.commune_id = $1 AND n.organisation_id = $2 ORDER BY n.created_at DESC, n.id DESC LIMIT $3

-- name: notice_town_hall
-- index: notices_organisation, dial_numbers (commune_id, kind, ref)
SELECT n.id, n.commune_id, COALESCE(n.organisation_id, 0), COALESCE(d.number, 0), n.audience, n.topic, COALESCE(n.venue_id, 0),
       n.place, n.starts_at, n.state, n.version, COALESCE(n.author_officer_id, 0), COALESCE(n.author_account_id, 0), n.appeal,
       n.appealed_at, n.created_at, n.announced_at, n.updated_at
FROM notices n LEFT JOIN dial_numbers d ON d.commune_id = n.commune_id AND d.kind = 'notice' AND d.ref = n.id
WHERE n.commune_id = $1 AND n.organisation_id IS NULL ORDER BY n.created_at DESC, n.id DESC LIMIT $2

-- name: notice_upcoming
-- index: notices_upcoming, dial_numbers (commune_id, kind, ref), members_pseudonym
SELECT n.id, n.commune_id, COALESCE(n.organisation_id, 0), COALESCE(d.number, 0), n.audience, n.topic, COALESCE(n.venue_id, 0),
       n.place, n.starts_at, n.state, n.version, COALESCE(n.author_officer_id, 0), COALESCE(n.author_account_id, 0), n.appeal,
       n.appealed_at, n.created_at, n.announced_at, n.updated_at
FROM notices n LEFT JOIN dial_numbers d ON d.commune_id = n.commune_id AND d.kind = 'notice' AND d.ref = n.id
WHERE n.commune_id = $1 AND n.state IN ('announced', 'postponed') AND n.starts_at > $3
  AND (n.audience = 'public'
       OR n.organisation_id IN (SELECT m.organisation_id FROM members m WHERE m.pseudonym = $2 AND m.state = 'joined'))
ORDER BY n.starts_at, n.id LIMIT $4

-- name: notice_appeals
-- index: notices_appealed, dial_numbers (commune_id, kind, ref)
SELECT n.id, n.commune_id, COALESCE(n.organisation_id, 0), COALESCE(d.number, 0), n.audience, n.topic, COALESCE(n.venue_id, 0),
       n.place, n.starts_at, n.state, n.version, COALESCE(n.author_officer_id, 0), COALESCE(n.author_account_id, 0), n.appeal,
       n.appealed_at, n.created_at, n.announced_at, n.updated_at
FROM notices n LEFT JOIN dial_numbers d ON d.commune_id = n.commune_id AND d.kind = 'notice' AND d.ref = n.id
WHERE n.appeal = 'asked' AND n.state = 'refused' AND (n.commune_id = $1 OR $1 = 0) ORDER BY n.appealed_at, n.id

-- name: notice_begun
-- index: notices_begun
SELECT id, commune_id, state FROM notices WHERE starts_at < $1 AND state IN ('announced', 'postponed') ORDER BY starts_at, id

-- name: notice_hold
-- index: notices primary key
-- The row's lock makes those who change a notice queue up.
UPDATE notices SET updated_at = $3 WHERE id = $2 AND commune_id = $1

-- name: notice_state
-- index: notices primary key
UPDATE notices SET state = $4, updated_at = $5 WHERE id = $2 AND commune_id = $1 AND state = $3

-- name: notice_asked
-- index: notices primary key
UPDATE notices SET version = $3, updated_at = $4 WHERE id = $2 AND commune_id = $1

-- name: notice_put_forward
-- index: notices primary key
UPDATE notices SET state = 'asked', topic = $3, venue_id = $4, place = $5, starts_at = $6, author_officer_id = $7,
       author_account_id = $8, appeal = '', appealed_at = NULL
WHERE id = $2 AND commune_id = $1 AND state IN ('draft', 'refused')

-- name: notice_told
-- index: notices primary key
UPDATE notices SET state = $4, topic = $5, venue_id = $6, place = $7, starts_at = $8,
       announced_at = COALESCE(announced_at, $9), updated_at = $9
WHERE id = $2 AND commune_id = $1 AND state = $3

-- name: notice_appeal
-- index: notices primary key
UPDATE notices SET appeal = 'asked', appealed_at = $3, updated_at = $3
WHERE id = $2 AND commune_id = $1 AND state = 'refused' AND audience = 'public' AND appeal = ''

-- name: notice_appeal_decide
-- index: notices primary key
UPDATE notices SET appeal = $3, updated_at = $4 WHERE id = $2 AND commune_id = $1 AND state = 'refused' AND appeal = 'asked'

-- name: notice_version_insert
-- index: notice_versions primary key
INSERT INTO notice_versions (notice_id, version, change, topic, venue_id, place, starts_at, state, mandate_id, author_officer_id,
                             author_account_id, recipients, cost, asked_at, approve_by_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked', $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT DO NOTHING

-- name: notice_version_get
-- index: notice_versions primary key, notices primary key
SELECT v.notice_id, v.version, v.change, v.topic, COALESCE(v.venue_id, 0), v.place, v.starts_at, v.state, COALESCE(v.mandate_id, 0),
       COALESCE(v.author_officer_id, 0), COALESCE(v.author_account_id, 0), COALESCE(v.approver_officer_id, 0),
       COALESCE(v.approver_account_id, 0), v.reason, v.note, v.recipients, v.cost, v.asked_at, v.approve_by_at, v.decided_at,
       v.announced_at
FROM notice_versions v JOIN notices n ON n.id = v.notice_id
WHERE v.notice_id = $2 AND n.commune_id = $1 AND v.version = $3

-- name: notice_version_list
-- index: notice_versions primary key, notices primary key
SELECT v.notice_id, v.version, v.change, v.topic, COALESCE(v.venue_id, 0), v.place, v.starts_at, v.state, COALESCE(v.mandate_id, 0),
       COALESCE(v.author_officer_id, 0), COALESCE(v.author_account_id, 0), COALESCE(v.approver_officer_id, 0),
       COALESCE(v.approver_account_id, 0), v.reason, v.note, v.recipients, v.cost, v.asked_at, v.approve_by_at, v.decided_at,
       v.announced_at
FROM notice_versions v JOIN notices n ON n.id = v.notice_id
WHERE v.notice_id = $2 AND n.commune_id = $1 ORDER BY v.version

-- name: notice_version_waiting
-- index: notices_organisation, notice_versions primary key
SELECT v.notice_id, v.version, v.change, v.topic, COALESCE(v.venue_id, 0), v.place, v.starts_at, v.state, COALESCE(v.mandate_id, 0),
       COALESCE(v.author_officer_id, 0), COALESCE(v.author_account_id, 0), COALESCE(v.approver_officer_id, 0),
       COALESCE(v.approver_account_id, 0), v.reason, v.note, v.recipients, v.cost, v.asked_at, v.approve_by_at, v.decided_at,
       v.announced_at
FROM notice_versions v JOIN notices n ON n.id = v.notice_id
WHERE v.state = 'asked' AND n.commune_id = $1
  AND (n.audience = 'members' AND n.organisation_id = $2 OR n.audience = 'public' AND $2 = 0)
ORDER BY v.asked_at, v.notice_id

-- name: notice_version_overdue
-- index: notice_versions_asked, notices primary key
SELECT v.notice_id, n.commune_id, v.version FROM notice_versions v JOIN notices n ON n.id = v.notice_id
WHERE v.state = 'asked' AND v.approve_by_at <= $1 ORDER BY v.approve_by_at, v.notice_id

-- name: notice_version_decide
-- index: notice_versions primary key
UPDATE notice_versions SET state = $4, approver_officer_id = $5, approver_account_id = $6, reason = $7, note = $8, decided_at = $9
WHERE notice_id = $1 AND version = $2 AND state = $3

-- name: notice_version_end
-- index: notice_versions primary key
UPDATE notice_versions SET state = $3, decided_at = $4 WHERE notice_id = $1 AND version = $2 AND state = 'asked'

-- name: notice_version_announced
-- index: notice_versions primary key
UPDATE notice_versions SET state = 'announced', recipients = $3, announced_at = $4
WHERE notice_id = $1 AND version = $2 AND state = 'approved'

-- name: notice_quota
-- index: notices_organisation, notice_versions primary key
SELECT COUNT(*) FROM notices n JOIN notice_versions v ON v.notice_id = n.id
WHERE n.commune_id = $1 AND n.organisation_id = $2 AND v.change = 'new' AND v.state IN ('asked', 'approved', 'announced')
  AND v.asked_at >= $3 AND v.asked_at < $4

-- name: attendance_answer
-- index: notices primary key, attendances (notice_id, voter)
INSERT INTO attendances (notice_id, voter, coming, starts_at, answered_at)
SELECT n.id, $3, $4, n.starts_at, $5 FROM notices n
WHERE n.id = $2 AND n.commune_id = $1 AND n.state IN ('announced', 'postponed') AND n.starts_at > $5
ON CONFLICT (notice_id, voter) DO UPDATE SET
    coming      = excluded.coming,
    starts_at   = excluded.starts_at,
    answered_at = excluded.answered_at

-- name: attendance_get
-- index: notices primary key, attendances (notice_id, voter)
SELECT a.coming FROM notices n JOIN attendances a ON a.notice_id = n.id AND a.starts_at = n.starts_at
WHERE n.id = $2 AND n.commune_id = $1 AND a.voter = $3

-- name: attendance_coming
-- index: notices primary key, attendances (notice_id, voter)
SELECT COUNT(*) FROM notices n JOIN attendances a ON a.notice_id = n.id AND a.starts_at = n.starts_at
WHERE n.id = $2 AND n.commune_id = $1 AND a.coming

-- name: attendance_linked
-- index: none for notices, which are few; attendances (notice_id, voter) for each
SELECT n.id FROM notices n
WHERE EXISTS (SELECT 1 FROM attendances a WHERE a.notice_id = n.id AND a.voter IS NOT NULL) ORDER BY n.id

-- name: attendance_unlink
-- index: notices_begun, attendances (notice_id, voter)
UPDATE attendances SET voter = NULL, unlinked_at = $2
WHERE voter IS NOT NULL AND notice_id IN (SELECT id FROM notices WHERE starts_at < $1)

-- name: attendance_erase
-- index: attendances_voter
UPDATE attendances SET voter = NULL, unlinked_at = $2 WHERE voter IS NOT NULL AND voter = $1
