-- Consultations of every kind with their follow-up and vote cards, cases with an audience and a question whether they are
-- solved, and requests to be called back.

-- The state gets two more values. The column is replaced, as the tables that refer to consultations must not notice.
DROP INDEX consultations_open;
ALTER TABLE consultations ADD COLUMN phase TEXT NOT NULL DEFAULT 'draft'
    CHECK (phase IN ('draft', 'open', 'closed', 'published', 'decided', 'followed'));
UPDATE consultations SET phase = CASE WHEN state = 'published' AND decision_on <> '' THEN 'decided' ELSE state END;
ALTER TABLE consultations DROP COLUMN state;
ALTER TABLE consultations RENAME COLUMN phase TO state;
CREATE INDEX consultations_open ON consultations (closes_at) WHERE state = 'open';
-- Ballots counted at closing, by how they came.
ALTER TABLE consultations ADD COLUMN phone_ballots BIGINT;
ALTER TABLE consultations ADD COLUMN card_ballots BIGINT;

ALTER TABLE questions ADD COLUMN envelope BIGINT CHECK (envelope > 0);
ALTER TABLE choices ADD COLUMN cost BIGINT CHECK (cost >= 0);
ALTER TABLE answers ADD COLUMN words_key TEXT;
ALTER TABLE answers ADD COLUMN words BYTEA;
ALTER TABLE answers ADD COLUMN kept_words_key TEXT;
ALTER TABLE answers ADD COLUMN kept_words BYTEA;
ALTER TABLE ballots ADD COLUMN card BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE consultation_steps (
    id              @identity,
    consultation_id BIGINT NOT NULL REFERENCES consultations (id),
    done_on         TEXT NOT NULL CHECK (done_on <> ''),
    what            TEXT NOT NULL,
    created_at      BIGINT NOT NULL
);
CREATE INDEX consultation_steps_of ON consultation_steps (consultation_id, done_on);

-- A card is known by a keyed hash of its code alone, and nothing ties it to a phone.
CREATE TABLE vote_cards (
    id              @rowid,
    consultation_id BIGINT NOT NULL REFERENCES consultations (id),
    batch           BIGINT NOT NULL,
    code_hash       BYTEA NOT NULL CHECK (length(code_hash) = 16),
    issued_at       BIGINT NOT NULL,
    used_at         BIGINT,
    voided_at       BIGINT,
    UNIQUE (consultation_id, code_hash)
);
CREATE INDEX vote_cards_batch ON vote_cards (consultation_id, batch);

-- Cases about the town hall have readers outside it. The assignee is the id of a console account.
ALTER TABLE cases ADD COLUMN audience TEXT NOT NULL DEFAULT 'clerks' CHECK (audience IN ('clerks', 'referral'));
UPDATE cases SET audience = 'referral' WHERE kind = 'town_hall';
ALTER TABLE cases ADD COLUMN assignee TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN assigned_at BIGINT;
ALTER TABLE cases ADD COLUMN prompt TEXT NOT NULL DEFAULT '' CHECK (prompt IN ('', 'due', 'later', 'yes', 'no'));
ALTER TABLE cases ADD COLUMN prompted_at BIGINT;
ALTER TABLE cases ADD COLUMN reopened_at BIGINT;
DROP INDEX cases_state;
CREATE INDEX cases_state ON cases (commune_id, audience, state, created_at);
CREATE INDEX cases_late ON cases (commune_id, audience, due_at) WHERE state IN ('received', 'assigned');
CREATE INDEX cases_answered ON cases (answered_at) WHERE state = 'answered' AND prompt = '' AND asker IS NOT NULL;

CREATE TABLE callbacks (
    id         @identity,
    commune_id BIGINT REFERENCES places (id), -- NULL: not known, for whoever serves the channel
    caller     BYTEA CHECK (caller IS NULL OR length(caller) = 32),
    phone_key  TEXT,
    phone      BYTEA,
    channel    TEXT NOT NULL,
    subject    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('open', 'called', 'given_up')),
    made_at    BIGINT NOT NULL,
    done_at    BIGINT
);
CREATE UNIQUE INDEX callbacks_open ON callbacks (caller) WHERE state = 'open';
CREATE INDEX callbacks_caller ON callbacks (caller) WHERE caller IS NOT NULL;
CREATE INDEX callbacks_commune ON callbacks (commune_id, state, made_at);
CREATE INDEX callbacks_done ON callbacks (done_at) WHERE done_at IS NOT NULL;

INSERT INTO retention (table_name, class, keep) VALUES
    ('consultation_steps', 'record', 0),
    ('vote_cards', 'answers', 2592000000000),
    ('callbacks', 'personal', 2592000000000);
