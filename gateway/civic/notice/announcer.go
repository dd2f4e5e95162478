package notice

import (
	"context"

	"baro/store"
)

// Reach is how many numbers a version goes to, and what that costs.
type Reach struct {
	Recipients int64
	Cost       *int64 // FCFA; nil: nobody knows
}

// An Announcer carries the versions of notices to people.
//
// A version of change new goes to the notice's audience: the members who joined, or those of the commune who agreed to
// notices. Every other change goes to exactly those whom the versions before it went to, apart from who has sent STOP
// since. Texts are rendered in each reader's language; a shielded commune's tell neither place nor time.
type Announcer interface {
	// Estimate counts before anything is asked for. The version is not stored yet: Notice, Change and Content are set.
	Estimate(ctx context.Context, n store.Notice, v store.NoticeVersion) (Reach, error)
	// Announce takes an approved version over, within the transaction of ctx. It calls NoticeWriter.Announce with the
	// number of recipients once the version goes out: at once, or after its own time for stopping it.
	Announce(ctx context.Context, n store.Notice, v store.NoticeVersion, act store.Act) error
}
