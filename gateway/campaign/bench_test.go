package campaign_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"baro/gateway/campaign"
	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/gateway/outbox/outboxtest"
	"baro/store"
	"baro/store/storetest/pgtest"
)

// crowd fills a town's commune with n people by one statement: their numbers are few, their pseudonyms all different.
func crowd(b testing.TB, w *town, address string, n int) {
	b.Helper()
	driver, dsn := "pgx", address
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, dsn = "sqlite", path
	}
	db, err := sql.Open(driver, dsn)
	w.must(err)
	defer db.Close()
	run := func(text string, args ...any) {
		b.Helper()
		_, err := db.ExecContext(ctx, text, args...)
		w.must(err)
	}
	run(`CREATE TABLE crowd_kinds (i BIGINT, phone_key TEXT, phone BYTEA, language_key TEXT, language BYTEA)`)
	const kinds = 64
	for i := range kinds {
		to, err := identity.Parse(fmt.Sprintf("+2237%07d", i))
		w.must(err)
		phone, err := w.keys.SealNumber(to)
		w.must(err)
		tag, err := w.keys.Seal("contact.language", []byte(languages[i%len(languages)]))
		w.must(err)
		run(`INSERT INTO crowd_kinds VALUES ($1, $2, $3, $4, $5)`, i, phone.KeyID, phone.Box, tag.KeyID, tag.Box)
	}
	now := w.clock.Now().UnixMicro()
	if driver == "sqlite" {
		run(fmt.Sprintf(`INSERT INTO contacts SELECT randomblob(32), phone_key, phone, language_key, language, %d, %d, %d
			FROM (WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < %d) SELECT i FROM s) AS s
			JOIN crowd_kinds k ON k.i = s.i %% %d ORDER BY 1`, w.commune, now, now, n, kinds))
	} else {
		run(fmt.Sprintf(`INSERT INTO contacts SELECT sha256(convert_to(s.i::text, 'UTF8')), phone_key, phone, language_key, language, %d, %d, %d
			FROM generate_series(1, %d) AS s (i) JOIN crowd_kinds k ON k.i = s.i %% %d ORDER BY 1`, w.commune, now, now, n, kinds))
	}
	run(fmt.Sprintf(`INSERT INTO consents (pseudonym, purpose, text_version, channel, source, given_at)
		SELECT pseudonym, 'notices', 'v1', 'ussd', 'dial', %d FROM contacts`, now))
	run(`ANALYZE`)
}

// BenchmarkFreeze writes audiences down: from the approval to the last row, exact totals included.
func BenchmarkFreeze(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("postgres/%d", n), func(b *testing.B) { benchFreeze(b, pgtest.Start(b).Database(b), n) })
	}
	b.Run("sqlite/100000", func(b *testing.B) { benchFreeze(b, "sqlite:"+filepath.Join(b.TempDir(), "baro.db"), 100_000) })
}

func benchFreeze(b *testing.B, address string, n int) {
	w := newTown(b, address, options{})
	crowd(b, w, address, n)
	wish := w.wish()
	for b.Loop() {
		b.StopTimer()
		k, err := w.New(ctx, wish, author)
		w.must(err)
		begun := time.Now()
		_, err = w.Submit(ctx, w.commune, k.ID, author)
		w.must(err)
		submitted := time.Since(begun)
		k = w.get(k)
		_, err = w.Approve(ctx, w.commune, k.ID, k.Shown, approver)
		w.must(err)
		b.StartTimer()
		for w.get(k).FrozenAt.IsZero() {
			w.round()
		}
		b.StopTimer()
		if got := w.get(k).Freeze.Recipients; got != int64(n) {
			b.Fatalf("froze %d of %d", got, n)
		}
		b.ReportMetric(submitted.Seconds(), "s/count")
		var mem runtime.MemStats
		runtime.ReadMemStats(&mem)
		b.ReportMetric(float64(mem.HeapInuse)/(1<<20), "MiB-heap")
		w.must(w.Undo(ctx, w.commune, k.ID, store.Act{Actor: "account:1"}))
		b.StartTimer()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "recipients/s")
}

// BenchmarkSend sends whole broadcasts, from the first message to the last state, to a provider on the loopback, and makes as
// many calls with nothing but an HTTP client, before and after: "ratio" is the broadcast's rate over the bare one's. Feeding the
// outbox, recording and collecting are within, writing the audience down is not. "MiB-rss" is the most that the process held
// while it sent, the log tells it every ten seconds. BARO_BENCH_PEOPLE asks for another number of people, on PostgreSQL.
func BenchmarkSend(b *testing.B) {
	if people, err := strconv.Atoi(os.Getenv("BARO_BENCH_PEOPLE")); err == nil {
		b.Run(fmt.Sprintf("postgres/%d", people), func(b *testing.B) { benchSend(b, pgtest.Start(b).Database(b), people) })
		return
	}
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("sqlite/%d", n), func(b *testing.B) { benchSend(b, "sqlite:"+filepath.Join(b.TempDir(), "baro.db"), n) })
		b.Run(fmt.Sprintf("postgres/%d", n), func(b *testing.B) { benchSend(b, pgtest.Start(b).Database(b), n) })
	}
}

func benchSend(b *testing.B, address string, n int) {
	sink := outboxtest.NewSink(b)
	w := newTown(b, address, options{change: func(d *campaign.Deps) { quick(d); d.Cap = 1 << 30 }, channel: func(c *outbox.Channel) {
		c.Provider, c.Concurrency = sink.Provider(b), outboxtest.Callers
	}})
	crowd(b, w, address, n)
	w.outbox.Start()
	b.Cleanup(w.stop)
	var bare, ours time.Duration
	var memory outboxtest.Memory
	for b.Loop() {
		b.StopTimer()
		w.feeder = campaign.NewFeeder(w.Service, "one")
		k := w.approved(w.wish())
		for w.get(k).FrozenAt.IsZero() {
			w.round()
		}
		bare += sink.Bare(b, (n+1)/2)
		b.StartTimer()
		begun := time.Now()
		w.feeder.Start(ctx)
		watched := outboxtest.Watch()
		w.until("done", time.Hour, func() bool { return w.get(k).State == store.BroadcastDone })
		ours += time.Since(begun)
		b.StopTimer()
		memory = watched()
		w.feeder.Stop()
		bare += sink.Bare(b, n/2)
		b.StartTimer()
	}
	total := float64(n) * float64(b.N)
	b.ReportMetric(total/ours.Seconds(), "msg/s")
	b.ReportMetric(total/bare.Seconds(), "bare/s")
	b.ReportMetric(bare.Seconds()/ours.Seconds(), "ratio")
	b.ReportMetric(outboxtest.MiB(memory.Least), "MiB-rss-least")
	b.ReportMetric(outboxtest.MiB(memory.Most), "MiB-rss")
	for i, bytes := range memory.Every10s {
		b.Logf("after %d s: %.0f MiB", 10*i, outboxtest.MiB(bytes))
	}
}
