-- Records of the commune and of the people who talk with it.
--
-- One text for both engines. @identity is a generated key that is never used
-- twice, @rowid one for busy tables whose ids nobody quotes. Instants are
-- microseconds since 1970 in UTC (…_at), civil days are ISO text (…_on),
-- amounts are whole francs CFA, JSON is text.

CREATE TABLE retention (
    table_name TEXT PRIMARY KEY,
    class      TEXT NOT NULL CHECK (class IN ('record', 'proof', 'personal', 'answers', 'messages', 'technical')),
    keep       BIGINT NOT NULL DEFAULT 0 -- microseconds; 0: no limit in time
);

CREATE TABLE places (
    id         @identity,
    edition    TEXT NOT NULL CHECK (edition <> ''),
    pcode      TEXT NOT NULL CHECK (pcode <> ''),
    level      TEXT NOT NULL CHECK (level IN ('country', 'region', 'cercle', 'commune', 'settlement')),
    parent_id  BIGINT REFERENCES places (id),
    name       TEXT NOT NULL CHECK (name <> ''),
    short_name TEXT NOT NULL DEFAULT '' CHECK (length(short_name) <= 14),
    aliases    TEXT NOT NULL DEFAULT '[]',
    number     TEXT CHECK (number IS NULL OR (length(number) = 3 AND level = 'commune')),
    lat        DOUBLE PRECISION CHECK (lat BETWEEN -90 AND 90),
    lon        DOUBLE PRECISION CHECK (lon BETWEEN -180 AND 180),
    population BIGINT CHECK (population >= 0),
    languages  TEXT NOT NULL DEFAULT '[]',
    fictional  BOOLEAN NOT NULL DEFAULT FALSE,
    unverified BOOLEAN NOT NULL DEFAULT FALSE,
    in_use     BOOLEAN NOT NULL DEFAULT FALSE,
    UNIQUE (edition, pcode)
);
CREATE INDEX places_parent ON places (parent_id, name);
CREATE INDEX places_level ON places (level, name) WHERE in_use;
-- A dialled number names one commune among the editions in use.
CREATE UNIQUE INDEX places_number ON places (number) WHERE in_use AND number IS NOT NULL;

CREATE TABLE data_keys (
    id         TEXT PRIMARY KEY,
    purpose    TEXT NOT NULL,
    box        BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);
CREATE UNIQUE INDEX data_keys_active ON data_keys (purpose) WHERE retired_at IS NULL;

CREATE TABLE contacts (
    pseudonym      BYTEA PRIMARY KEY CHECK (length(pseudonym) = 32),
    phone_key      TEXT NOT NULL,
    phone          BYTEA NOT NULL,
    language_key   TEXT,
    language       BYTEA,
    commune_id     BIGINT REFERENCES places (id),
    created_at     BIGINT NOT NULL,
    last_active_at BIGINT NOT NULL
);
CREATE INDEX contacts_active ON contacts (last_active_at);

CREATE TABLE consents (
    id           @identity,
    pseudonym    BYTEA NOT NULL CHECK (length(pseudonym) = 32),
    purpose      TEXT NOT NULL CHECK (purpose <> 'all'),
    text_version TEXT NOT NULL,
    language_key TEXT,
    language     BYTEA,
    channel      TEXT NOT NULL,
    source       TEXT NOT NULL,
    given_at     BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE UNIQUE INDEX consents_standing ON consents (pseudonym, purpose) WHERE withdrawn_at IS NULL;
CREATE INDEX consents_pseudonym ON consents (pseudonym);

CREATE TABLE suppressions (
    pseudonym     BYTEA NOT NULL CHECK (length(pseudonym) = 32),
    purpose       TEXT NOT NULL,
    suppressed_at BIGINT NOT NULL,
    PRIMARY KEY (pseudonym, purpose)
);

CREATE TABLE budget_documents (
    id             @identity,
    commune_id     BIGINT NOT NULL REFERENCES places (id),
    year           BIGINT NOT NULL CHECK (year BETWEEN 1960 AND 2200),
    stage          TEXT NOT NULL CHECK (stage IN ('budget_primitif', 'budget_additionnel', 'compte_administratif')),
    version        BIGINT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('draft', 'published', 'superseded')),
    voted_on       TEXT NOT NULL DEFAULT '',
    voted_by       TEXT NOT NULL DEFAULT '' CHECK (voted_by IN ('', 'conseil_communal', 'delegation_speciale', 'autorite_interimaire')),
    voted_by_text  TEXT NOT NULL DEFAULT '',
    votes_for      BIGINT,
    votes_against  BIGINT,
    abstentions    BIGINT,
    transmitted_on TEXT NOT NULL DEFAULT '',
    approved_on    TEXT NOT NULL DEFAULT '',
    source_name    TEXT NOT NULL DEFAULT '',
    source_hash    BYTEA,
    created_at     BIGINT NOT NULL,
    published_at   BIGINT,
    UNIQUE (commune_id, year, stage, version)
);
CREATE UNIQUE INDEX budget_documents_standing ON budget_documents (commune_id, year, stage) WHERE status = 'published';

CREATE TABLE budget_lines (
    document_id    BIGINT NOT NULL REFERENCES budget_documents (id) ON DELETE CASCADE,
    row_number     BIGINT NOT NULL,
    section        TEXT NOT NULL CHECK (section IN ('fonctionnement', 'investissement')),
    direction      TEXT NOT NULL CHECK (direction IN ('recette', 'depense')),
    kind           TEXT NOT NULL CHECK (kind IN ('reel', 'ordre')),
    nature         TEXT NOT NULL,
    nature_label   TEXT NOT NULL,
    chapter        TEXT NOT NULL,
    chapter_label  TEXT NOT NULL,
    function       TEXT NOT NULL,
    function_label TEXT NOT NULL,
    operation      TEXT NOT NULL,
    sector         TEXT NOT NULL,
    village        TEXT NOT NULL,
    previous       BIGINT,
    planned        BIGINT NOT NULL,
    revised        BIGINT,
    realised       BIGINT,
    PRIMARY KEY (document_id, row_number)
);

CREATE TABLE dial_numbers (
    commune_id BIGINT NOT NULL REFERENCES places (id),
    number     BIGINT NOT NULL CHECK (number >= 10),
    kind       TEXT NOT NULL,
    ref        BIGINT NOT NULL,
    PRIMARY KEY (commune_id, number),
    UNIQUE (commune_id, kind, ref)
);

CREATE TABLE works (
    id         @identity,
    commune_id BIGINT NOT NULL REFERENCES places (id),
    year       BIGINT NOT NULL,
    operation  TEXT NOT NULL CHECK (operation <> ''),
    sector     TEXT NOT NULL,
    village    TEXT NOT NULL,
    place_id   BIGINT REFERENCES places (id),
    planned    BIGINT NOT NULL,
    realised   BIGINT,
    state      TEXT NOT NULL CHECK (state IN ('planned', 'ongoing', 'done', 'stopped')),
    updated_at BIGINT NOT NULL,
    UNIQUE (commune_id, year, operation, village)
);

CREATE TABLE tax_facts (
    commune_id BIGINT NOT NULL REFERENCES places (id),
    year       BIGINT NOT NULL,
    rate       BIGINT NOT NULL CHECK (rate >= 0),
    exempt     TEXT NOT NULL,
    local_note TEXT NOT NULL,
    source     TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (commune_id, year)
);

CREATE TABLE consultations (
    id          @identity,
    commune_id  BIGINT NOT NULL REFERENCES places (id),
    place_id    BIGINT REFERENCES places (id),
    title       TEXT NOT NULL,
    opens_at    BIGINT NOT NULL,
    closes_at   BIGINT NOT NULL CHECK (closes_at > opens_at),
    state       TEXT NOT NULL CHECK (state IN ('draft', 'open', 'closed', 'published')),
    reading_on  TEXT NOT NULL DEFAULT '',
    decision    TEXT NOT NULL DEFAULT '{}',
    decision_on TEXT NOT NULL DEFAULT '',
    created_at  BIGINT NOT NULL,
    closed_at   BIGINT
);
CREATE INDEX consultations_commune ON consultations (commune_id, closes_at);
CREATE INDEX consultations_open ON consultations (closes_at) WHERE state = 'open';

CREATE TABLE questions (
    id              @identity,
    consultation_id BIGINT NOT NULL REFERENCES consultations (id) ON DELETE CASCADE,
    ordinal         BIGINT NOT NULL,
    kind            TEXT NOT NULL,
    text            TEXT NOT NULL,
    min             BIGINT,
    max             BIGINT,
    randomise       BOOLEAN NOT NULL,
    UNIQUE (consultation_id, ordinal)
);

CREATE TABLE choices (
    id          @identity,
    question_id BIGINT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    ordinal     BIGINT NOT NULL,
    label       TEXT NOT NULL,
    UNIQUE (question_id, ordinal)
);

-- The voter stands in one row only, so that unlinking is one change and the
-- answers of a ballot stay together without it.
CREATE TABLE ballots (
    id              @identity,
    consultation_id BIGINT NOT NULL REFERENCES consultations (id),
    voter           BYTEA CHECK (voter IS NULL OR length(voter) = 32),
    confirmed_at    BIGINT,
    unlinked_at     BIGINT,
    UNIQUE (consultation_id, voter)
);
CREATE INDEX ballots_voter ON ballots (voter);

CREATE TABLE answers (
    ballot_id    BIGINT NOT NULL REFERENCES ballots (id) ON DELETE CASCADE,
    question_id  BIGINT NOT NULL REFERENCES questions (id),
    choices      TEXT NOT NULL,
    number       BIGINT,
    choice_order TEXT NOT NULL,
    asked_order  BIGINT NOT NULL,
    -- What the last confirmation fixed: only this counts.
    kept_choices TEXT,
    kept_number  BIGINT,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (ballot_id, question_id)
);

CREATE TABLE results (
    question_id BIGINT NOT NULL REFERENCES questions (id),
    choice_id   BIGINT NOT NULL, -- 0: the question itself
    n           BIGINT NOT NULL,
    sum         BIGINT,
    min         BIGINT,
    max         BIGINT,
    median      BIGINT,
    PRIMARY KEY (question_id, choice_id)
);

CREATE TABLE services (
    id          @identity,
    commune_id  BIGINT NOT NULL REFERENCES places (id),
    need        TEXT NOT NULL CHECK (need <> ''),
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL CHECK (name <> ''),
    place_name  TEXT NOT NULL,
    lat         DOUBLE PRECISION CHECK (lat BETWEEN -90 AND 90),
    lon         DOUBLE PRECISION CHECK (lon BETWEEN -180 AND 180),
    hours_text  TEXT NOT NULL,
    hours       TEXT,
    price       BIGINT CHECK (price >= 0),
    papers      TEXT NOT NULL,
    phone       TEXT NOT NULL,
    verified_at BIGINT,
    review_on   TEXT NOT NULL,
    unverified  BOOLEAN NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('active', 'closed_temporarily', 'defunct')),
    source      TEXT NOT NULL,
    external_id TEXT NOT NULL CHECK (external_id <> ''),
    updated_at  BIGINT NOT NULL,
    UNIQUE (commune_id, source, external_id)
);
CREATE INDEX services_commune ON services (commune_id, need, name);
CREATE INDEX services_position ON services (need, lat, lon);

CREATE TABLE counters (
    commune_id BIGINT NOT NULL,
    subject    TEXT NOT NULL,
    name       TEXT NOT NULL,
    hour_at    BIGINT NOT NULL,
    n          BIGINT NOT NULL,
    PRIMARY KEY (commune_id, subject, hour_at, name)
);

CREATE TABLE cases (
    id          @identity,
    commune_id  BIGINT NOT NULL REFERENCES places (id),
    number      TEXT NOT NULL CHECK (length(number) BETWEEN 4 AND 6),
    kind        TEXT NOT NULL CHECK (kind IN ('road', 'water', 'school_health', 'town_hall', 'other')),
    body_key    TEXT,
    body        BYTEA,
    place_id    BIGINT REFERENCES places (id),
    place_text  TEXT NOT NULL,
    asker       BYTEA CHECK (asker IS NULL OR length(asker) = 32),
    state       TEXT NOT NULL CHECK (state IN ('received', 'assigned', 'answered', 'closed')),
    answer      TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    answered_at BIGINT,
    due_at      BIGINT,
    UNIQUE (commune_id, number)
);
CREATE INDEX cases_state ON cases (commune_id, state, created_at);
CREATE INDEX cases_asker ON cases (asker, commune_id) WHERE asker IS NOT NULL;
CREATE INDEX cases_words ON cases (created_at) WHERE body IS NOT NULL;

CREATE TABLE steps (
    session     BYTEA NOT NULL CHECK (length(session) = 32),
    step        BIGINT NOT NULL,
    fingerprint BYTEA NOT NULL CHECK (length(fingerprint) = 16),
    payload     BYTEA NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (session, step)
);
CREATE INDEX steps_created ON steps (created_at);

CREATE TABLE audit (
    seq         BIGINT PRIMARY KEY,
    at          BIGINT NOT NULL,
    actor       TEXT NOT NULL,
    action      TEXT NOT NULL CHECK (action <> ''),
    object      TEXT NOT NULL,
    commune_id  BIGINT NOT NULL DEFAULT 0,
    before_text TEXT NOT NULL,
    after_text  TEXT NOT NULL,
    reason      TEXT NOT NULL,
    request_id  TEXT NOT NULL,
    prev        BYTEA NOT NULL,
    hash        BYTEA NOT NULL
);
CREATE INDEX audit_commune ON audit (commune_id, seq);

-- One row; changing it is how appenders queue up, and how a cut tail shows.
CREATE TABLE audit_head (
    id   BIGINT PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    hash BYTEA NOT NULL
);

-- dialect: sqlite
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are final'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are final'); END;
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, zeroblob(32));
-- dialect: postgres
CREATE FUNCTION audit_final() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'audit rows are final' USING ERRCODE = 'integrity_constraint_violation';
END $body$;
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_final();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_final();
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));
-- dialect: both

CREATE TABLE leases (
    name     TEXT PRIMARY KEY,
    holder   TEXT NOT NULL,
    fence    BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);

CREATE TABLE job_runs (
    job         TEXT NOT NULL,
    due_at      BIGINT NOT NULL,
    holder      TEXT NOT NULL,
    fence       BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT,
    outcome     TEXT NOT NULL,
    detail      TEXT NOT NULL,
    PRIMARY KEY (job, due_at)
);
CREATE INDEX job_runs_due ON job_runs (due_at);

CREATE TABLE releases (
    hash       BYTEA PRIMARY KEY CHECK (length(hash) = 32),
    kind       TEXT NOT NULL CHECK (kind IN ('flows', 'catalogue')),
    data       BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE release_nodes (
    node    TEXT NOT NULL,
    hash    BYTEA NOT NULL REFERENCES releases (hash),
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (node, hash)
);

CREATE TABLE release_active (
    kind         TEXT PRIMARY KEY,
    hash         BYTEA NOT NULL REFERENCES releases (hash),
    activated_at BIGINT NOT NULL
);

INSERT INTO retention (table_name, class, keep) VALUES
    ('retention', 'technical', 0),
    ('places', 'record', 0),
    ('data_keys', 'technical', 0),
    ('contacts', 'personal', 31536000000000),
    ('consents', 'personal', 31536000000000),
    ('suppressions', 'proof', 0),
    ('budget_documents', 'record', 0),
    ('budget_lines', 'record', 0),
    ('dial_numbers', 'record', 0),
    ('works', 'record', 0),
    ('tax_facts', 'record', 0),
    ('consultations', 'record', 0),
    ('questions', 'record', 0),
    ('choices', 'record', 0),
    ('ballots', 'answers', 2592000000000),
    ('answers', 'answers', 2592000000000),
    ('results', 'record', 0),
    ('services', 'record', 0),
    ('counters', 'record', 0),
    ('cases', 'messages', 2592000000000),
    ('steps', 'technical', 172800000000),
    ('audit', 'proof', 0),
    ('audit_head', 'proof', 0),
    ('leases', 'technical', 0),
    ('job_runs', 'technical', 7776000000000),
    ('releases', 'technical', 0),
    ('release_nodes', 'technical', 0),
    ('release_active', 'technical', 0);
