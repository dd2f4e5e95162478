-- name: service_upsert
-- index: services (commune_id, source, external_id)
INSERT INTO services (commune_id, need, kind, name, place_name, lat, lon, hours_text, hours, price, papers, phone,
                      verified_at, review_on, unverified, status, source, external_id, updated_at, papers_waived, capacity)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
ON CONFLICT (commune_id, source, external_id) DO UPDATE SET
    need        = excluded.need,
    kind        = excluded.kind,
    name        = excluded.name,
    place_name  = excluded.place_name,
    lat         = excluded.lat,
    lon         = excluded.lon,
    hours_text  = excluded.hours_text,
    hours       = excluded.hours,
    price       = excluded.price,
    papers      = excluded.papers,
    phone       = excluded.phone,
    verified_at = COALESCE(excluded.verified_at, services.verified_at),
    review_on   = excluded.review_on,
    unverified  = excluded.unverified,
    status      = excluded.status,
    updated_at  = excluded.updated_at,
    papers_waived = excluded.papers_waived,
    capacity    = COALESCE(excluded.capacity, services.capacity)

-- name: service_get
-- index: services primary key
SELECT id, commune_id, need, kind, name, place_name, lat, lon, hours_text, hours, price, papers, phone, verified_at,
       review_on, unverified, status, source, external_id, updated_at, papers_waived, capacity
FROM services WHERE id = $2 AND commune_id = $1

-- name: service_list
-- index: services_commune
SELECT id, commune_id, need, kind, name, place_name, lat, lon, hours_text, hours, price, papers, phone, verified_at,
       review_on, unverified, status, source, external_id, updated_at, papers_waived, capacity
FROM services WHERE commune_id = $1 AND ($2 = '' OR need = $2) ORDER BY name, id

-- name: service_near
-- index: services_commune, services_position
-- Two reads instead of one OR: with it SQLite reads every service of the need.
SELECT id, commune_id, need, kind, name, place_name, lat, lon, hours_text, hours, price, papers, phone, verified_at,
       review_on, unverified, status, source, external_id, updated_at, papers_waived, capacity
FROM services
WHERE commune_id = $1 AND need = $2 AND status <> 'defunct'
UNION ALL
SELECT id, commune_id, need, kind, name, place_name, lat, lon, hours_text, hours, price, papers, phone, verified_at,
       review_on, unverified, status, source, external_id, updated_at, papers_waived, capacity
FROM services
WHERE need = $2 AND lat BETWEEN $3 AND $4 AND lon BETWEEN $5 AND $6 AND commune_id <> $1 AND status <> 'defunct'
ORDER BY name, id

-- name: service_verify
-- index: services primary key
UPDATE services SET verified_at = $3, unverified = FALSE, updated_at = $4 WHERE id = $2 AND commune_id = $1

-- name: service_status
-- index: services primary key
UPDATE services SET status = $4, updated_at = $5 WHERE id = $2 AND commune_id = $1 AND status = $3
