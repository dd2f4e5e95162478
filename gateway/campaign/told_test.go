package campaign_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/campaign"
	"baro/store"
)

// What the records hold in several languages is told to each reader in theirs, and else in its own.
func TestToldInTheReadersLanguage(t *testing.T) {
	w := newTown(t, engines(t)["sqlite"](), options{now: noon, change: func(d *campaign.Deps) {
		d.Subjects = map[string]campaign.Subject{"practice": func(context.Context, store.PlaceID, time.Time) (campaign.Content, error) {
			return campaign.Content{Letter: "broadcast.practice", Told: map[string]store.Texts{"Title": {"fr": "Le puits", "en": "The well"}},
				Fields: flows.Record{{Name: "Title", Value: flows.TextOf("Le puits")}, {Name: "Measure", Value: flows.TextOf("Une caisse")}}}, nil
		}}
	}})
	w.readers(w.commune, 12)
	wish := w.wish()
	wish.Content = campaign.Content{Subject: "practice"}
	b, err := w.New(ctx, wish, author)
	w.must(err)
	p, err := w.Preview(ctx, w.commune, b.ID)
	w.must(err)
	told := 0
	for _, text := range p.Texts {
		want := "Le puits"
		if text.Language == "en" {
			want = "The well"
			told++
		}
		if !strings.Contains(text.Text, want+". Une caisse") {
			t.Errorf("readers of %s get %q, want %q in it", text.Language, text.Text, want)
		}
	}
	if told == 0 || told == len(p.Texts) {
		t.Errorf("%d of %d texts in English", told, len(p.Texts))
	}
}
