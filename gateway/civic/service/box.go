package service

import (
	"math"

	"baro/store"
)

// earthRadius is the mean radius in metres (IUGG R₁), the same by which distances are measured.
const earthRadius = 6_371_008.8

// boxAround returns a rectangle that holds every point within so many metres of p. Mali is far from the poles and from
// the 180th meridian; a box that would reach them is clamped.
func boxAround(p store.Point, metres int64) store.Box {
	angle := float64(metres) / earthRadius
	dLat := angle * 180 / math.Pi
	dLon := 180.0
	if c := math.Cos(p.Lat * math.Pi / 180); c > math.Sin(angle) {
		dLon = math.Asin(math.Sin(angle)/c) * 180 / math.Pi
	}
	return store.Box{
		South: math.Max(p.Lat-dLat, -90), North: math.Min(p.Lat+dLat, 90),
		West: math.Max(p.Lon-dLon, -180), East: math.Min(p.Lon+dLon, 180),
	}
}
