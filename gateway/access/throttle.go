package access

import (
	"context"
	"encoding/hex"
	"net/netip"
	"strconv"
	"time"

	"baro/store"
	"baro/store/session"
)

// How often somebody may try. A town hall may sit behind one address, so that one is wide; a single account is not.
var (
	perAddress = session.Rule{Events: 120, Per: time.Hour, Burst: 30}
	perAccount = session.Rule{Events: 30, Per: time.Hour, Burst: 8}
	perCode    = session.Rule{Events: 20, Per: time.Hour, Burst: 6} // three of a million codes are right at any time
)

// slow counts one attempt and refuses it when there were too many. Who is told to the limiter only as a keyed hash. A
// limiter that does not answer refuses: guessing must not be freed by breaking it.
func (s *Service) slow(ctx context.Context, what, who string, rule session.Rule) error {
	mac := s.Keys.MAC("access."+what, []byte(who))
	d, err := s.Limiter.Allow(ctx, "access:"+what+":"+hex.EncodeToString(mac[:]), rule, s.Now())
	if err != nil {
		return &store.Error{Code: store.CodeUnavailable, Op: "count attempts", Err: err}
	}
	if !d.Allowed {
		return Throttled{d.RetryAfter}
	}
	return nil
}

// addressKey takes an IPv6 network as one: whoever has an address there has all of them.
func addressKey(a netip.Addr) string {
	if a = a.Unmap(); a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

func accountKey(id int64) string { return strconv.FormatInt(id, 10) }
