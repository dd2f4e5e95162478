package rapidpro

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"baro/gateway/identity"
	"baro/store"
)

const (
	reportBatch  = 128
	reportsAtOne = 8                // calls at a time
	maxWait      = 10 * time.Minute // between tries of what RapidPro refuses
	maxLook      = 5 * time.Minute  // between looks at a message that does not move
	storeTimeout = 10 * time.Second
	// ReportLife is how long RapidPro is tried, and a message without a final state looked at.
	ReportLife = 72 * time.Hour
)

// Start begins to tell RapidPro.
func (r *Relay) Start(ctx context.Context) {
	ctx, r.cancel = context.WithCancel(ctx)
	r.wait.Go(func() { r.run(ctx) })
}

// Stop ends it; what was not told waits for the next start.
func (r *Relay) Stop() {
	if r.cancel != nil {
		r.cancel()
		r.wait.Wait()
	}
	r.client.Close()
}

func (r *Relay) run(ctx context.Context) {
	for ctx.Err() == nil {
		lost, release, err := r.Hold(ctx)
		if err != nil {
			return
		}
		held, cancel := context.WithCancel(ctx)
		stop := make(chan struct{})
		go func() {
			select {
			case <-lost:
				cancel()
			case <-stop:
			}
		}()
		r.report(held)
		close(stop)
		cancel()
		release()
	}
}

// report tells what is due until ctx ends. While RapidPro is away nothing else is tried, so that a person's messages keep
// their order.
func (r *Relay) report(ctx context.Context) {
	rest := r.Timing.Look
	for ctx.Err() == nil {
		told, err := r.round(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			r.Log.Warn("rapidpro not told", "channel", r.Channel, "error", err)
			rest = min(2*rest, r.Timing.Rest)
		case told == reportBatch:
			continue
		default:
			rest = r.Timing.Look
		}
		timer := time.NewTimer(rest)
		select {
		case <-timer.C:
		case <-r.wake:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// round tells one batch. Its error says that RapidPro or the database is away.
func (r *Relay) round(ctx context.Context) (int, error) {
	look, cancel := context.WithTimeout(ctx, storeTimeout)
	all, err := r.Reports.Due(look, r.Channel, r.Now(), reportBatch)
	cancel()
	if err != nil || len(all) == 0 {
		return 0, err
	}
	people := map[store.Pseudonym][]store.RelayReport{}
	var order []store.Pseudonym
	for _, x := range all {
		if people[x.Person] == nil {
			order = append(order, x.Person)
		}
		people[x.Person] = append(people[x.Person], x)
	}
	var group sync.WaitGroup
	var away atomic.Bool // then the rest of the batch waits too
	slots, faults := make(chan struct{}, reportsAtOne), make([]error, len(order))
	for i, p := range order {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			for _, x := range people[p] {
				if away.Load() {
					return
				}
				if faults[i] = r.tell(ctx, x); faults[i] != nil {
					away.Store(true)
				}
			}
		})
	}
	group.Wait()
	return len(all), errors.Join(faults...)
}

// tell brings one report to RapidPro and writes down that it was told.
func (r *Relay) tell(ctx context.Context, x store.RelayReport) error {
	now := r.Now()
	age := now.Sub(x.Created)
	path, form, final, err := r.words(x)
	if err != nil {
		r.Log.Error("report cannot be read", "channel", r.Channel, "report", x.ID, "error", err)
		x.Tries++ // its key may be one that another node has just made
		x.Due = now.Add(min(time.Second<<min(x.Tries, 10), maxWait))
		return r.keep(ctx, x, age)
	}
	if path == "" { // nothing new
		x.Due = now.Add(min(time.Second+age/8, maxLook))
		return r.keep(ctx, x, age)
	}
	taken, err := r.post(ctx, path, form)
	switch {
	case err != nil:
		return err
	case !taken:
		x.Tries++
		x.Due = now.Add(min(time.Second<<min(x.Tries, 10), maxWait))
		return r.keep(ctx, x, age)
	case final:
		return r.finish(ctx, x.ID)
	}
	x.Told, x.Tries, x.Due = x.State, 0, now.Add(min(time.Second+age/8, maxLook))
	return r.keep(ctx, x, age)
}

// words are what a report says, "" when nothing is to be said now.
func (r *Relay) words(x store.RelayReport) (path string, form url.Values, final bool, err error) {
	if x.Kind == store.RelayState {
		form = url.Values{"id": {x.PeerID}}
		switch x.State {
		case x.Told:
			if x.Told != "" {
				return "", nil, false, nil
			}
			return "/failed", form, true, nil // it was never stored here: its person said stop, or it is gone
		case store.OutboundSent:
			return "/sent", form, false, nil
		case store.OutboundDelivered:
			return "/delivered", form, true, nil
		case store.OutboundFailed, store.OutboundExpired, "":
			return "/failed", form, true, nil
		}
		return "", nil, false, nil
	}
	text, err := r.Keys.Open(payloadPurpose, identity.Sealed(x.Payload))
	if err != nil {
		return "", nil, false, err
	}
	var p payload
	if err := json.Unmarshal(text, &p); err != nil {
		return "", nil, false, errors.New("no payload")
	}
	if x.Kind == store.RelayStopped {
		return "/stopped", url.Values{"from": {p.From}}, true, nil
	}
	return "/receive", url.Values{"from": {p.From}, "text": {p.Text}, "date": {p.At.Format(time.RFC3339Nano)}, "id": {x.PeerID}}, true, nil
}

// post calls RapidPro. It is not taken when RapidPro refuses this report; an error says that RapidPro is away.
func (r *Relay) post(ctx context.Context, path string, form url.Values) (taken bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return false, errors.New("request not made")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", "baro")
	a, err := r.client.Do(ctx, req)
	switch {
	case err != nil:
		return false, err
	case a.Status >= 200 && a.Status <= 299:
		return true, nil
	case a.Status >= 500 || a.Status == http.StatusTooManyRequests || a.Status < 400:
		return false, a.ByStatus(r.Now()).Err
	}
	return false, nil
}

// keep writes down when a report is looked at again; one that nobody took in ReportLife ends.
func (r *Relay) keep(ctx context.Context, x store.RelayReport, age time.Duration) error {
	if age > ReportLife {
		if x.Tries > 0 || x.Kind != store.RelayState {
			r.Log.Error("rapidpro refused a report until it was too old", "channel", r.Channel, "report", x.ID, "kind", x.Kind)
		}
		return r.finish(ctx, x.ID)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	return r.Reports.Keep(ctx, x)
}

func (r *Relay) finish(ctx context.Context, id int64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	return r.Reports.Done(ctx, id)
}
