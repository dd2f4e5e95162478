package storetest

import (
	"testing"
	"time"

	"baro/store"
)

func testRelays(t *testing.T, b *bench) {
	now := b.clock.Now()
	row := b.outbound("00000000-0000-4000-8000-0000000000aa", pseudonym(1))
	_, err := b.Outbox.Enqueue(b.ctx, []store.Outbound{row})
	b.must(err)
	state := store.RelayReport{Channel: "rp", Kind: store.RelayState, PeerID: "7", Message: row.ID, Person: pseudonym(1), Created: now, Due: now}
	receive := store.RelayReport{
		Channel: "rp", Kind: store.RelayReceive, PeerID: "7", Person: pseudonym(2), Payload: store.Sealed{KeyID: "k", Box: []byte("sealed")}, Created: now, Due: now.Add(time.Second),
	}
	gone := store.RelayReport{Channel: "rp", Kind: store.RelayState, PeerID: "8", Message: "nothing", Person: pseudonym(3), Created: now.Add(-time.Hour), Due: now}
	b.must(b.Relays.Add(b.ctx, state, receive, gone, state))
	b.must(b.Relays.Add(b.ctx, state))
	b.must(b.Relays.Add(b.ctx))
	due := func(at time.Time) []store.RelayReport {
		t.Helper()
		all, err := b.Relays.Due(b.ctx, "rp", at, 10)
		b.must(err)
		return all
	}
	all := due(now)
	if len(all) != 2 || all[0].PeerID != "7" || all[0].State != store.OutboundQueued || all[0].Told != "" || all[0].Person != pseudonym(1) || all[1].State != "" {
		t.Fatalf("due: %+v", all)
	}
	if other, err := b.Relays.Due(b.ctx, "other", now, 10); err != nil || len(other) != 0 {
		t.Errorf("of another channel: %+v, %v", other, err)
	}
	all[0].Told, all[0].Tries, all[0].Due = store.OutboundSent, 2, now.Add(2*time.Second)
	b.must(b.Relays.Keep(b.ctx, all[0]))
	b.must(b.Relays.Done(b.ctx, all[1].ID))
	all = due(now.Add(2 * time.Second))
	if len(all) != 2 || all[0].Kind != store.RelayReceive || all[0].Payload.KeyID != "k" || string(all[0].Payload.Box) != "sealed" || all[1].Told != store.OutboundSent || all[1].Tries != 2 {
		t.Fatalf("later: %+v", all)
	}
	b.must(b.Contacts.Erase(b.ctx, store.Erasure{Pseudonym: pseudonym(2)}))
	if all = due(now.Add(time.Minute)); len(all) != 1 || all[0].PeerID != "7" || all[0].Kind != store.RelayState {
		t.Errorf("after an erasure: %+v", all)
	}
	if n, err := b.Relays.Purge(b.ctx, now.Add(time.Second)); err != nil || n != 1 {
		t.Errorf("purged %d, %v", n, err)
	}
}
