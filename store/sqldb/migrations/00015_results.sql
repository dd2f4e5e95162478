-- Who agreed to it is told once that a consultation's result is published. What was published before this is old news.
ALTER TABLE consultations ADD COLUMN told_at BIGINT;
UPDATE consultations SET told_at = created_at WHERE state IN ('published', 'decided', 'followed');
CREATE INDEX consultations_untold ON consultations (reading_on, id)
    WHERE told_at IS NULL AND state IN ('published', 'decided', 'followed');
