-- What residents say they see and support, the budget's calendar, contacts outside
-- the town hall, projects with private partners.

-- One vote per number and thing: what is seen of a work, whether a practice is
-- useful, who has the same question. As with ballots, a vote outlives its voter.
CREATE TABLE voices (
    id          @rowid,
    kind        TEXT NOT NULL CHECK (kind IN ('work', 'practice', 'answer')),
    commune_id  BIGINT NOT NULL REFERENCES places (id),
    ref         BIGINT NOT NULL,
    voter       BYTEA CHECK (voter IS NULL OR length(voter) = 32),
    said        TEXT NOT NULL CHECK (said <> ''),
    counted     BOOLEAN NOT NULL, -- in what is shown; a change takes it out again
    given_at    BIGINT NOT NULL,
    unlinked_at BIGINT,
    UNIQUE (kind, commune_id, ref, voter)
);
CREATE INDEX voices_voter ON voices (voter) WHERE voter IS NOT NULL;
CREATE INDEX voices_linked ON voices (given_at) WHERE voter IS NOT NULL;
INSERT INTO voices (kind, commune_id, ref, voter, said, counted, given_at, unlinked_at)
SELECT 'practice', p.commune_id, v.practice_id, v.voter, CASE WHEN v.useful THEN 'useful' ELSE 'useless' END, FALSE,
       v.voted_at, v.unlinked_at
FROM practice_votes v JOIN practices p ON p.id = v.practice_id;
-- What of them is shown: totals as they stood when enough were new at once.
CREATE TABLE voices_shown (
    kind       TEXT NOT NULL,
    commune_id BIGINT NOT NULL REFERENCES places (id),
    ref        BIGINT NOT NULL,
    tally      TEXT NOT NULL,
    shown_at   BIGINT,
    PRIMARY KEY (kind, commune_id, ref)
);
INSERT INTO voices_shown (kind, commune_id, ref, tally)
SELECT DISTINCT 'practice', p.commune_id, p.id, '{}' FROM practices p JOIN practice_votes v ON v.practice_id = p.id;
DROP TABLE practice_votes;
DELETE FROM retention WHERE table_name = 'practice_votes';

-- What differs from the usual rule, and what proves that a step was done.
CREATE TABLE budget_calendar (
    commune_id BIGINT NOT NULL REFERENCES places (id),
    year       BIGINT NOT NULL CHECK (year BETWEEN 1960 AND 2200),
    step       TEXT NOT NULL CHECK (step IN ('debate', 'vote', 'transmission', 'additional', 'accounts', 'restitution')),
    due_on     TEXT NOT NULL,
    done_on    TEXT NOT NULL,
    evidence   TEXT NOT NULL,
    reference  TEXT NOT NULL, -- notice:12, sha256:…
    revision   BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (commune_id, year, step)
);

-- Whom people can turn to who is not their town hall. An area is never a commune.
CREATE TABLE referrals (
    id          @identity,
    area_id     BIGINT NOT NULL REFERENCES places (id),
    purpose     TEXT NOT NULL CHECK (purpose IN ('abuse', 'protection', 'threat', 'mediation')),
    name        TEXT NOT NULL CHECK (name <> ''),
    phone       TEXT NOT NULL CHECK (phone <> ''),
    verified_at BIGINT,
    updated_at  BIGINT NOT NULL,
    UNIQUE (area_id, purpose, name)
);

ALTER TABLE services ADD COLUMN papers_waived BOOLEAN NOT NULL DEFAULT FALSE; -- takes people in without papers
ALTER TABLE services ADD COLUMN capacity BIGINT CHECK (capacity >= 0);         -- people at a time, as the service says

-- A place may hold markets of several kinds on different days.
-- dialect: sqlite
CREATE TABLE market_days_wider (
    id         @identity,
    commune_id BIGINT NOT NULL REFERENCES places (id),
    place_id   BIGINT REFERENCES places (id),
    place_name TEXT NOT NULL CHECK (place_name <> ''),
    sector     TEXT NOT NULL DEFAULT 'general' CHECK (sector IN ('general', 'livestock', 'cereals', 'produce', 'crafts')),
    weekdays   BIGINT NOT NULL CHECK (weekdays BETWEEN 1 AND 127), -- bit 0 is Monday
    note       TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (commune_id, place_name, sector)
);
INSERT INTO market_days_wider (id, commune_id, place_id, place_name, weekdays, note, updated_at)
SELECT id, commune_id, place_id, place_name, weekdays, note, updated_at FROM market_days;
DROP TABLE market_days;
ALTER TABLE market_days_wider RENAME TO market_days;
-- dialect: postgres
ALTER TABLE market_days ADD COLUMN sector TEXT NOT NULL DEFAULT 'general'
    CHECK (sector IN ('general', 'livestock', 'cereals', 'produce', 'crafts'));
ALTER TABLE market_days DROP CONSTRAINT market_days_commune_id_place_name_key;
ALTER TABLE market_days ADD UNIQUE (commune_id, place_name, sector);
-- dialect: both

CREATE TABLE partner_projects (
    id           @identity,
    commune_id   BIGINT NOT NULL REFERENCES places (id),
    title        TEXT NOT NULL,
    summary      TEXT NOT NULL,
    partner      TEXT NOT NULL CHECK (partner <> ''),
    place_name   TEXT NOT NULL,
    amount       BIGINT CHECK (amount >= 0),
    state        TEXT NOT NULL CHECK (state IN ('proposed', 'agreed', 'ongoing', 'done', 'stopped')),
    state_at     BIGINT NOT NULL,
    published_at BIGINT,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);
CREATE INDEX partner_projects_commune ON partner_projects (commune_id, state_at);

-- Who agreed to hear of offers has been told, or not yet.
ALTER TABLE opportunities ADD COLUMN alerted_at BIGINT;
CREATE INDEX opportunities_unheard ON opportunities (deadline_at) WHERE state = 'published' AND alerted_at IS NULL;
CREATE INDEX consents_agreed ON consents (purpose, pseudonym) WHERE withdrawn_at IS NULL;

INSERT INTO retention (table_name, class, keep) VALUES
    ('voices', 'answers', 2592000000000),
    ('voices_shown', 'record', 0),
    ('budget_calendar', 'record', 0),
    ('referrals', 'record', 0),
    ('partner_projects', 'record', 0);
