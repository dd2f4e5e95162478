package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"

	"baro/gateway/campaign"
	"baro/store"
)

type broadcastShowCommand struct {
	ID     int64 `arg:"" optional:"" help:"The broadcast; without one the latest are listed."`
	Follow bool  `help:"Until it is done, with a bar on a terminal and plain lines elsewhere."`
	JSON   bool  `help:"As JSON."`
}

// shownBroadcast is a broadcast as the command shows it.
type shownBroadcast struct {
	ID        int64                          `json:"id"`
	State     store.BroadcastState           `json:"state"`
	PausedFor string                         `json:"paused_for,omitempty"`
	Author    string                         `json:"author"`
	Approver  string                         `json:"approver,omitempty"`
	Begins    *time.Time                     `json:"begins,omitempty"`
	Expires   time.Time                      `json:"expires"`
	Parts     map[string]int64               `json:"parts,omitempty"` // shown before the first message left
	PartsSent int64                          `json:"parts_sent"`
	Counts    map[store.RecipientState]int64 `json:"recipients,omitempty"`
}

// Run shows.
func (k *broadcastShowCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.with(ctx, p, c, func(t campaignTool) error {
		if k.ID == 0 {
			return k.list(ctx, t)
		}
		if k.Follow {
			if err := t.follow(ctx, p.Stderr, k.ID); err != nil {
				return err
			}
		}
		r, err := t.campaign.Show(ctx, t.commune, k.ID)
		if err != nil {
			return err
		}
		if k.JSON {
			return json.NewEncoder(t.out).Encode(asShown(r))
		}
		t.report(r)
		return nil
	})
}

func asShown(r campaign.Report) shownBroadcast {
	b := r.Broadcast
	s := shownBroadcast{ID: b.ID, State: b.State, PausedFor: b.PausedFor, Author: b.Author, Approver: b.Approver, Expires: b.Expires,
		Parts: b.Freeze.Parts, PartsSent: b.PartsSent, Counts: r.Counts}
	if !b.Begins.IsZero() {
		s.Begins = &b.Begins
	}
	return s
}

// latest is how many broadcasts are listed.
const latest = 20

func (k *broadcastShowCommand) list(ctx context.Context, t campaignTool) error {
	all, err := t.db.Broadcasts().List(ctx, t.commune, 0, latest)
	if err != nil {
		return err
	}
	if k.JSON {
		list := make([]shownBroadcast, len(all))
		for i, b := range all {
			list[i] = asShown(campaign.Report{Broadcast: b})
		}
		return json.NewEncoder(t.out).Encode(list)
	}
	table := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tSTATE\tAUTHOR\tAPPROVER\tNUMBERS\tPARTS\tSENT\tEXPIRES")
	for _, b := range all {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%v\t%d\t%d\t%s\n", b.ID, b.State, b.Author, b.Approver, campaign.Count(b.Freeze.Recipients),
			partsOf(b), b.PartsSent, b.Expires.In(t.set.zone).Format("2006-01-02 15:04"))
	}
	return table.Flush()
}

func partsOf(b store.Broadcast) (n int64) {
	for _, parts := range b.Freeze.Parts {
		n += parts
	}
	return n
}

// report tells where a broadcast stands.
func (t campaignTool) report(r campaign.Report) {
	b := r.Broadcast
	fmt.Fprintf(t.out, "Broadcast %d: %s", b.ID, b.State)
	if b.PausedFor != "" {
		fmt.Fprintf(t.out, " (%s)", b.PausedFor)
	}
	fmt.Fprintf(t.out, ", written by %s", b.Author)
	if b.Approver != "" {
		fmt.Fprintf(t.out, ", approved by %s", b.Approver)
	}
	fmt.Fprintf(t.out, ", ends %s.\n", b.Expires.In(t.set.zone).Format("2006-01-02 15:04"))
	if b.FrozenAt.IsZero() {
		return
	}
	fmt.Fprintf(t.out, "%v numbers, %d SMS parts; %d parts sent.\n", campaign.Count(r.Total()), partsOf(b), b.PartsSent)
	for _, state := range []store.RecipientState{store.RecipientWaiting, store.RecipientQueued, store.RecipientSent, store.RecipientDelivered,
		store.RecipientUnconfirmed, store.RecipientFailed, store.RecipientExpired, store.RecipientSkipped, store.RecipientCancelled} {
		if n := r.Counts[state]; n > 0 {
			fmt.Fprintf(t.out, "  %-12s %d\n", state, n)
		}
	}
}

// follow watches a broadcast until it can go no further by itself.
func (t campaignTool) follow(ctx context.Context, out io.Writer, id int64) error {
	r, err := t.campaign.Show(ctx, t.commune, id)
	if err != nil {
		return err
	}
	var bar *progressbar.ProgressBar
	if terminal(out) {
		bar = progressbar.NewOptions64(max(r.Total(), 1), progressbar.OptionSetWriter(out), progressbar.OptionShowCount(),
			progressbar.OptionShowIts(), progressbar.OptionSetItsString("SMS"), progressbar.OptionSetWidth(40))
		defer func() { fmt.Fprintln(out) }()
	}
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for told := (time.Time{}); ; {
		switch {
		case bar != nil:
			bar.ChangeMax64(max(r.Total(), 1))
			bar.Describe(string(r.Broadcast.State))
			_ = bar.Set64(r.Done())
		case time.Since(told) > 5*time.Second || r.Broadcast.State.Ended():
			told = time.Now()
			fmt.Fprintf(out, "%s  %s  %d of %d\n", told.UTC().Format(time.TimeOnly), r.Broadcast.State, r.Done(), r.Total())
		}
		if s := r.Broadcast.State; s.Ended() || s == store.BroadcastPaused || s == store.BroadcastDraft || s == store.BroadcastSubmitted {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if r, err = t.campaign.Show(ctx, t.commune, id); err != nil {
			return err
		}
	}
}

// terminal tells whether somebody watches.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
