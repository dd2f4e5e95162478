package civictest

import (
	"context"
	"fmt"

	"baro/gateway/civic/letter"
	"baro/store"
)

// A Post keeps the letters that were sent, or fails.
type Post struct {
	Letters []letter.Letter
	Err     error
}

// Send keeps letters.
func (p *Post) Send(_ context.Context, letters ...letter.Letter) error {
	if p.Err == nil {
		p.Letters = append(p.Letters, letters...)
	}
	return p.Err
}

// Dials writes the keys of a path as a list.
type Dials struct{}

// String is never empty.
func (Dials) String(_ store.PlaceID, keys ...int) string { return fmt.Sprintf("*384*96%v#", keys) }
