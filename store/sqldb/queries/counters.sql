-- name: counter_add
-- index: counters primary key
INSERT INTO counters (commune_id, subject, name, hour_at, n) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (commune_id, subject, hour_at, name) DO UPDATE SET n = counters.n + excluded.n

-- name: counter_range
-- index: counters primary key
SELECT commune_id, subject, name, hour_at, n FROM counters
WHERE commune_id = $1 AND subject = $2 AND hour_at >= $3 AND hour_at < $4 ORDER BY hour_at, name
