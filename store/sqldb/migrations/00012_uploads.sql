-- Files on their way in, until they are imported or thrown away.

CREATE TABLE uploads (
    id         @identity,
    commune_id BIGINT NOT NULL REFERENCES places (id),
    kind       TEXT NOT NULL CHECK (kind <> ''),
    account_id BIGINT NOT NULL,
    name       TEXT NOT NULL,
    content    BYTEA NOT NULL,
    options    TEXT NOT NULL,
    revision   BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL
);
CREATE INDEX uploads_commune ON uploads (commune_id, kind, created_at);
CREATE INDEX uploads_created ON uploads (created_at);

INSERT INTO retention (table_name, class, keep) VALUES
    ('uploads', 'technical', 1209600000000);
