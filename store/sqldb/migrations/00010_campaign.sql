-- Messages to many: what is to be said, by whose decision, to whom, and how far each has come.

CREATE TABLE broadcast_rules (
    id         @identity,
    commune_id BIGINT NOT NULL REFERENCES places (id),
    sender_id  BIGINT NOT NULL DEFAULT 0, -- an organisation; 0: the town hall
    spec       TEXT NOT NULL,
    content    TEXT NOT NULL,
    audience   TEXT NOT NULL,
    life       BIGINT NOT NULL CHECK (life > 0), -- microseconds from an instance's hour to its expiry
    state      TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'ended')),
    author     TEXT NOT NULL CHECK (author <> ''),
    approver   TEXT NOT NULL DEFAULT '',
    until_at   BIGINT NOT NULL,
    most       BIGINT NOT NULL CHECK (most BETWEEN 1 AND 60),
    made       BIGINT NOT NULL DEFAULT 0,
    next_at    BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX broadcast_rules_commune ON broadcast_rules (commune_id, id);
CREATE INDEX broadcast_rules_due ON broadcast_rules (next_at) WHERE state = 'approved';

CREATE TABLE broadcasts (
    id            @identity,
    commune_id    BIGINT NOT NULL REFERENCES places (id),
    sender_id     BIGINT NOT NULL DEFAULT 0,
    rule_id       BIGINT REFERENCES broadcast_rules (id),
    due_at        BIGINT,
    origin        TEXT NOT NULL DEFAULT '', -- what a job made it for; once only
    content       TEXT NOT NULL,
    audience      TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'running', 'paused', 'done', 'cancelled', 'expired')),
    author        TEXT NOT NULL CHECK (author <> ''),
    approver      TEXT NOT NULL DEFAULT '',
    seconder      TEXT NOT NULL DEFAULT '', -- the second approver of an urgent one
    urgent        TEXT NOT NULL DEFAULT '', -- why it goes out in quiet hours
    begins_at     BIGINT,
    expires_at    BIGINT NOT NULL,
    undo_until_at BIGINT,
    paused_for    TEXT NOT NULL DEFAULT '',
    shown         BIGINT NOT NULL DEFAULT 0, -- the audience counted when it was submitted
    frozen        TEXT NOT NULL DEFAULT '{}',
    frozen_at     BIGINT,
    parts_sent    BIGINT NOT NULL DEFAULT 0,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    ended_at      BIGINT,
    UNIQUE (rule_id, due_at)
);
CREATE INDEX broadcasts_commune ON broadcasts (commune_id, id);
CREATE INDEX broadcasts_alive ON broadcasts (id) WHERE state IN ('approved', 'running', 'paused');
CREATE INDEX broadcasts_ended ON broadcasts (ended_at) WHERE ended_at IS NOT NULL;
CREATE UNIQUE INDEX broadcasts_origin ON broadcasts (commune_id, origin) WHERE origin <> '';

-- What is sent, one text for each language and profile, as it was approved.
CREATE TABLE renderings (
    broadcast_id BIGINT NOT NULL REFERENCES broadcasts (id),
    language     TEXT NOT NULL,
    profile      TEXT NOT NULL,
    body_key     TEXT,
    body         BYTEA,
    PRIMARY KEY (broadcast_id, language, profile)
);

-- One row for each number, in the order in which they are served. It names no
-- rendering, no parts and no cost: beside a number they would tell the language.
CREATE TABLE recipients (
    broadcast_id BIGINT NOT NULL,
    pseudonym    BYTEA NOT NULL,
    phone_key    TEXT,
    phone        BYTEA,
    language_key TEXT,
    language     BYTEA,
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'queued', 'sent', 'delivered', 'failed', 'expired', 'unconfirmed', 'skipped', 'cancelled')),
    reason       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (broadcast_id, pseudonym)
-- dialect: sqlite
) WITHOUT ROWID;
-- dialect: postgres
);
-- dialect: both
CREATE INDEX recipients_queued ON recipients (broadcast_id, pseudonym) WHERE state = 'queued';

-- What a number got from each sender in a month, and the last of it.
CREATE TABLE broadcast_caps (
    pseudonym BYTEA NOT NULL,
    sender    TEXT NOT NULL,
    month     TEXT NOT NULL,
    n         BIGINT NOT NULL,
    last_id   BIGINT NOT NULL,
    last_at   BIGINT NOT NULL,
    PRIMARY KEY (pseudonym, sender, month)
);
CREATE INDEX broadcast_caps_month ON broadcast_caps (month);

-- Numbers that the network refused for good, until their owner asks again.
CREATE TABLE unreachable (
    pseudonym BYTEA PRIMARY KEY CHECK (length(pseudonym) = 32),
    since_at  BIGINT NOT NULL
);

CREATE TABLE broadcast_stops (
    commune_id BIGINT PRIMARY KEY REFERENCES places (id),
    actor      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    stopped_at BIGINT NOT NULL
);

CREATE INDEX contacts_commune ON contacts (commune_id, pseudonym);

INSERT INTO retention (table_name, class, keep) VALUES
    ('broadcast_rules', 'record', 0),
    ('broadcasts', 'record', 0),
    ('renderings', 'messages', 2592000000000),
    ('recipients', 'messages', 2592000000000),
    ('broadcast_caps', 'personal', 5356800000000),
    ('unreachable', 'personal', 31536000000000),
    ('broadcast_stops', 'record', 0);
