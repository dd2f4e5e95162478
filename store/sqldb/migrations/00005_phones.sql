-- Android phones that send and receive for a channel, and what lies ready for
-- them to fetch.

CREATE TABLE phones (
    id           TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 21),
    channel      TEXT NOT NULL CHECK (channel <> ''),
    name         TEXT NOT NULL,
    token        BYTEA NOT NULL UNIQUE CHECK (length(token) = 32), -- SHA-256
    admission    BYTEA NOT NULL CHECK (length(admission) = 32),    -- SHA-256 of the channel's token that let it in
    battery      BIGINT CHECK (battery BETWEEN 0 AND 100),
    verdict      TEXT NOT NULL DEFAULT '' CHECK (verdict IN ('', 'pass', 'warn', 'fail')),
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    disabled_at  BIGINT
);
CREATE INDEX phones_channel ON phones (channel, created_at);

CREATE TABLE phone_offers (
    message_id  TEXT PRIMARY KEY, -- of the outbox
    channel     TEXT NOT NULL,
    phone_id    TEXT NOT NULL REFERENCES phones (id),
    sim         BIGINT NOT NULL CHECK (sim BETWEEN 0 AND 3),
    parts       BIGINT NOT NULL CHECK (parts > 0),
    offered_at  BIGINT NOT NULL,
    fetched_at  BIGINT,
    answered_at BIGINT
);
CREATE INDEX phone_offers_open ON phone_offers (channel, phone_id, offered_at) WHERE answered_at IS NULL;
CREATE INDEX phone_offers_spent ON phone_offers (phone_id, sim, offered_at);
CREATE INDEX phone_offers_age ON phone_offers (offered_at);

INSERT INTO retention (table_name, class, keep) VALUES
    ('phones', 'technical', 0),
    ('phone_offers', 'technical', 604800000000);
