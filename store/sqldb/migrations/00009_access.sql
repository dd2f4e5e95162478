-- Who may sign in to the console or use the API, and what for.

CREATE TABLE accounts (
    id            @identity,
    login         TEXT NOT NULL UNIQUE CHECK (length(login) BETWEEN 2 AND 80),
    name          TEXT NOT NULL CHECK (name <> ''),
    locale        TEXT NOT NULL CHECK (locale IN ('fr', 'en')), -- of the console, not of a number
    state         TEXT NOT NULL CHECK (state IN ('invited', 'active', 'disabled')),
    password      TEXT, -- argon2id in its text form
    must_change   BOOLEAN NOT NULL DEFAULT FALSE,
    totp_key      TEXT,
    totp          BYTEA,
    totp_step     BIGINT NOT NULL DEFAULT 0, -- the last time step whose code was used
    created_at    BIGINT NOT NULL,
    signed_in_at  BIGINT,
    CHECK (state <> 'active' OR password IS NOT NULL)
);

-- Commune NULL stands for the whole platform. What a role may do is in the program.
CREATE TABLE account_grants (
    id           @rowid,
    account_id   BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role         TEXT NOT NULL CHECK (role IN ('administrator', 'editor', 'approver', 'moderator', 'officer', 'referral', 'observer')),
    commune_id   BIGINT REFERENCES places (id),
    organisation BIGINT NOT NULL DEFAULT 0 CHECK (organisation >= 0),
    CHECK (commune_id IS NOT NULL OR role IN ('administrator', 'observer')),
    CHECK (organisation = 0 OR role = 'officer')
);
CREATE UNIQUE INDEX account_grants_once ON account_grants (account_id, role, COALESCE(commune_id, 0), organisation);
CREATE INDEX account_grants_commune ON account_grants (commune_id, account_id);

CREATE TABLE recovery_codes (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    hash       BYTEA NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (account_id, hash)
);

-- One-time proof of an invitation: a long token by its hash, or a short code by a slow one.
CREATE TABLE invitations (
    account_id BIGINT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    hash       BYTEA UNIQUE CHECK (hash IS NULL OR length(hash) = 32),
    code       TEXT,
    expires_at BIGINT NOT NULL,
    CHECK ((hash IS NULL) <> (code IS NULL))
);

CREATE TABLE console_sessions (
    id         @identity,
    hash       BYTEA NOT NULL UNIQUE CHECK (length(hash) = 32),
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    stage      TEXT NOT NULL CHECK (stage IN ('code', 'password', 'full')),
    agent      TEXT NOT NULL CHECK (length(agent) <= 80),
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX console_sessions_account ON console_sessions (account_id, seen_at);

CREATE TABLE api_tokens (
    id         @identity,
    hash       BYTEA NOT NULL UNIQUE CHECK (length(hash) = 32),
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name       TEXT NOT NULL CHECK (name <> ''),
    scopes     TEXT NOT NULL,
    commune_id BIGINT REFERENCES places (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_tokens_account ON api_tokens (account_id, id);

-- What somebody was typing when the power went. Sealed, for it may hold words of residents.
CREATE TABLE form_drafts (
    account_id  BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    form        TEXT NOT NULL CHECK (length(form) BETWEEN 1 AND 80),
    content_key TEXT NOT NULL,
    content     BYTEA NOT NULL,
    saved_at    BIGINT NOT NULL,
    PRIMARY KEY (account_id, form)
);
CREATE INDEX form_drafts_saved ON form_drafts (saved_at);

INSERT INTO retention (table_name, class, keep) VALUES
    ('accounts', 'record', 0),
    ('account_grants', 'record', 0),
    ('recovery_codes', 'technical', 0),
    ('invitations', 'technical', 0),
    ('console_sessions', 'technical', 43200000000),
    ('api_tokens', 'record', 0),
    ('form_drafts', 'technical', 1209600000000);
