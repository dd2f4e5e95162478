package sqldb_test

import (
	"path/filepath"
	"testing"
	"time"

	"baro/store/sqldb"
	"baro/store/storetest"
	"baro/store/storetest/pgtest"
)

func TestSQLiteContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) storetest.Stores {
		return stores(open(t, "sqlite:"+filepath.Join(t.TempDir(), "baro.db"), now))
	})
}

func TestPostgresContract(t *testing.T) {
	server := pgtest.Start(t)
	storetest.Run(t, func(t *testing.T, now func() time.Time) storetest.Stores {
		return stores(open(t, server.Database(t), now))
	})
}

// open gives a migrated database that closes with the test.
func open(tb testing.TB, url string, now func() time.Time) *sqldb.DB {
	tb.Helper()
	db, err := sqldb.Open(tb.Context(), url, sqldb.Options{Now: now})
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	if _, err := db.Migrate(tb.Context()); err != nil {
		tb.Fatalf("migrate: %v", err)
	}
	return db
}

func stores(db *sqldb.DB) storetest.Stores {
	return storetest.Stores{
		Writer: db, Places: db.Places(), DataKeys: db.DataKeys(), Contacts: db.Contacts(), Consents: db.Consents(),
		Budgets: db.Budgets(), DialNumbers: db.DialNumbers(), Works: db.Works(), TaxFacts: db.TaxFacts(),
		Consultations: db.Consultations(), Ballots: db.Ballots(), VoteCards: db.VoteCards(), Callbacks: db.Callbacks(), Services: db.Services(), Counters: db.Counters(),
		Opportunities: db.Opportunities(), MarketDays: db.MarketDays(), Practices: db.Practices(),
		Voices: db.Voices(), Calendar: db.Calendar(), Referrals: db.Referrals(), Projects: db.Projects(), Alerts: db.Alerts(),
		Organisations: db.Organisations(), Mandates: db.Mandates(), Officers: db.Officers(), Members: db.Members(), Venues: db.Venues(),
		BlockedDates: db.BlockedDates(), Safety: db.Safety(), Notices: db.Notices(), Attendances: db.Attendances(),
		Cases: db.Cases(), Steps: db.Steps(), Audit: db.Audit(), Leases: db.Leases(), JobRuns: db.JobRuns(),
		Releases: db.Releases(), Rollouts: db.Rollouts(), Inbox: db.Inbox(), Outbox: db.Outbox(), Receipts: db.Receipts(),
		Broadcasts: db.Broadcasts(), BroadcastRules: db.BroadcastRules(), Recipients: db.Recipients(),
		MessagePurge: db.MessagePurge(), Retentions: db.Retentions(),
		Accounts: db.Accounts(), SecondFactors: db.SecondFactors(), Invitations: db.Invitations(), ConsoleSessions: db.ConsoleSessions(),
		APITokens: db.APITokens(), FormDrafts: db.FormDrafts(),
		ChannelStates: db.ChannelStates(), Uploads: db.Uploads(),
		Phones: db.Phones(), PhoneOffers: db.PhoneOffers(), Relays: db.Relays(),
	}
}
