-- Messages in, messages out and delivery reports.

CREATE TABLE messages_in (
    id            @rowid,
    channel       TEXT NOT NULL,
    external_id   TEXT NOT NULL CHECK (external_id <> ''),
    commune_id    BIGINT,
    sender        BYTEA CHECK (sender IS NULL OR length(sender) = 32),
    phone_key     TEXT,
    phone         BYTEA,
    body_key      TEXT,
    body          BYTEA,
    received_at   BIGINT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('received', 'handled', 'failed')),
    handled_at    BIGINT,
    attempts      BIGINT NOT NULL DEFAULT 0,
    holder        TEXT,
    held_until_at BIGINT,
    UNIQUE (channel, external_id)
);
CREATE INDEX messages_in_waiting ON messages_in (id) WHERE state = 'received';
CREATE INDEX messages_in_sender ON messages_in (sender, state);
CREATE INDEX messages_in_kept ON messages_in (received_at) WHERE phone IS NOT NULL;

CREATE TABLE outbox (
    id             TEXT PRIMARY KEY,
    channel        TEXT NOT NULL,
    commune_id     BIGINT,
    origin         TEXT NOT NULL,
    recipient      BYTEA CHECK (recipient IS NULL OR length(recipient) = 32),
    phone_key      TEXT,
    phone          BYTEA,
    body_key       TEXT,
    body           BYTEA,
    scrub          BOOLEAN NOT NULL,
    priority       BIGINT NOT NULL CHECK (priority BETWEEN 0 AND 2),
    state          TEXT NOT NULL CHECK (state IN ('queued', 'leased', 'sent', 'delivered', 'failed', 'expired', 'unconfirmed')),
    not_before_at  BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    attempts       BIGINT NOT NULL DEFAULT 0,
    holder         TEXT,
    lease_until_at BIGINT,
    begun_at       BIGINT,
    provider_id    TEXT NOT NULL DEFAULT '',
    parts          BIGINT NOT NULL DEFAULT 0,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    failure_class  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_ready ON outbox (channel, priority, not_before_at) WHERE state = 'queued';
CREATE INDEX outbox_expiry ON outbox (expires_at) WHERE state = 'queued';
CREATE INDEX outbox_leases ON outbox (lease_until_at) WHERE state = 'leased';
CREATE INDEX outbox_provider ON outbox (channel, provider_id) WHERE provider_id <> '';
CREATE INDEX outbox_recipient ON outbox (recipient) WHERE recipient IS NOT NULL;
CREATE INDEX outbox_kept ON outbox (created_at) WHERE phone IS NOT NULL;

CREATE TABLE receipts (
    id          @rowid,
    channel     TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    our_id      TEXT NOT NULL,
    status      TEXT NOT NULL,
    raw_code    TEXT NOT NULL,
    at          BIGINT NOT NULL,
    matched     BOOLEAN NOT NULL
);
CREATE INDEX receipts_provider ON receipts (channel, provider_id);
CREATE INDEX receipts_our ON receipts (our_id) WHERE our_id <> '';
CREATE INDEX receipts_at ON receipts (at);

INSERT INTO retention (table_name, class, keep) VALUES
    ('messages_in', 'messages', 2592000000000),
    ('outbox', 'messages', 2592000000000),
    ('receipts', 'messages', 2592000000000);
