-- name: member_invite
-- index: members primary key
INSERT INTO members (organisation_id, pseudonym, phone_key, phone, state, invited_by, invited_at)
VALUES ($1, $2, $3, $4, 'invited', $5, $6)
ON CONFLICT (organisation_id, pseudonym) DO UPDATE SET
    phone_key  = excluded.phone_key,
    phone      = excluded.phone,
    state      = 'invited',
    invited_by = excluded.invited_by,
    invited_at = excluded.invited_at,
    left_at    = NULL
WHERE members.state <> 'joined' AND (members.invited_at IS NULL OR members.invited_at < $7)

-- name: member_join
-- index: members primary key
INSERT INTO members (organisation_id, pseudonym, phone_key, phone, language_key, language, state, text_version, channel, source, joined_at)
VALUES ($1, $2, $3, $4, $5, $6, 'joined', $7, $8, $9, $10)
ON CONFLICT (organisation_id, pseudonym) DO UPDATE SET
    phone_key    = excluded.phone_key,
    phone        = excluded.phone,
    language_key = excluded.language_key,
    language     = excluded.language,
    state        = 'joined',
    text_version = excluded.text_version,
    channel      = excluded.channel,
    source       = excluded.source,
    joined_at    = excluded.joined_at,
    left_at      = NULL
WHERE members.state <> 'joined'

-- name: member_leave
-- index: members primary key
UPDATE members SET state = 'left', phone_key = NULL, phone = NULL, language_key = NULL, language = NULL, left_at = $3
WHERE organisation_id = $1 AND pseudonym = $2 AND state <> 'left'

-- name: member_leave_all
-- index: members_pseudonym
UPDATE members SET state = 'left', phone_key = NULL, phone = NULL, language_key = NULL, language = NULL, left_at = $2
WHERE pseudonym = $1 AND state <> 'left'

-- name: member_erase
-- index: members_pseudonym
DELETE FROM members WHERE pseudonym = $1

-- name: member_get
-- index: members primary key, organisations primary key
SELECT m.organisation_id, o.commune_id, m.pseudonym, m.phone_key, m.phone, m.language_key, m.language, m.state,
       COALESCE(m.invited_by, 0), m.invited_at, m.text_version, m.channel, m.source, m.joined_at, m.left_at
FROM members m JOIN organisations o ON o.id = m.organisation_id
WHERE m.organisation_id = $2 AND o.commune_id = $1 AND m.pseudonym = $3

-- name: member_of
-- index: members_pseudonym, organisations primary key
SELECT m.organisation_id, o.commune_id, m.pseudonym, m.phone_key, m.phone, m.language_key, m.language, m.state,
       COALESCE(m.invited_by, 0), m.invited_at, m.text_version, m.channel, m.source, m.joined_at, m.left_at
FROM members m JOIN organisations o ON o.id = m.organisation_id
WHERE m.pseudonym = $1 ORDER BY m.organisation_id

-- name: member_count
-- index: members_joined, organisations primary key
SELECT COUNT(*) FROM organisations o JOIN members m ON m.organisation_id = o.id AND m.state = 'joined'
WHERE o.id = $2 AND o.commune_id = $1

-- name: member_joined
-- index: members_joined, organisations primary key
SELECT m.organisation_id, o.commune_id, m.pseudonym, m.phone_key, m.phone, m.language_key, m.language, m.state,
       COALESCE(m.invited_by, 0), m.invited_at, m.text_version, m.channel, m.source, m.joined_at, m.left_at
FROM organisations o JOIN members m ON m.organisation_id = o.id AND m.state = 'joined'
WHERE o.id = $2 AND o.commune_id = $1 AND m.pseudonym > $3 ORDER BY m.pseudonym LIMIT $4

-- name: member_count_invited
-- index: members_inviting, organisations primary key
SELECT COUNT(*) FROM organisations o JOIN members m ON m.organisation_id = o.id
WHERE o.id = $2 AND o.commune_id = $1 AND m.invited_at IS NOT NULL AND m.invited_at >= $3

-- name: member_purge_invited
-- index: members_invited
DELETE FROM members WHERE state = 'invited' AND invited_at < $1

-- name: member_purge_left
-- index: members_left
DELETE FROM members WHERE state = 'left' AND left_at < $1
