-- name: audit_next
-- index: audit_head primary key; the row's lock makes appenders queue up
UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash

-- name: audit_insert
-- index: audit primary key
INSERT INTO audit (seq, at, actor, action, object, commune_id, before_text, after_text, reason, request_id, prev, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: audit_link
-- index: audit_head primary key
UPDATE audit_head SET hash = $1 WHERE id = 1

-- name: audit_head
-- index: audit_head primary key
SELECT seq, hash FROM audit_head WHERE id = 1

-- name: audit_list
-- index: audit primary key
SELECT seq, at, actor, action, object, commune_id, before_text, after_text, reason, request_id, prev, hash
FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2

-- name: audit_list_commune
-- index: audit_commune
SELECT seq, at, actor, action, object, commune_id, before_text, after_text, reason, request_id, prev, hash
FROM audit WHERE commune_id = $1 AND seq > $2 ORDER BY seq LIMIT $3

-- name: audit_search
-- index: audit primary key, from the newest backwards
SELECT seq, at, actor, action, object, commune_id, before_text, after_text, reason, request_id, prev, hash
FROM audit WHERE seq < $1 AND ($2 = '' OR actor = $2) AND substr(action, 1, length($3)) = $3 AND ($4 = '' OR object = $4)
  AND at >= $5 AND at < $6
ORDER BY seq DESC LIMIT $7

-- name: audit_search_commune
-- index: audit_commune
SELECT seq, at, actor, action, object, commune_id, before_text, after_text, reason, request_id, prev, hash
FROM audit WHERE commune_id = $8 AND seq < $1 AND ($2 = '' OR actor = $2) AND substr(action, 1, length($3)) = $3 AND ($4 = '' OR object = $4)
  AND at >= $5 AND at < $6
ORDER BY seq DESC LIMIT $7
