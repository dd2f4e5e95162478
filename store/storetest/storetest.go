// Package storetest is what every implementation of the store's contracts must
// pass. Each subject has a file; each test opens an empty, migrated store.
package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"baro/store"
)

// Stores are the contracts under test.
type Stores struct {
	Writer store.Writer
	Places interface {
		store.PlaceReader
		store.PlaceWriter
	}
	DataKeys store.DataKeys
	Contacts store.Contacts
	Consents store.Consents
	Budgets  interface {
		store.BudgetReader
		store.BudgetWriter
	}
	DialNumbers store.DialNumbers
	Works       interface {
		store.WorkReader
		store.WorkWriter
	}
	TaxFacts      store.TaxFactsBook
	Consultations interface {
		store.ConsultationReader
		store.ConsultationWriter
	}
	Ballots   store.Ballots
	VoteCards store.VoteCards
	Callbacks store.Callbacks
	Services  interface {
		store.ServiceReader
		store.ServiceWriter
	}
	Counters store.Counters
	Cases    interface {
		store.CaseReader
		store.CaseWriter
		store.PublicCases
	}
	Opportunities interface {
		store.OpportunityReader
		store.OpportunityWriter
	}
	MarketDays store.MarketDays
	Practices  interface {
		store.PracticeReader
		store.PracticeWriter
	}
	Voices    store.Voices
	Calendar  store.BudgetCalendar
	Referrals store.Referrals
	Projects  store.Projects
	Alerts    store.Alerts

	Accounts interface {
		store.AccountReader
		store.AccountWriter
	}
	SecondFactors   store.SecondFactors
	Invitations     store.Invitations
	ConsoleSessions store.ConsoleSessions
	APITokens       store.APITokens
	FormDrafts      store.FormDrafts
	Phones          store.Phones
	PhoneOffers     store.PhoneOffers
	Relays          store.Relays

	Organisations interface {
		store.OrganisationReader
		store.OrganisationWriter
	}
	Mandates store.Mandates
	Officers interface {
		store.OfficerReader
		store.OfficerWriter
		store.PINTries
	}
	Members      store.Members
	Venues       store.Venues
	BlockedDates store.BlockedDates
	Safety       store.Safety
	Notices      interface {
		store.NoticeReader
		store.NoticeWriter
		store.NoticeCare
	}
	Attendances store.Attendances

	Steps store.Steps
	Audit interface {
		store.Audit
		store.AuditReader
	}
	Leases   store.Leases
	JobRuns  store.JobRuns
	Releases store.Releases
	Rollouts store.Rollouts
	Inbox    store.Inbox
	Outbox   interface {
		store.Outbox
		store.OutboxCare
		store.OutboxMoves
	}
	Receipts   store.Receipts
	Broadcasts interface {
		store.BroadcastReader
		store.BroadcastWriter
		store.Switches
	}
	BroadcastRules store.BroadcastRules
	Recipients     interface {
		store.Audiences
		store.Recipients
		store.RecipientCare
	}
	MessagePurge store.MessagePurge
	Retentions   store.Retentions

	ChannelStates store.ChannelStates
	Uploads       store.Uploads
}

// Open gives an empty store whose clock is now; it closes with the test.
type Open func(t *testing.T, now func() time.Time) Stores

// Run runs every contract.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, b *bench)
	}{
		{"transactions", testTransactions},
		{"transactions under load", testConcurrentWrites},
		{"places", testPlaces},
		{"place numbers", testPlaceNumbers},
		{"data keys", testDataKeys},
		{"contacts", testContacts},
		{"consents", testConsents},
		{"erase", testErase},
		{"budgets", testBudgets},
		{"budget publication", testBudgetPublication},
		{"works and dial numbers", testWorks},
		{"tax facts", testTaxFacts},
		{"consultations", testConsultations},
		{"ballots", testBallots},
		{"closing races answers", testClosingRacesAnswers},
		{"results and unlinking", testResults},
		{"kinds of questions", testKinds},
		{"vote cards", testVoteCards},
		{"follow-ups", testFollowUps},
		{"services", testServices},
		{"counters", testCounters},
		{"cases", testCases},
		{"published answers", testPublicCases},
		{"audiences of cases", testCaseAudiences},
		{"solved cases", testSolvedCases},
		{"callbacks", testCallbacks},
		{"opportunities", testOpportunities},
		{"market days", testMarketDays},
		{"practices", testPractices},
		{"voices", testVoices},
		{"voices at once", testVoicesAtOnce},
		{"budget calendar", testCalendar},
		{"referrals", testReferrals},
		{"projects with partners", testProjects},
		{"alerts by consent", testAlerts},
		{"accounts", testAccounts},
		{"second factors", testSecondFactors},
		{"invitations", testInvitations},
		{"console sessions", testConsoleSessions},
		{"API tokens", testAPITokens},
		{"form drafts", testFormDrafts},
		{"organisations and mandates", testOrganisations},
		{"officers", testOfficers},
		{"PIN tries", testPINTries},
		{"members", testMembers},
		{"venues and days", testVenues},
		{"notices", testNotices},
		{"notice changes", testNoticeChanges},
		{"notice appeals", testNoticeAppeals},
		{"attendances", testAttendances},
		{"steps", testSteps},
		{"audit", testAudit},
		{"audit search", testAuditSearch},
		{"leases", testLeases},
		{"job runs", testJobRuns},
		{"releases", testReleases},
		{"rollouts", testRollouts},
		{"inbox", testInbox},
		{"inbox turns", testInboxTurns},
		{"outbox", testOutbox},
		{"outbox leases", testOutboxLeases},
		{"outbox claims by many", testOutboxClaims},
		{"outbox moves", testOutboxMoves},
		{"receipts", testReceipts},
		{"receipts race answers", testReceiptRace},
		{"broadcasts", testBroadcasts},
		{"broadcast rules", testBroadcastRules},
		{"audiences", testAudiences},
		{"recipients", testRecipients},
		{"members as an audience", testMembersAsAudience},
		{"recipients that are recalled", testRecall},
		{"recipients that leave", testRecipientsLeave},
		{"message purge", testMessagePurge},
		{"phones", testPhones},
		{"offers to phones", testPhoneOffers},
		{"reports to other systems", testRelays},
		{"retention", testRetention},
		{"channel states", testChannelStates},
		{"uploads", testUploads},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := &clock{now: time.Date(2026, 11, 25, 8, 30, 0, 123000, time.UTC)}
			c.test(t, &bench{Stores: open(t, clock.Now), t: t, clock: clock, ctx: t.Context()})
		})
	}
}

// bench is a store under test with its clock and short ways to say what must
// hold.
type bench struct {
	Stores
	t     *testing.T
	clock *clock
	ctx   context.Context
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return c.now
}

// must ends the test on an error.
func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatalf("unexpected error: %v", err)
	}
}

// wants checks the code of an error.
func (b *bench) wants(code store.Code, err error) {
	b.t.Helper()
	if store.CodeOf(err) != code {
		b.t.Fatalf("got error %v (%q), want code %q", err, store.CodeOf(err), code)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

// together runs n calls at once and gives their errors.
func together(n int, call func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-start
			errs[i] = call(i)
		})
	}
	close(start)
	group.Wait()
	return errs
}

// winners counts the nil errors and fails on codes other than the loser's.
func (b *bench) winners(errs []error, loser store.Code) (n int) {
	b.t.Helper()
	for _, err := range errs {
		if err == nil {
			n++
		} else {
			b.wants(loser, err)
		}
	}
	return n
}

var (
	errProbe = errors.New("probe")
	clerk    = store.Act{Actor: "clerk", Reason: "test", RequestID: "r1"}
)

func ptr[T any](v T) *T { return &v }

func pseudonym(n byte) store.Pseudonym { return store.Pseudonym{0: n, 31: 0xff} }

func voter(n int) store.Voter { return store.Voter{0: byte(n), 1: byte(n >> 8), 31: 0xee} }

// seal is a stand-in for an encrypted value.
func seal(text string) store.Sealed { return store.Sealed{KeyID: "k1", Box: []byte("box:" + text)} }

// communes gives two communes in use with two villages each.
func (b *bench) communes() (one, two store.PlaceID) {
	b.t.Helper()
	_, err := b.Places.Upsert(b.ctx, samplePlaces())
	b.must(err)
	first, err := b.Places.ByCode(b.ctx, "demo", "ML010101")
	b.must(err)
	second, err := b.Places.ByCode(b.ctx, "demo", "ML010102")
	b.must(err)
	return first.ID, second.ID
}

// samplePlaces are in no helpful order: children stand before parents.
func samplePlaces() []store.Place {
	return []store.Place{
		{Edition: "demo", Pcode: "ML010101002", Level: store.LevelSettlement, ParentPcode: "ML010101", Name: "Nyetaba", InUse: true,
			At: &store.Point{Lat: 13.25, Lon: -6.5}, Population: ptr(int64(812)), Fictional: true},
		{Edition: "demo", Pcode: "ML010101001", Level: store.LevelSettlement, ParentPcode: "ML010101", Name: "Badaniba", InUse: true},
		{Edition: "demo", Pcode: "ML010102001", Level: store.LevelSettlement, ParentPcode: "ML010102", Name: "Nyetaba", InUse: true},
		{Edition: "demo", Pcode: "ML010101", Level: store.LevelCommune, ParentPcode: "ML0101", Name: "Jèkabara", ShortName: "Jekabara",
			Aliases: []string{"Djekabara"}, Number: "417", Languages: []string{"bm", "fr"}, InUse: true, Unverified: true},
		{Edition: "demo", Pcode: "ML010102", Level: store.LevelCommune, ParentPcode: "ML0101", Name: "Benkadi", InUse: true},
		{Edition: "demo", Pcode: "ML0101", Level: store.LevelCercle, ParentPcode: "ML01", Name: "Cercle", InUse: true},
		{Edition: "demo", Pcode: "ML01", Level: store.LevelRegion, ParentPcode: "ML", Name: "Region", InUse: true},
		{Edition: "demo", Pcode: "ML", Level: store.LevelCountry, Name: "Mali", InUse: true},
	}
}
