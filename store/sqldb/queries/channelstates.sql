-- name: channel_state_report
-- index: channel_states primary key
INSERT INTO channel_states (channel, node, state, reason, last_in_at, last_out_at, recent, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (channel, node) DO UPDATE SET state = excluded.state, reason = excluded.reason, last_in_at = excluded.last_in_at,
    last_out_at = excluded.last_out_at, recent = excluded.recent, at = excluded.at

-- name: channel_state_list
-- index: none, a row for each channel and node
SELECT channel, node, state, reason, last_in_at, last_out_at, recent, at FROM channel_states
WHERE at >= $1 ORDER BY channel, node

-- name: channel_state_purge
-- index: none, a row for each channel and node
DELETE FROM channel_states WHERE at < $1
