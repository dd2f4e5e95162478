package smsgate_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"baro/gateway/channel/smsgate"
	"baro/gateway/channel/smsgate/smsgatetest"
	"baro/store"
)

// One node lays messages ready for the phones of all, and every node hands them out: a balancer sends each call of a phone
// wherever it likes.
func TestPhonesOnSeveralNodes(t *testing.T) {
	address := postgres(t)
	never := func(ctx context.Context) (smsgate.Held, error) {
		<-ctx.Done()
		return smsgate.Held{}, ctx.Err()
	}
	keys := keyring(t)
	idle := joinStation(t, database(t, address), keys, never, nil)
	holder := joinStation(t, database(t, address), keys, nil, nil)
	far, near := idle.phone(), holder.phone()
	idle.listen(far)
	holder.listen(near)
	until(t, holder.phones.Ready, func() string { return "the holder is not ready" })
	var ids []string
	for n := range 6 {
		ids = append(ids, holder.say(n+1, fmt.Sprint("Réunion ", n)))
	}
	for _, id := range ids {
		holder.becomes(id, store.OutboundDelivered)
	}
	if idle.phones.Ready() || len(far.Got()) == 0 || len(near.Got()) == 0 || len(far.Got())+len(near.Got()) != len(ids) {
		t.Errorf("far %d, near %d of %d", len(far.Got()), len(near.Got()), len(ids))
	}
	// The stream on one node, the calls on the other.
	far.Act = func(smsgatetest.Message) []string { return []string{"Sent"} }
	far.Base = holder.url
	near.Act = far.Act
	near.Base = idle.url
	id := holder.say(7, "Réunion")
	holder.becomes(id, store.OutboundSent)
}

// The node that loses its phones gives the channel up.
func TestTheChannelFollowsThePhones(t *testing.T) {
	held, released := make(chan struct{}), make(chan struct{})
	s := joinStation(t, database(t, postgres(t)), keyring(t), func(context.Context) (smsgate.Held, error) {
		close(held)
		return smsgate.Held{
			Lost: make(chan struct{}), Check: func(context.Context) error { return nil }, Release: func() { close(released) },
		}, nil
	}, func(c *smsgate.Config) { c.Timing.KeepAlive = 10 * time.Millisecond })
	ctx := contextFor(t)
	leave := s.listen(s.phone())
	for _, step := range []struct {
		what string
		done <-chan struct{}
	}{{"asked for", held}, {"given up", released}} {
		select {
		case <-step.done:
			leave()
		case <-ctx.Done():
			t.Fatalf("the channel was not %s", step.what)
		}
	}
}

// A node that was shut out of the channel without noticing lays nothing ready.
func TestAFormerHolderIsFenced(t *testing.T) {
	s := joinStation(t, database(t, postgres(t)), keyring(t), func(context.Context) (smsgate.Held, error) {
		lost := store.NewError(store.CodeConflict, "check lease", "the lease was lost")
		return smsgate.Held{Lost: make(chan struct{}), Check: func(context.Context) error { return lost }, Release: func() {}}, nil
	}, nil)
	p := s.phone()
	s.listen(p)
	until(t, s.phones.Ready, func() string { return "not ready" })
	id := s.say(1, "Réunion")
	until(t, func() bool {
		m, _ := s.db.Outbox().Get(t.Context(), id)
		return m.Attempts > 0 && m.State == store.OutboundQueued
	},
		func() string { return "the message was not given back" })
	if len(p.Got()) != 0 {
		t.Errorf("handed out: %v", p.Got())
	}
}
