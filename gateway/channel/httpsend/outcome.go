package httpsend

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"baro/gateway/channel"
)

// Waits that are asked for are believed within these bounds.
const (
	minAfter = time.Second
	maxAfter = time.Hour
)

// Lost is the outcome of a call that Do gave up: it may be made again only if nothing can have reached the provider.
func Lost(err error) channel.Result {
	var lost *LostError
	if errors.As(err, &lost) && !lost.Left {
		return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassProviderDown, Err: err}
	}
	return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown, Err: err}
}

// ByStatus is the outcome of an answer whose body says nothing, and is nil for a success.
//
// A refusal of the whole account is told from one of the message; a redirect is not followed, and what its sender did
// with the message is anybody's guess, as after a 5xx.
func (a Answer) ByStatus(now time.Time) *channel.Result {
	r := channel.Result{Err: fmt.Errorf("answered %d", a.Status)}
	switch {
	case a.Status >= 200 && a.Status <= 299:
		return nil
	case a.Status == http.StatusTooManyRequests:
		r.Outcome, r.Class, r.After = channel.RetryAfter, channel.ClassRateLimited, a.After(now)
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden:
		r.Outcome, r.Class = channel.Refused, channel.ClassAuth
	case a.Status == http.StatusNotFound, a.Status == http.StatusMethodNotAllowed, a.Status == http.StatusUnsupportedMediaType:
		r.Outcome, r.Class = channel.Refused, channel.ClassConfig
	case a.Status == http.StatusPaymentRequired:
		r.Outcome, r.Class = channel.Refused, channel.ClassNoCredit
	case a.Status == http.StatusRequestTimeout, a.Status < 400, a.Status >= 500:
		r.Outcome, r.Class = channel.Unknown, channel.ClassProviderDown
	default:
		r.Outcome, r.Class = channel.Refused, channel.ClassUnknown
	}
	return &r
}

// After reads Retry-After, in seconds or as a date (RFC 9110 §10.2.3). Zero: nothing usable was said.
func (a Answer) After(now time.Time) time.Duration {
	value := strings.TrimSpace(a.Header.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(max(time.Duration(seconds)*time.Second, minAfter), maxAfter)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), minAfter), maxAfter)
}
