package service

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/locales/charset"
	"baro/store"
)

// Bounds of Mali in degrees.
const south, north, west, east = 10.0, 25.1, -12.4, 4.4

// farAway is the distance in kilometres beyond which the nearest known place says little about the commune.
const farAway = 30

// readFacility takes a row of the WHO list. It names no commune, so the nearest settlement's is taken, unverified.
func (b *batch) readFacility(ctx context.Context, row table.Row) (s store.Service, ok bool, err error) {
	name := table.Squeeze(row.Get("name"))
	if name == "" {
		return s, b.refuse(row, "name", report.Missing), nil
	}
	kind := facilityKind(row.Get("type"))
	if kind == "" {
		return s, b.refuse(row, "type", report.UnknownWord), nil
	}
	at, code := position(row)
	if code == "" && at == nil {
		code = report.NoCoordinates
	}
	if code != "" {
		return s, b.refuse(row, "lat", code), nil
	}
	near, km := b.nearby.nearest(*at)
	if km > farAway {
		b.rep.Warn(row.Line, row.Column("name"), name, report.Because(report.FarFromPlaces, farAway))
	}
	if err := b.checkRegion(ctx, row, near.commune); err != nil {
		return s, false, err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%.5f\x00%.5f", charset.Fold(name), kind, at.Lat, at.Lon))
	return store.Service{
		Commune: near.commune.ID, Need: "health", Kind: kind, Name: name, PlaceName: near.name, At: at, Status: store.ServiceActive,
		VerifiedAt: b.options.VerifiedAt, Unverified: true, Source: cmp.Or(b.options.Source, "who"),
		ExternalID: hex.EncodeToString(sum[:8]), Updated: b.importer.now(),
	}, true, nil
}

// checkRegion warns when the written region is not the one the commune lies in: near a border the nearest settlement
// may be on the other side.
func (b *batch) checkRegion(ctx context.Context, row table.Row, commune store.Place) error {
	region, err := b.nearby.regionOf(ctx, b.importer.places, commune)
	if err != nil {
		return err
	}
	written := row.Get("region")
	if region.Name != "" && written != "" && !alike(written, region.Name) {
		b.rep.Warn(row.Line, row.Column("region"), written, report.Because(report.RegionDiffers, region.Name))
	}
	return nil
}

// alike forgives the spellings of regions: Koulikoro and Koulikouro, Tombouctou and Timbuktu.
func alike(a, b string) bool {
	squash := func(s string) string {
		var out strings.Builder
		for _, r := range charset.Fold(s) {
			if !strings.ContainsRune("aeiouy ", r) && r != 'k' && r != 'c' {
				out.WriteRune(r)
			}
		}
		return out.String()
	}
	return squash(a) == squash(b)
}

// position reads the coordinates of a row, nil when it has none.
func position(row table.Row) (*store.Point, report.Code) {
	if row.Get("lat") == "" && row.Get("lon") == "" {
		return nil, ""
	}
	lat, ok1 := table.Degrees(row.Raw("lat"))
	lon, ok2 := table.Degrees(row.Raw("lon"))
	switch {
	case row.Get("lat") == "" || row.Get("lon") == "":
		return nil, report.NoCoordinates
	case !ok1 || !ok2:
		return nil, report.BadNumber
	case lat < south || lat > north || lon < west || lon > east:
		return nil, report.OutsideMali
	}
	return &store.Point{Lat: lat, Lon: lon}, ""
}

func (b *batch) refuse(row table.Row, column string, code report.Code, args ...any) bool {
	value := row.Get(column)
	if column == "phone" {
		value = ""
	}
	b.rep.Refuse(row.Line, row.Column(column), value, report.Because(code, args...))
	return false
}
