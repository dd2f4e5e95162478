package campaign_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"baro/gateway/campaign"
	"baro/gateway/channel"
	"baro/locales/charset"
	"baro/store"
)

// flat charges the same for every part.
type flat struct{}

func (flat) Cost(_ context.Context, _ string, parts int64, _ time.Time, _ int64) (campaign.Amount, bool, error) {
	return campaign.Amount{Milli: parts * 12_500, Currency: "FCFA"}, true, nil
}

// TestWhatIsShownIsWhatIsSent puts every text of the counting vectors through a whole broadcast: the parts and the cost that
// were shown when it was frozen are those of the messages that left, to the segment.
func TestWhatIsShownIsWhatIsSent(t *testing.T) {
	raw, err := os.ReadFile("../../locales/charset/testdata/segments.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			Text string `json:"text"`
		} `json:"vectors"`
	}
	if err := json.Unmarshal(raw, &file); err != nil || len(file.Vectors) < 100 {
		t.Fatalf("%d vectors, %v", len(file.Vectors), err)
	}
	w := newTown(t, engines(t)["sqlite"](), options{change: func(d *campaign.Deps) { quick(d); d.Cap, d.Costs = 1<<30, flat{} }})
	w.provider.act = func(_ context.Context, m channel.MT, _ int) channel.Result {
		r := w.provider.accept(m)
		r.Parts = len(charset.Split(m.Text, charset.Ref8)) // as adapters cut
		w.provider.mu.Lock()
		defer w.provider.mu.Unlock()
		w.provider.parts += r.Parts - m.Parts
		return r
	}
	w.readers(w.commune, 10) // of fewer the preview tells no exact parts
	w.sending()
	sent, long := 0, 0
	for i, v := range file.Vectors {
		wish := w.wish()
		wish.Content.Text = store.Texts{"fr": v.Text, "bm": "Bɛn. " + v.Text}
		b, err := w.New(ctx, wish, author)
		w.must(err)
		p, err := w.Submit(ctx, w.commune, b.ID, author)
		if errors.Is(err, campaign.ErrTooLong) {
			long++
			continue
		}
		if errors.Is(err, campaign.ErrContent) {
			continue // the empty text
		}
		w.must(err)
		_, err = w.Approve(ctx, w.commune, b.ID, 0, approver)
		w.must(err)
		w.provider.reset()
		w.feeder.Wake()
		w.until(fmt.Sprintf("vector %d sent", i), 20*time.Second, func() bool { return w.get(b).State == store.BroadcastDone })
		done := w.get(b)
		_, messages, parts := w.provider.counts()
		if shown := done.Freeze.Parts["sms"]; messages != 10 || int64(parts) != shown || done.PartsSent != shown || done.Freeze.Cost["sms"] != shown*12_500 {
			t.Fatalf("vector %d: shown %d parts for %d, sent %d in %d messages, recorded %d", i, shown, done.Freeze.Cost["sms"], parts, messages, done.PartsSent)
		}
		q := p.Quotes[0]
		if shown := done.Freeze.Parts["sms"]; shown < q.Least || shown > q.Most || !q.Priced || q.From.Milli != q.Least*12_500 || q.To.Milli != q.Most*12_500 {
			t.Errorf("vector %d: %d parts are outside the range of the preview %+v", i, shown, q)
		}
		sent++
	}
	if sent < 100 {
		t.Errorf("only %d of %d vectors were sent, %d are too long", sent, len(file.Vectors), long)
	}
}
