-- The outbox in two layers: a message's row is written when it is queued and when it is done; what waits and what is under
-- way stand in narrow tables of their own, so that a broadcast does not rewrite its bodies on their way. Names and ids are
-- compared byte by byte: a language's order costs more than the rest of a look-up.

CREATE TABLE outbox_rebuilt (
    seq            @identity,
    id             @name NOT NULL,
    channel        @name NOT NULL,
    commune_id     BIGINT,
    origin         TEXT NOT NULL,
    purpose        TEXT NOT NULL DEFAULT '',
    recipient      BYTEA CHECK (recipient IS NULL OR length(recipient) = 32),
    phone_key      TEXT,
    phone          BYTEA,
    body_key       TEXT,
    body           BYTEA,
    scrub          BOOLEAN NOT NULL,
    quiet          BOOLEAN NOT NULL DEFAULT FALSE,
    routed         TEXT NOT NULL DEFAULT '',
    priority       BIGINT NOT NULL CHECK (priority BETWEEN 0 AND 2),
    state          TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'delivered', 'failed', 'expired', 'unconfirmed')),
    not_before_at  BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL,
    attempts       BIGINT NOT NULL DEFAULT 0,
    holder         TEXT,
    provider_id    @name NOT NULL DEFAULT '',
    parts          BIGINT NOT NULL DEFAULT 0,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    failure_class  TEXT NOT NULL DEFAULT ''
)
-- dialect: postgres
-- Room for each row's last version on its own page, so that no index has to follow it.
WITH (fillfactor = 50)
-- dialect: both
;

INSERT INTO outbox_rebuilt (id, channel, commune_id, origin, recipient, phone_key, phone, body_key, body, scrub, priority, state,
                            not_before_at, expires_at, attempts, holder, provider_id, parts, created_at, updated_at, failure_class)
SELECT id, channel, commune_id, origin, recipient, phone_key, phone, body_key, body, scrub, priority,
       CASE WHEN state <> 'leased' THEN state WHEN begun_at IS NULL THEN 'queued' ELSE 'unconfirmed' END,
       not_before_at, expires_at, attempts, holder, provider_id, parts, created_at, updated_at, failure_class
FROM outbox ORDER BY created_at, id;

DROP TABLE outbox;
ALTER TABLE outbox_rebuilt RENAME TO outbox;

CREATE TABLE outbox_due (
    channel       @name NOT NULL,
    priority      BIGINT NOT NULL,
    not_before_at BIGINT NOT NULL,
    message       BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    PRIMARY KEY (channel, priority, not_before_at, message)
)
-- dialect: sqlite
WITHOUT ROWID
-- dialect: both
;

CREATE TABLE outbox_leases (
-- dialect: sqlite
    message  INTEGER PRIMARY KEY,
-- dialect: postgres
    message  BIGINT PRIMARY KEY,
-- dialect: both
    holder   TEXT NOT NULL,
    until_at BIGINT NOT NULL,
    begun_at BIGINT
);

CREATE TABLE outbox_provider_ids (
    channel     @name NOT NULL,
    provider_id @name NOT NULL CHECK (provider_id <> ''),
    message     BIGINT NOT NULL,
    PRIMARY KEY (provider_id, channel, message)
)
-- dialect: sqlite
WITHOUT ROWID
-- dialect: both
;

INSERT INTO outbox_due (channel, priority, not_before_at, message, expires_at)
SELECT channel, priority, not_before_at, seq, expires_at FROM outbox WHERE state = 'queued';
INSERT INTO outbox_provider_ids (channel, provider_id, message)
SELECT channel, provider_id, seq FROM outbox WHERE provider_id <> '';

CREATE UNIQUE INDEX outbox_id ON outbox (id);
CREATE INDEX outbox_recipient ON outbox (recipient) WHERE recipient IS NOT NULL;
CREATE INDEX outbox_kept ON outbox (created_at) WHERE phone IS NOT NULL;
CREATE INDEX receipts_parked ON receipts (channel, provider_id) WHERE NOT matched;
CREATE INDEX outbox_due_expiry ON outbox_due (expires_at);

INSERT INTO retention (table_name, class, keep) VALUES
    ('outbox_due', 'messages', 2592000000000),
    ('outbox_leases', 'technical', 0),
    ('outbox_provider_ids', 'messages', 2592000000000);
