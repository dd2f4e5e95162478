-- name: budget_create
-- index: budget_documents (commune_id, year, stage, version)
INSERT INTO budget_documents (commune_id, year, stage, version, status, voted_on, voted_by, voted_by_text, votes_for,
                              votes_against, abstentions, transmitted_on, approved_on, source_name, source_hash, created_at)
SELECT $1, $2, $3, COALESCE(MAX(version), 0) + 1, 'draft', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
FROM budget_documents WHERE commune_id = $1 AND year = $2 AND stage = $3
RETURNING id

-- name: budget_get
-- index: budget_documents primary key
SELECT id, commune_id, year, stage, version, status, voted_on, voted_by, voted_by_text, votes_for, votes_against,
       abstentions, transmitted_on, approved_on, source_name, source_hash, created_at, published_at
FROM budget_documents WHERE id = $2 AND commune_id = $1

-- name: budget_list
-- index: budget_documents (commune_id, year, stage, version)
SELECT id, commune_id, year, stage, version, status, voted_on, voted_by, voted_by_text, votes_for, votes_against,
       abstentions, transmitted_on, approved_on, source_name, source_hash, created_at, published_at
FROM budget_documents WHERE commune_id = $1 ORDER BY year DESC, stage, version DESC

-- name: budget_published
-- index: budget_documents_standing
SELECT id, commune_id, year, stage, version, status, voted_on, voted_by, voted_by_text, votes_for, votes_against,
       abstentions, transmitted_on, approved_on, source_name, source_hash, created_at, published_at
FROM budget_documents WHERE commune_id = $1 AND year = $2 AND stage = $3 AND status = 'published'

-- name: budget_published_list
-- index: budget_documents_standing
SELECT id, commune_id, year, stage, version, status, voted_on, voted_by, voted_by_text, votes_for, votes_against,
       abstentions, transmitted_on, approved_on, source_name, source_hash, created_at, published_at
FROM budget_documents WHERE commune_id = $1 AND status = 'published' ORDER BY year DESC, stage

-- name: budget_lock_draft
-- index: budget_documents primary key
UPDATE budget_documents SET status = status WHERE id = $2 AND commune_id = $1 AND status = 'draft'

-- name: budget_line_insert
-- index: budget_lines primary key
INSERT INTO budget_lines (document_id, row_number, section, direction, kind, nature, nature_label, chapter, chapter_label,
                          function, function_label, operation, sector, village, previous, planned, revised, realised)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)

-- name: budget_lines
-- index: budget_lines primary key
SELECT l.row_number, l.section, l.direction, l.kind, l.nature, l.nature_label, l.chapter, l.chapter_label, l.function,
       l.function_label, l.operation, l.sector, l.village, l.previous, l.planned, l.revised, l.realised
FROM budget_documents d JOIN budget_lines l ON l.document_id = d.id
WHERE d.id = $2 AND d.commune_id = $1 ORDER BY l.row_number

-- name: budget_set_vote
-- index: budget_documents primary key
UPDATE budget_documents SET voted_on = $3, voted_by = $4, voted_by_text = $5, votes_for = $6, votes_against = $7,
       abstentions = $8, transmitted_on = $9, approved_on = $10
WHERE id = $2 AND commune_id = $1

-- name: budget_supersede
-- index: budget_documents_standing
UPDATE budget_documents SET status = 'superseded'
WHERE commune_id = $1 AND year = $2 AND stage = $3 AND status = 'published'

-- name: budget_publish
-- index: budget_documents primary key
UPDATE budget_documents SET status = 'published', published_at = $3
WHERE id = $2 AND commune_id = $1 AND status = 'draft'

-- name: budget_withdraw
-- index: budget_documents primary key
UPDATE budget_documents SET status = 'draft', published_at = NULL
WHERE id = $2 AND commune_id = $1 AND status = 'published'

-- name: budget_restore
-- index: budget_documents (commune_id, year, stage, version)
UPDATE budget_documents SET status = 'published'
WHERE commune_id = $1 AND year = $2 AND stage = $3 AND status = 'superseded' AND version = (
    SELECT MAX(version) FROM budget_documents WHERE commune_id = $1 AND year = $2 AND stage = $3 AND status = 'superseded')

-- name: budget_delete_draft
-- index: budget_documents primary key
DELETE FROM budget_documents WHERE id = $2 AND commune_id = $1 AND status = 'draft'
