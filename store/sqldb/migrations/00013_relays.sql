-- What systems behind a channel have yet to be told: written with what it tells of, deleted once it was told.

CREATE TABLE relay_reports (
    id          @identity,
    channel     @name NOT NULL CHECK (channel <> ''),
    kind        TEXT NOT NULL CHECK (kind IN ('state', 'receive', 'stopped')),
    peer_id     @name NOT NULL CHECK (peer_id <> ''),
    message_id  @name NOT NULL DEFAULT '', -- of the outbox
    told        TEXT NOT NULL DEFAULT '',
    person      BYTEA NOT NULL CHECK (length(person) = 32),
    payload_key TEXT,
    payload     BYTEA,
    created_at  BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    tries       BIGINT NOT NULL DEFAULT 0,
    UNIQUE (channel, kind, peer_id)
);
CREATE INDEX relay_reports_due ON relay_reports (channel, due_at, id);
CREATE INDEX relay_reports_person ON relay_reports (person);
CREATE INDEX relay_reports_age ON relay_reports (created_at);

INSERT INTO retention (table_name, class, keep) VALUES
    ('relay_reports', 'messages', 259200000000);
