-- name: account_create
-- index: accounts (login)
INSERT INTO accounts (login, name, locale, state, password, must_change, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id

-- name: account_get
-- index: accounts primary key
SELECT id, login, name, locale, state, password, must_change, totp_key, totp, totp_step, created_at, signed_in_at
FROM accounts WHERE id = $1

-- name: account_by_login
-- index: accounts (login)
SELECT id, login, name, locale, state, password, must_change, totp_key, totp, totp_step, created_at, signed_in_at
FROM accounts WHERE login = $1

-- name: account_list
-- index: accounts (login)
SELECT id, login, name, locale, state, password, must_change, totp_key, totp, totp_step, created_at, signed_in_at
FROM accounts ORDER BY login

-- name: account_list_commune
-- index: account_grants_commune
SELECT id, login, name, locale, state, password, must_change, totp_key, totp, totp_step, created_at, signed_in_at
FROM accounts WHERE id IN (SELECT account_id FROM account_grants WHERE commune_id = $1) ORDER BY login

-- name: account_describe
-- index: accounts primary key
UPDATE accounts SET name = $2, locale = $3 WHERE id = $1

-- name: account_password
-- index: accounts primary key
UPDATE accounts SET password = $2, must_change = $3, state = CASE WHEN state = 'invited' THEN 'active' ELSE state END WHERE id = $1

-- name: account_move
-- index: accounts primary key
UPDATE accounts SET state = $3 WHERE id = $1 AND state = $2

-- name: account_signed_in
-- index: accounts primary key
UPDATE accounts SET signed_in_at = $2 WHERE id = $1

-- name: account_totp
-- index: accounts primary key
UPDATE accounts SET totp_key = $2, totp = $3, totp_step = 0 WHERE id = $1

-- name: account_totp_step
-- index: accounts primary key
UPDATE accounts SET totp_step = $2 WHERE id = $1 AND totp_step < $2 AND totp IS NOT NULL

-- name: account_grants
-- index: account_grants_once
SELECT role, commune_id, organisation FROM account_grants WHERE account_id = $1 ORDER BY role, commune_id, organisation

-- name: account_grants_clear
-- index: account_grants_once
DELETE FROM account_grants WHERE account_id = $1

-- name: account_grants_add
-- index: account_grants_once
INSERT INTO account_grants (account_id, role, commune_id, organisation) VALUES ($1, $2, $3, $4)

-- name: recovery_add
-- index: recovery_codes primary key
INSERT INTO recovery_codes (account_id, hash) VALUES ($1, $2)

-- name: recovery_clear
-- index: recovery_codes primary key
DELETE FROM recovery_codes WHERE account_id = $1

-- name: recovery_spend
-- index: recovery_codes primary key
DELETE FROM recovery_codes WHERE account_id = $1 AND hash = $2

-- name: recovery_left
-- index: recovery_codes primary key
SELECT COUNT(*) FROM recovery_codes WHERE account_id = $1

-- name: invitation_put
-- index: invitations primary key
INSERT INTO invitations (account_id, hash, code, expires_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id) DO UPDATE SET hash = excluded.hash, code = excluded.code, expires_at = excluded.expires_at

-- name: invitation_by_hash
-- index: invitations (hash)
SELECT account_id, hash, code, expires_at FROM invitations WHERE hash = $1

-- name: invitation_of
-- index: invitations primary key
SELECT account_id, hash, code, expires_at FROM invitations WHERE account_id = $1

-- name: invitation_spend
-- index: invitations primary key
DELETE FROM invitations WHERE account_id = $1 AND expires_at = $2

-- name: invitation_drop
-- index: invitations primary key
DELETE FROM invitations WHERE account_id = $1

-- name: console_session_insert
-- index: console_sessions (hash)
INSERT INTO console_sessions (hash, account_id, stage, agent, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: console_session_find
-- index: console_sessions (hash)
SELECT id, hash, account_id, stage, agent, created_at, seen_at, expires_at FROM console_sessions WHERE hash = $1

-- name: console_session_seen
-- index: console_sessions (hash)
UPDATE console_sessions SET seen_at = $2 WHERE hash = $1

-- name: console_session_list
-- index: console_sessions_account
SELECT id, hash, account_id, stage, agent, created_at, seen_at, expires_at FROM console_sessions
WHERE account_id = $1 ORDER BY seen_at DESC, id DESC

-- name: console_session_delete
-- index: console_sessions primary key
DELETE FROM console_sessions WHERE id = $2 AND account_id = $1

-- name: console_session_clear
-- index: console_sessions_account
DELETE FROM console_sessions WHERE account_id = $1 AND hash <> $2

-- name: console_session_purge
-- index: none; one row for each browser that somebody signed in with
DELETE FROM console_sessions WHERE expires_at <= $1 OR seen_at < $2

-- name: api_token_create
-- index: api_tokens (hash)
INSERT INTO api_tokens (hash, account_id, name, scopes, commune_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id

-- name: api_token_find
-- index: api_tokens (hash)
SELECT id, hash, account_id, name, scopes, commune_id, created_at, expires_at, used_at, revoked_at FROM api_tokens WHERE hash = $1

-- name: api_token_list
-- index: api_tokens_account
SELECT id, hash, account_id, name, scopes, commune_id, created_at, expires_at, used_at, revoked_at FROM api_tokens
WHERE account_id = $1 ORDER BY id DESC

-- name: api_token_revoke
-- index: api_tokens primary key
UPDATE api_tokens SET revoked_at = $3 WHERE id = $2 AND account_id = $1 AND revoked_at IS NULL

-- name: api_token_used
-- index: api_tokens primary key
UPDATE api_tokens SET used_at = $2 WHERE id = $1

-- name: api_token_clear
-- index: api_tokens_account
UPDATE api_tokens SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL

-- name: form_draft_put
-- index: form_drafts primary key
INSERT INTO form_drafts (account_id, form, content_key, content, saved_at)
SELECT $1, $2, $3, $4, $5 WHERE (SELECT COUNT(*) FROM form_drafts WHERE account_id = $1 AND form <> $2) < $6
ON CONFLICT (account_id, form) DO UPDATE
SET content_key = excluded.content_key, content = excluded.content, saved_at = excluded.saved_at

-- name: form_draft_get
-- index: form_drafts primary key
SELECT account_id, form, content_key, content, saved_at FROM form_drafts WHERE account_id = $1 AND form = $2

-- name: form_draft_delete
-- index: form_drafts primary key
DELETE FROM form_drafts WHERE account_id = $1 AND form = $2

-- name: form_draft_purge
-- index: form_drafts_saved
DELETE FROM form_drafts WHERE saved_at < $1
