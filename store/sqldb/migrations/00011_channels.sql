-- How channels fare in the eyes of each node.

CREATE TABLE channel_states (
    channel     TEXT NOT NULL CHECK (channel <> ''),
    node        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('ok', 'degraded', 'down')),
    reason      TEXT NOT NULL,
    last_in_at  BIGINT,
    last_out_at BIGINT,
    recent      TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (channel, node)
);

INSERT INTO retention (table_name, class, keep) VALUES
    ('channel_states', 'technical', 3600000000);
