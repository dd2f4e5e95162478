-- Jobs, trainings and tenders, market days, and what communes learn from each other.

CREATE TABLE opportunities (
    id           @identity,
    commune_id   BIGINT NOT NULL REFERENCES places (id),
    kind         TEXT NOT NULL CHECK (kind IN ('job', 'training', 'tender')),
    title        TEXT NOT NULL,
    summary      TEXT NOT NULL,
    organisation TEXT NOT NULL CHECK (organisation <> ''),
    place_name   TEXT NOT NULL,
    deadline_at  BIGINT NOT NULL,
    ocid         TEXT UNIQUE,
    tender       TEXT CHECK (tender IS NULL OR kind = 'tender'),
    state        TEXT NOT NULL CHECK (state IN ('draft', 'published', 'closed', 'withdrawn')),
    created_at   BIGINT NOT NULL,
    published_at BIGINT,
    updated_at   BIGINT NOT NULL
);
CREATE INDEX opportunities_commune ON opportunities (commune_id, deadline_at);
CREATE INDEX opportunities_open ON opportunities (commune_id, kind, deadline_at) WHERE state = 'published';

CREATE TABLE market_days (
    id         @identity,
    commune_id BIGINT NOT NULL REFERENCES places (id),
    place_id   BIGINT REFERENCES places (id),
    place_name TEXT NOT NULL CHECK (place_name <> ''),
    weekdays   BIGINT NOT NULL CHECK (weekdays BETWEEN 1 AND 127), -- bit 0 is Monday
    note       TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (commune_id, place_name)
);

CREATE TABLE practices (
    id           @identity,
    commune_id   BIGINT NOT NULL REFERENCES places (id),
    number       BIGINT NOT NULL UNIQUE CHECK (number >= 10), -- one space for the country
    title        TEXT NOT NULL,
    problem      TEXT NOT NULL,
    measure      TEXT NOT NULL,
    cost         BIGINT CHECK (cost >= 0),
    result       TEXT NOT NULL,
    year         BIGINT NOT NULL CHECK (year BETWEEN 1990 AND 2200),
    state        TEXT NOT NULL CHECK (state IN ('draft', 'published', 'withdrawn')),
    created_at   BIGINT NOT NULL,
    published_at BIGINT,
    updated_at   BIGINT NOT NULL
);
CREATE INDEX practices_commune ON practices (commune_id, number);
CREATE INDEX practices_published ON practices (published_at) WHERE state = 'published';

-- As with ballots, a vote outlives its voter.
CREATE TABLE practice_votes (
    id          @rowid,
    practice_id BIGINT NOT NULL REFERENCES practices (id) ON DELETE CASCADE,
    voter       BYTEA CHECK (voter IS NULL OR length(voter) = 32),
    useful      BOOLEAN NOT NULL,
    voted_at    BIGINT NOT NULL,
    unlinked_at BIGINT,
    UNIQUE (practice_id, voter)
);
CREATE INDEX practice_votes_voter ON practice_votes (voter) WHERE voter IS NOT NULL;
CREATE INDEX practice_votes_linked ON practice_votes (voted_at) WHERE voter IS NOT NULL;

-- Cases may come from a business or ask another commune about a practice. The
-- subject of a published case is the clerk's own words, never the asker's.
-- dialect: sqlite
CREATE TABLE cases_wider (
    id           @identity,
    commune_id   BIGINT NOT NULL REFERENCES places (id),
    number       TEXT NOT NULL CHECK (length(number) BETWEEN 4 AND 6),
    kind         TEXT NOT NULL CHECK (kind IN ('road', 'water', 'school_health', 'town_hall', 'other', 'business', 'practice')),
    body_key     TEXT,
    body         BYTEA,
    place_id     BIGINT REFERENCES places (id),
    place_text   TEXT NOT NULL,
    asker        BYTEA CHECK (asker IS NULL OR length(asker) = 32),
    state        TEXT NOT NULL CHECK (state IN ('received', 'assigned', 'answered', 'closed')),
    answer       TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    answered_at  BIGINT,
    due_at       BIGINT,
    practice_id  BIGINT REFERENCES practices (id),
    subject      TEXT NOT NULL DEFAULT '{}',
    published_at BIGINT,
    UNIQUE (commune_id, number)
);
INSERT INTO cases_wider (id, commune_id, number, kind, body_key, body, place_id, place_text, asker, state, answer, created_at,
                         answered_at, due_at)
SELECT id, commune_id, number, kind, body_key, body, place_id, place_text, asker, state, answer, created_at, answered_at, due_at
FROM cases;
DROP TABLE cases;
ALTER TABLE cases_wider RENAME TO cases;
CREATE INDEX cases_state ON cases (commune_id, state, created_at);
CREATE INDEX cases_asker ON cases (asker, commune_id) WHERE asker IS NOT NULL;
CREATE INDEX cases_words ON cases (created_at) WHERE body IS NOT NULL;
-- dialect: postgres
ALTER TABLE cases DROP CONSTRAINT cases_kind_check;
ALTER TABLE cases ADD CONSTRAINT cases_kind_check
    CHECK (kind IN ('road', 'water', 'school_health', 'town_hall', 'other', 'business', 'practice'));
ALTER TABLE cases ADD COLUMN practice_id BIGINT REFERENCES practices (id);
ALTER TABLE cases ADD COLUMN subject TEXT NOT NULL DEFAULT '{}';
ALTER TABLE cases ADD COLUMN published_at BIGINT;
-- dialect: both
CREATE INDEX cases_public ON cases (commune_id, kind, published_at) WHERE published_at IS NOT NULL;

INSERT INTO retention (table_name, class, keep) VALUES
    ('opportunities', 'record', 0),
    ('market_days', 'record', 0),
    ('practices', 'record', 0),
    ('practice_votes', 'answers', 2592000000000);
