-- name: place_upsert
-- index: places (edition, pcode)
INSERT INTO places (edition, pcode, level, parent_id, name, short_name, aliases, number, lat, lon, population, languages,
                    fictional, unverified, in_use)
VALUES ($1, $2, $3, (SELECT p.id FROM places p WHERE p.edition = $1 AND p.pcode = $4), $5, $6, $7, $8, $9, $10, $11, $12,
        $13, $14, $15)
ON CONFLICT (edition, pcode) DO UPDATE SET
    level      = excluded.level,
    parent_id  = excluded.parent_id,
    name       = excluded.name,
    short_name = excluded.short_name,
    aliases    = excluded.aliases,
    number     = COALESCE(places.number, excluded.number),
    lat        = excluded.lat,
    lon        = excluded.lon,
    population = excluded.population,
    languages  = CASE WHEN excluded.languages = '[]' THEN places.languages ELSE excluded.languages END,
    fictional  = excluded.fictional,
    unverified = excluded.unverified,
    in_use     = excluded.in_use

-- name: place_get
-- index: places primary key
SELECT id, edition, pcode, level, parent_id, name, short_name, aliases, number, lat, lon, population, languages,
       fictional, unverified, in_use
FROM places WHERE id = $1

-- name: place_by_code
-- index: places (edition, pcode)
SELECT id, edition, pcode, level, parent_id, name, short_name, aliases, number, lat, lon, population, languages,
       fictional, unverified, in_use
FROM places WHERE edition = $1 AND pcode = $2

-- name: place_by_number
-- index: places_number
SELECT id, edition, pcode, level, parent_id, name, short_name, aliases, number, lat, lon, population, languages,
       fictional, unverified, in_use
FROM places WHERE in_use AND number IS NOT NULL AND number = $1

-- name: place_communes
-- index: places_level
SELECT id, edition, pcode, level, parent_id, name, short_name, aliases, number, lat, lon, population, languages,
       fictional, unverified, in_use
FROM places WHERE in_use AND level = 'commune' ORDER BY name, id

-- name: place_children
-- index: places_parent
SELECT id, edition, pcode, level, parent_id, name, short_name, aliases, number, lat, lon, population, languages,
       fictional, unverified, in_use
FROM places WHERE parent_id = $1 ORDER BY name, id

-- name: place_settlements
-- index: places_parent
SELECT id, edition, pcode, level, parent_id, name, short_name, aliases, number, lat, lon, population, languages,
       fictional, unverified, in_use
FROM places WHERE parent_id = $1 AND level = 'settlement' ORDER BY name, id

-- name: place_assign_number
-- index: places primary key
UPDATE places SET number = $2 WHERE id = $1 AND level = 'commune' AND (number IS NULL OR number = $2)

-- name: place_set_languages
-- index: places primary key
UPDATE places SET languages = $2 WHERE id = $1 AND level = 'commune'

-- name: place_set_in_use
-- index: places (edition, pcode)
UPDATE places SET in_use = $2 WHERE edition = $1
