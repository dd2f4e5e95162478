package sqldb

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"baro/store"
)

// Values on their way to the database. Both engines get the same kinds: int64,
// float64, bool, string, []byte and nil.

// micros is an instant in microseconds, NULL for the zero time.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// place is a reference to a place, NULL for none.
func place(id store.PlaceID) any {
	if id == 0 {
		return nil
	}
	return int64(id)
}

// reference is a key of another row, NULL for none.
func reference(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// number is an optional whole number.
func number(n *int64) any {
	if n == nil {
		return nil
	}
	return *n
}

// text is an optional text, NULL when empty.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// sealed is the pair of columns of a sealed value.
func sealed(s store.Sealed) (key, box any) {
	if s.Box == nil {
		return nil, nil
	}
	return s.KeyID, s.Box
}

// latLon is the pair of columns of a position.
func latLon(p *store.Point) (lat, lon any) {
	if p == nil {
		return nil, nil
	}
	return p.Lat, p.Lon
}

// encode is a JSON column. Only maps, slices and structs of text come here, so
// it cannot fail.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("sqldb: encode %T: %v", v, err))
	}
	return string(b)
}

// list and map columns are never null.
func encodeList[T any](l []T) string {
	if l == nil {
		return "[]"
	}
	return encode(l)
}

func encodeTexts(t store.Texts) string {
	if t == nil {
		return "{}"
	}
	return encode(t)
}

// Values on their way back.

// asTime reads microseconds into a UTC instant, NULL into the zero time.
type asTime struct{ to *time.Time }

func (a asTime) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*a.to = time.Time{}
	case int64:
		*a.to = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("read an instant from %T", src)
	}
	return nil
}

// asText reads a nullable text, NULL into "".
type asText struct{ to *string }

func (a asText) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*a.to = ""
	case string:
		*a.to = v
	case []byte:
		*a.to = string(v)
	default:
		return fmt.Errorf("read a text from %T", src)
	}
	return nil
}

// asPlace reads a nullable reference, NULL into 0.
type asPlace struct{ to *store.PlaceID }

func (a asPlace) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*a.to = 0
	case int64:
		*a.to = store.PlaceID(v)
	default:
		return fmt.Errorf("read a key from %T", src)
	}
	return nil
}

// asBytes reads into an array of fixed length; NULL leaves it zero.
type asBytes struct{ to []byte }

func (a asBytes) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		clear(a.to)
	case []byte:
		if len(v) != len(a.to) {
			return fmt.Errorf("read %d bytes where %d belong", len(v), len(a.to))
		}
		copy(a.to, v)
	default:
		return fmt.Errorf("read bytes from %T", src)
	}
	return nil
}

// asJSON reads a JSON column; NULL leaves the target as it is.
type asJSON struct{ to any }

func (a asJSON) Scan(src any) error {
	var raw []byte
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		raw = []byte(v)
	case []byte:
		raw = v
	default:
		return fmt.Errorf("read JSON from %T", src)
	}
	if err := json.Unmarshal(raw, a.to); err != nil {
		// The text may be a person's words: it stays out of the error.
		return errors.New("read JSON: malformed column")
	}
	return nil
}

// point puts two nullable coordinates together.
func point(lat, lon *float64) *store.Point {
	if lat == nil || lon == nil {
		return nil
	}
	return &store.Point{Lat: *lat, Lon: *lon}
}
