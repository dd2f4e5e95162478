package place

import (
	"math"

	"baro/store"
)

// earthRadius is the mean radius of the Earth in metres (IUGG).
const earthRadius = 6_371_008.8

// Distance is the great-circle distance between two positions in whole metres (haversine formula; the error against the
// ellipsoid stays below 0.6 %, far less than a road's bends).
func Distance(a, b store.Point) int64 {
	lat1, lat2 := radians(a.Lat), radians(b.Lat)
	dLat, dLon := lat2-lat1, radians(b.Lon-a.Lon)
	h := square(math.Sin(dLat/2)) + math.Cos(lat1)*math.Cos(lat2)*square(math.Sin(dLon/2))
	return int64(math.Round(2 * earthRadius * math.Asin(math.Min(1, math.Sqrt(h)))))
}

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }

func square(x float64) float64 { return x * x }
