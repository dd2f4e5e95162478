-- Organisations and who acts for them, their members, meetings and who comes.

CREATE TABLE organisations (
    id         @identity,
    commune_id BIGINT NOT NULL REFERENCES places (id),
    kind       TEXT NOT NULL CHECK (kind IN ('women', 'youth', 'association', 'cooperative')),
    name       TEXT NOT NULL,
    short_name TEXT NOT NULL CHECK (length(short_name) BETWEEN 1 AND 14),
    state      TEXT NOT NULL CHECK (state IN ('active', 'silenced', 'closed')),
    created_at BIGINT NOT NULL,
    UNIQUE (commune_id, short_name)
);

CREATE TABLE mandates (
    id              @identity,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    purpose         TEXT NOT NULL CHECK (purpose <> ''),
    from_on         TEXT NOT NULL CHECK (from_on <> ''),
    to_on           TEXT NOT NULL CHECK (to_on >= from_on),
    quota           BIGINT NOT NULL CHECK (quota > 0),
    state           TEXT NOT NULL CHECK (state IN ('active', 'revoked')),
    approved_by     TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    revoked_at      BIGINT,
    reason          TEXT NOT NULL DEFAULT ''
);
CREATE INDEX mandates_organisation ON mandates (organisation_id, to_on);

-- A number that acts with a PIN. An erased one leaves the row, which notices
-- name as their author.
CREATE TABLE officers (
    id            @identity,
    commune_id    BIGINT NOT NULL REFERENCES places (id),
    pseudonym     BYTEA CHECK (pseudonym IS NULL OR length(pseudonym) = 32),
    phone_key     TEXT,
    phone         BYTEA,
    pin_hash      TEXT NOT NULL,
    pin_fresh     BOOLEAN NOT NULL,
    tries         BIGINT NOT NULL DEFAULT 0,
    wait_until_at BIGINT,
    locked_at     BIGINT,
    account_id    BIGINT,
    created_at    BIGINT NOT NULL,
    UNIQUE (commune_id, pseudonym)
);
CREATE INDEX officers_pseudonym ON officers (pseudonym) WHERE pseudonym IS NOT NULL;

CREATE TABLE officer_posts (
    id              @rowid,
    officer_id      BIGINT NOT NULL REFERENCES officers (id),
    organisation_id BIGINT REFERENCES organisations (id), -- NULL: the commune
    role            TEXT NOT NULL CHECK (role IN ('leader', 'second', 'approver')),
    CHECK ((organisation_id IS NULL) = (role = 'approver'))
);
CREATE UNIQUE INDEX officer_posts_held ON officer_posts (officer_id, organisation_id) WHERE organisation_id IS NOT NULL;
CREATE UNIQUE INDEX officer_posts_approver ON officer_posts (officer_id) WHERE organisation_id IS NULL;
CREATE UNIQUE INDEX officer_posts_leader ON officer_posts (organisation_id) WHERE role = 'leader';
CREATE INDEX officer_posts_organisation ON officer_posts (organisation_id, officer_id);
CREATE INDEX officer_posts_officer ON officer_posts (officer_id);

-- The row is the proof of the consent. Who left keeps no number in it.
CREATE TABLE members (
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    pseudonym       BYTEA NOT NULL CHECK (length(pseudonym) = 32),
    phone_key       TEXT,
    phone           BYTEA,
    language_key    TEXT,
    language        BYTEA,
    state           TEXT NOT NULL CHECK (state IN ('invited', 'joined', 'left')),
    invited_by      BIGINT REFERENCES officers (id),
    invited_at      BIGINT,
    text_version    TEXT NOT NULL DEFAULT '',
    channel         TEXT NOT NULL DEFAULT '',
    source          TEXT NOT NULL DEFAULT '',
    joined_at       BIGINT,
    left_at         BIGINT,
    PRIMARY KEY (organisation_id, pseudonym),
    CHECK (state <> 'joined' OR (phone IS NOT NULL AND text_version <> '' AND channel <> '' AND source <> '' AND joined_at IS NOT NULL))
);
CREATE INDEX members_pseudonym ON members (pseudonym);
CREATE INDEX members_joined ON members (organisation_id, pseudonym) WHERE state = 'joined';
CREATE INDEX members_invited ON members (invited_at) WHERE state = 'invited';
CREATE INDEX members_inviting ON members (organisation_id, invited_at) WHERE invited_at IS NOT NULL;
CREATE INDEX members_left ON members (left_at) WHERE state = 'left';

CREATE TABLE venues (
    id         @identity,
    commune_id BIGINT NOT NULL REFERENCES places (id),
    number     BIGINT NOT NULL CHECK (number > 0),
    name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 24),
    place_id   BIGINT REFERENCES places (id),
    retired    BOOLEAN NOT NULL DEFAULT FALSE,
    updated_at BIGINT NOT NULL,
    UNIQUE (commune_id, number)
);
CREATE UNIQUE INDEX venues_name ON venues (commune_id, name) WHERE NOT retired;

CREATE TABLE blocked_dates (
    id         @identity,
    commune_id BIGINT NOT NULL REFERENCES places (id),
    from_on    TEXT NOT NULL CHECK (from_on <> ''),
    to_on      TEXT NOT NULL CHECK (to_on >= from_on),
    reason     TEXT NOT NULL CHECK (reason <> '')
);
CREATE INDEX blocked_dates_commune ON blocked_dates (commune_id, to_on);

CREATE TABLE safety_levels (
    commune_id BIGINT PRIMARY KEY REFERENCES places (id),
    level      TEXT NOT NULL CHECK (level IN ('open', 'shielded')),
    updated_at BIGINT NOT NULL
);

CREATE TABLE notices (
    id                @identity,
    commune_id        BIGINT NOT NULL REFERENCES places (id),
    organisation_id   BIGINT REFERENCES organisations (id), -- NULL: the town hall
    audience          TEXT NOT NULL CHECK (audience IN ('members', 'public')),
    topic             TEXT NOT NULL CHECK (topic IN ('savings', 'budget', 'training', 'works', 'other')),
    venue_id          BIGINT REFERENCES venues (id),
    place             TEXT NOT NULL CHECK (length(place) <= 24),
    starts_at         BIGINT NOT NULL,
    state             TEXT NOT NULL CHECK (state IN ('draft', 'asked', 'approved', 'refused', 'announced', 'postponed', 'cancelled', 'past')),
    version           BIGINT NOT NULL DEFAULT 0,
    author_officer_id BIGINT REFERENCES officers (id),
    author_account_id BIGINT,
    appeal            TEXT NOT NULL DEFAULT '' CHECK (appeal IN ('', 'asked', 'granted', 'rejected')),
    appealed_at       BIGINT,
    created_at        BIGINT NOT NULL,
    announced_at      BIGINT,
    updated_at        BIGINT NOT NULL,
    CHECK (audience = 'public' OR organisation_id IS NOT NULL),
    CHECK ((venue_id IS NULL) = (place <> ''))
);
CREATE INDEX notices_organisation ON notices (commune_id, organisation_id, created_at);
CREATE INDEX notices_upcoming ON notices (commune_id, starts_at) WHERE state IN ('announced', 'postponed');
CREATE INDEX notices_begun ON notices (starts_at);
CREATE INDEX notices_appealed ON notices (appealed_at) WHERE appeal = 'asked';

CREATE TABLE notice_versions (
    notice_id           BIGINT NOT NULL REFERENCES notices (id),
    version             BIGINT NOT NULL CHECK (version > 0),
    change              TEXT NOT NULL CHECK (change IN ('new', 'postponed', 'corrected', 'cancelled')),
    topic               TEXT NOT NULL,
    venue_id            BIGINT REFERENCES venues (id),
    place               TEXT NOT NULL,
    starts_at           BIGINT NOT NULL,
    state               TEXT NOT NULL CHECK (state IN ('asked', 'approved', 'announced', 'refused', 'withdrawn', 'lapsed')),
    mandate_id          BIGINT REFERENCES mandates (id),
    author_officer_id   BIGINT REFERENCES officers (id),
    author_account_id   BIGINT,
    approver_officer_id BIGINT REFERENCES officers (id),
    approver_account_id BIGINT,
    reason              TEXT NOT NULL DEFAULT '',
    note                TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 100),
    recipients          BIGINT NOT NULL,
    cost                BIGINT,
    asked_at            BIGINT NOT NULL,
    approve_by_at       BIGINT NOT NULL,
    decided_at          BIGINT,
    announced_at        BIGINT,
    PRIMARY KEY (notice_id, version)
);
-- One version at a time is under way.
CREATE UNIQUE INDEX notice_versions_open ON notice_versions (notice_id) WHERE state IN ('asked', 'approved');
CREATE INDEX notice_versions_asked ON notice_versions (approve_by_at) WHERE state = 'asked';

-- As with ballots, a word outlives its voter. It holds for the time it was
-- given for.
CREATE TABLE attendances (
    id          @rowid,
    notice_id   BIGINT NOT NULL REFERENCES notices (id),
    voter       BYTEA CHECK (voter IS NULL OR length(voter) = 32),
    coming      BOOLEAN NOT NULL,
    starts_at   BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    unlinked_at BIGINT,
    UNIQUE (notice_id, voter)
);
CREATE INDEX attendances_voter ON attendances (voter) WHERE voter IS NOT NULL;

INSERT INTO retention (table_name, class, keep) VALUES
    ('organisations', 'record', 0),
    ('mandates', 'record', 0),
    ('officers', 'personal', 0),
    ('officer_posts', 'personal', 0),
    ('members', 'personal', 31536000000000),
    ('venues', 'record', 0),
    ('blocked_dates', 'record', 0),
    ('safety_levels', 'record', 0),
    ('notices', 'record', 0),
    ('notice_versions', 'record', 0),
    ('attendances', 'answers', 2592000000000);
