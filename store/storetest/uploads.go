package storetest

import (
	"slices"
	"testing"
	"time"

	"baro/store"
)

func testUploads(t *testing.T, b *bench) {
	one, two := b.communes()
	now := b.clock.Now()
	first, err := b.Uploads.Create(b.ctx, store.Upload{Commune: one, Kind: "budget", By: 7, Name: "bp.csv", Content: []byte{0, 1, 0xff}, Options: []byte(`{}`)})
	b.must(err)
	if first.ID == 0 || first.Revision != 1 || !first.Created.Equal(now) {
		t.Errorf("kept as %+v", first)
	}
	b.clock.Advance(time.Minute)
	second, err := b.Uploads.Create(b.ctx, store.Upload{Commune: one, Kind: "budget", By: 7, Name: "ca.xlsx", Content: []byte("x"), Options: []byte(`{}`)})
	b.must(err)
	_, err = b.Uploads.Create(b.ctx, store.Upload{Commune: one, Kind: "services", By: 8, Name: "s.csv", Content: []byte("y"), Options: []byte(`{}`)})
	b.must(err)
	got, err := b.Uploads.Get(b.ctx, one, first.ID)
	b.must(err)
	if !slices.Equal(got.Content, first.Content) || got.Name != "bp.csv" || got.By != 7 || string(got.Options) != `{}` {
		t.Errorf("read back %+v", got)
	}
	_, err = b.Uploads.Get(b.ctx, two, first.ID)
	b.wants(store.CodeNotFound, err)
	all, err := b.Uploads.List(b.ctx, one, "budget")
	b.must(err)
	if len(all) != 2 || all[0].ID != second.ID || all[0].Content != nil || all[1].Name != "bp.csv" {
		t.Errorf("list: %+v", all)
	}

	errs := together(6, func(int) error { return b.Uploads.SetOptions(b.ctx, one, first.ID, 1, []byte(`{"year":2026}`)) })
	equal(t, "changes of one revision", b.winners(errs, store.CodeConflict), 1)
	b.wants(store.CodeNotFound, b.Uploads.SetOptions(b.ctx, two, first.ID, 2, nil))
	got, err = b.Uploads.Get(b.ctx, one, first.ID)
	b.must(err)
	if got.Revision != 2 || string(got.Options) != `{"year":2026}` {
		t.Errorf("after the change: %+v", got)
	}
	b.wants(store.CodeNotFound, b.Uploads.Drop(b.ctx, two, first.ID))
	gone, err := b.Uploads.Purge(b.ctx, now.Add(time.Second))
	b.must(err)
	equal(t, "purged", gone, 1)
	b.must(b.Uploads.Drop(b.ctx, one, second.ID))
	b.wants(store.CodeNotFound, b.Uploads.Drop(b.ctx, one, second.ID))
}
