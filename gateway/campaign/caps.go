package campaign

import (
	"fmt"
	"time"

	"baro/store"
)

// DefaultCap is how many broadcasts a number gets from one sender in a month. The town hall and each organisation have
// their own, so that one cannot starve the other.
const DefaultCap = 4

// senderOf names whose cap a broadcast counts against.
func senderOf(b store.Broadcast) string {
	if b.Sender != 0 {
		return fmt.Sprintf("organisation:%d", b.Sender)
	}
	return fmt.Sprintf("commune:%d", b.Commune)
}

// month is the calendar month of people, in which caps are counted.
func (s *Service) month(at time.Time) string { return at.In(s.zone()).Format("2006-01") }

func (s *Service) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}
