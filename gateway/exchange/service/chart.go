package service

import (
	"context"
	"math"

	"baro/store"
)

// chart finds the settlement nearest to a position among those in use.
type chart struct {
	points  []mapped
	regions map[store.PlaceID]store.Place // by commune
}

type mapped struct {
	at      store.Point
	name    string
	commune store.Place
}

// loadMap reads all settlements in use that have a position; a commune without any stands for itself.
func loadMap(ctx context.Context, places Places) (*chart, error) {
	c := &chart{regions: map[store.PlaceID]store.Place{}}
	communes, err := places.Communes(ctx)
	if err != nil {
		return nil, err
	}
	for _, commune := range communes {
		if commune.Fictional {
			continue
		}
		before := len(c.points)
		settlements, err := places.Settlements(ctx, commune.ID)
		if err != nil {
			return nil, err
		}
		for _, s := range settlements {
			if s.At != nil {
				c.points = append(c.points, mapped{*s.At, s.Name, commune})
			}
		}
		if len(c.points) == before && commune.At != nil {
			c.points = append(c.points, mapped{*commune.At, commune.Name, commune})
		}
	}
	return c, nil
}

// nearest gives the place closest to a position, and the distance in kilometres. A plane is near enough to a sphere
// for comparing distances within a country.
func (c *chart) nearest(at store.Point) (mapped, float64) {
	const degree = 111.19 // kilometres of a degree of latitude on a sphere of 6,371 km
	shrink := math.Cos(at.Lat * math.Pi / 180)
	best, found := math.Inf(1), 0
	for i := range c.points {
		dLat := c.points[i].at.Lat - at.Lat
		dLon := (c.points[i].at.Lon - at.Lon) * shrink
		if d := dLat*dLat + dLon*dLon; d < best {
			best, found = d, i
		}
	}
	return c.points[found], math.Sqrt(best) * degree
}

// regionOf gives the region a commune lies in, an empty place when none is known.
func (c *chart) regionOf(ctx context.Context, places Places, commune store.Place) (store.Place, error) {
	if region, ok := c.regions[commune.ID]; ok {
		return region, nil
	}
	p := commune
	for p.ParentID != 0 && p.Level != store.LevelRegion {
		var err error
		if p, err = places.Get(ctx, p.ParentID); err != nil {
			return store.Place{}, err
		}
	}
	if p.Level != store.LevelRegion {
		p = store.Place{}
	}
	c.regions[commune.ID] = p
	return p, nil
}
