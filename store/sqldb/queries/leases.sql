-- name: lease_acquire
-- index: leases primary key
INSERT INTO leases (name, holder, fence, until_at) VALUES ($1, $2, 1, $4)
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, fence = leases.fence + 1, until_at = excluded.until_at
WHERE leases.until_at <= $3 OR leases.holder = excluded.holder
RETURNING fence

-- name: lease_renew
-- index: leases primary key
UPDATE leases SET until_at = $5 WHERE name = $1 AND holder = $2 AND fence = $3 AND until_at > $4

-- name: lease_release
-- index: leases primary key
UPDATE leases SET until_at = 0 WHERE name = $1 AND holder = $2 AND fence = $3

-- name: lease_check
-- index: leases primary key
SELECT fence FROM leases WHERE name = $1 AND holder = $2 AND fence = $3 AND until_at > $4
-- dialect: postgres
FOR SHARE

-- name: job_start
-- index: job_runs primary key
INSERT INTO job_runs (job, due_at, holder, fence, started_at, outcome, detail) VALUES ($1, $2, $3, $4, $5, '', '')
ON CONFLICT DO NOTHING

-- name: job_finish
-- index: job_runs primary key
UPDATE job_runs SET finished_at = $3, outcome = $4, detail = $5 WHERE job = $1 AND due_at = $2 AND finished_at IS NULL

-- name: job_last
-- index: job_runs primary key
SELECT job, due_at, holder, fence, started_at, finished_at, outcome, detail
FROM job_runs WHERE job = $1 ORDER BY due_at DESC LIMIT 1

-- name: job_purge
-- index: job_runs_due
DELETE FROM job_runs WHERE due_at < $1
