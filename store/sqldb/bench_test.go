package sqldb_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"baro/store"
	"baro/store/sqldb"
	"baro/store/storetest/pgtest"
)

func onBoth(b *testing.B, run func(b *testing.B, db *sqldb.DB)) {
	b.Run("sqlite", func(b *testing.B) {
		db := open(b, "sqlite:"+filepath.Join(b.TempDir(), "baro.db"), time.Now)
		b.ResetTimer()
		run(b, db)
	})
	b.Run("postgres", func(b *testing.B) {
		db := open(b, pgtest.Start(b).Database(b), time.Now)
		b.ResetTimer()
		run(b, db)
	})
}

// perSecond reports n things per iteration as a rate.
func perSecond(b *testing.B, n int, unit string) {
	b.ReportMetric(float64(b.N)*float64(n)/b.Elapsed().Seconds(), unit+"/s")
}

// BenchmarkSmallWrites: 64 callers, one durable row each.
func BenchmarkSmallWrites(b *testing.B) {
	onBoth(b, func(b *testing.B, db *sqldb.DB) {
		var next atomic.Int64
		b.SetParallelism(32) // on two cores: 64 callers
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			payload := make([]byte, 160)
			for pb.Next() {
				n := next.Add(1)
				s := store.Step{Step: n, Payload: payload, Created: time.UnixMicro(n)}
				binary.BigEndian.PutUint64(s.Session[:], uint64(n)*0x9e3779b97f4a7c15)
				if err := db.Steps().Insert(context.Background(), s); err != nil {
					b.Error(err)
					return
				}
			}
		})
		perSecond(b, 1, "rows")
	})
}

// BenchmarkSingleWriter: one caller, one durable row at a time; the baseline
// that grouping is measured against.
func BenchmarkSingleWriter(b *testing.B) {
	onBoth(b, func(b *testing.B, db *sqldb.DB) {
		payload, n := make([]byte, 160), int64(0)
		for b.Loop() {
			n++
			s := store.Step{Step: n, Payload: payload, Created: time.UnixMicro(n)}
			binary.BigEndian.PutUint64(s.Session[:], uint64(n)*0x9e3779b97f4a7c15)
			if err := db.Steps().Insert(context.Background(), s); err != nil {
				b.Fatal(err)
			}
		}
		perSecond(b, 1, "rows")
	})
}

func BenchmarkReadPlace(b *testing.B) {
	onBoth(b, func(b *testing.B, db *sqldb.DB) {
		commune := importPlaces(b, db, 10)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := db.Places().Get(context.Background(), commune); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkImportPlaces: 20,000 settlements and their parents, the first time
// and again.
func BenchmarkImportPlaces(b *testing.B) {
	onBoth(b, func(b *testing.B, db *sqldb.DB) {
		for b.Loop() {
			importPlaces(b, db, 20_000)
		}
		perSecond(b, 20_000, "places")
	})
}

// BenchmarkImportBudget: linear in the number of lines.
func BenchmarkImportBudget(b *testing.B) {
	for _, lines := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprint(lines), func(b *testing.B) {
			onBoth(b, func(b *testing.B, db *sqldb.DB) {
				commune := importPlaces(b, db, 1)
				all := make([]store.BudgetLine, lines)
				for i := range all {
					all[i] = store.BudgetLine{Row: i + 1, Section: store.Fonctionnement, Direction: store.Depense, Kind: store.LineReel, Planned: int64(i)}
				}
				for b.Loop() {
					d, err := db.Budgets().Create(context.Background(), store.BudgetDocument{Commune: commune, Year: 2026, Stage: store.BudgetPrimitif})
					if err != nil {
						b.Fatal(err)
					}
					if err := db.Budgets().AddLines(context.Background(), commune, d.ID, all); err != nil {
						b.Fatal(err)
					}
				}
				perSecond(b, lines, "lines")
			})
		})
	}
}

// BenchmarkOutbox: enqueue, claim, begin and finish in batches of 500.
func BenchmarkOutbox(b *testing.B) {
	onBoth(b, func(b *testing.B, db *sqldb.DB) {
		const size = 500
		ctx, round := context.Background(), 0
		for b.Loop() {
			now := time.UnixMicro(int64(1e15) + int64(round))
			batch := make([]store.Outbound, size)
			for i := range batch {
				batch[i] = store.Outbound{ID: fmt.Sprintf("%d-%d", round, i), Channel: "sms", Phone: store.Sealed{KeyID: "k", Box: make([]byte, 40)},
					Body: store.Sealed{KeyID: "k", Box: make([]byte, 160)}, NotBefore: now, ExpiresAt: now.Add(time.Hour)}
			}
			if _, err := db.Outbox().Enqueue(ctx, batch); err != nil {
				b.Fatal(err)
			}
			claimed, err := db.Outbox().Claim(ctx, "sms", store.Claim{Holder: "w", Now: now, Until: now.Add(time.Minute), Limit: size})
			if err != nil || len(claimed) != size {
				b.Fatalf("claimed %d: %v", len(claimed), err)
			}
			messages, outcomes := make([]int64, size), make([]store.Outcome, size)
			for i, m := range claimed {
				messages[i] = m.Seq
				outcomes[i] = store.Outcome{Seq: m.Seq, State: store.OutboundSent, ProviderID: "p" + m.ID, Parts: 1}
			}
			if _, err := db.Outbox().Begin(ctx, "w", messages, now); err != nil {
				b.Fatal(err)
			}
			if moved, err := db.Outbox().Finish(ctx, "sms", "w", outcomes, now); err != nil || moved != size {
				b.Fatalf("finished %d: %v", moved, err)
			}
			round++
		}
		perSecond(b, size, "messages")
	})
}

// BenchmarkAccept: 64 callers, one inbound message each.
func BenchmarkAccept(b *testing.B) {
	onBoth(b, func(b *testing.B, db *sqldb.DB) {
		var next atomic.Int64
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				n := next.Add(1)
				m := store.Inbound{Channel: "sms", ExternalID: fmt.Sprint(n), Phone: store.Sealed{KeyID: "k", Box: make([]byte, 40)},
					Body: store.Sealed{KeyID: "k", Box: make([]byte, 80)}, Received: time.UnixMicro(n)}
				binary.BigEndian.PutUint64(m.Sender[:], uint64(n))
				if _, err := db.Inbox().Accept(context.Background(), []store.Inbound{m}); err != nil {
					b.Error(err)
					return
				}
			}
		})
		perSecond(b, 1, "messages")
	})
}

// importPlaces stores n settlements under one commune and gives its id.
func importPlaces(tb testing.TB, db *sqldb.DB, n int) store.PlaceID {
	tb.Helper()
	places := []store.Place{
		{Edition: "e", Pcode: "ML", Level: store.LevelCountry, Name: "Mali"},
		{Edition: "e", Pcode: "ML01", Level: store.LevelRegion, ParentPcode: "ML", Name: "R"},
		{Edition: "e", Pcode: "ML0101", Level: store.LevelCercle, ParentPcode: "ML01", Name: "C"},
		{Edition: "e", Pcode: "ML010101", Level: store.LevelCommune, ParentPcode: "ML0101", Name: "Jèkabara"},
	}
	for i := range n {
		places = append(places, store.Place{Edition: "e", Pcode: fmt.Sprintf("ML010101%05d", i), Level: store.LevelSettlement,
			ParentPcode: "ML010101", Name: fmt.Sprint("Village ", i), At: &store.Point{Lat: 13, Lon: -6}})
	}
	if _, err := db.Places().Upsert(tb.Context(), places); err != nil {
		tb.Fatal(err)
	}
	commune, err := db.Places().ByCode(tb.Context(), "e", "ML010101")
	if err != nil {
		tb.Fatal(err)
	}
	return commune.ID
}
