package exchange_test

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"baro/gateway/exchange"
	"baro/gateway/exchange/report"
	"baro/gateway/identity"
	"baro/store"
)

// contactList is an export of RapidPro with people who do not exist.
const contactList = "Contact UUID,Name,Language,Status,Created On,Last Seen On,URN:Tel,Group:Abonnes,Field:Village\n" +
	"0b1c-1,Awa,bam,Active,2024-01-02T08:00:00Z,2026-11-20T08:00:00Z,tel:+22370000001,true,Badala\n" +
	"0b1c-2,Bakary,fra,Stopped,2024-01-02T08:00:00Z,,+22370000002,true,\n" +
	"0b1c-3,Chaka,fra,Blocked,2024-01-02T08:00:00Z,,70000003,false,\n" +
	"0b1c-4,Djeneba,wol,active,2024-01-02T08:00:00Z,,22370000004,true,\n" +
	"0b1c-5,Oumar,fra,Archived,2024-01-02T08:00:00Z,,+22370000005,false,\n" +
	"0b1c-6,Fatou,fra,Active,2024-01-02T08:00:00Z,,,true,\n" +
	"0b1c-7,Ibrahim,fra,Active,2024-01-02T08:00:00Z,,telegram:12345,true,\n" +
	"0b1c-8,Awa,bam,Active,2024-01-02T08:00:00Z,,+223 70 00 00 01,true,\n" +
	"0b1c-9,Koro,fra,Lost,2024-01-02T08:00:00Z,,+22370000006,true,\n"

// contactsDesk is a desk that can keep numbers.
func contactsDesk(t *testing.T) (*desk, *identity.Keyring) {
	t.Helper()
	d := newDesk(t)
	ring, _, err := identity.NewKeyring(bytes.Repeat([]byte{7}, 32), nil, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d.im = exchange.New(exchange.Deps{Tx: d.db, Places: d.db.Places(), Budgets: d.db.Budgets(), Works: d.db.Works(), Services: d.db.Services(),
		Contacts: d.db.Contacts(), Consents: d.db.Consents(), Audit: d.db.Audit(), Keys: ring, Now: clock})
	return d, ring
}

func who(t *testing.T, ring *identity.Keyring, number string) store.Pseudonym {
	t.Helper()
	m, err := identity.Parse(number)
	if err != nil {
		t.Fatal(err)
	}
	return store.Pseudonym(ring.Pseudonym(m))
}

func (d *desk) suppressed(p store.Pseudonym) bool {
	d.t.Helper()
	stopped, err := d.db.Consents().Suppressed(d.t.Context(), p, store.PurposeAll)
	if err != nil {
		d.t.Fatal(err)
	}
	return stopped
}

func (d *desk) consents(p store.Pseudonym) []store.Consent {
	d.t.Helper()
	all, err := d.db.Consents().Standing(d.t.Context(), p)
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

func TestContacts(t *testing.T) {
	d, ring := contactsDesk(t)
	ctx := t.Context()
	rep, _ := d.plan(exchange.Contacts, contactList, exchange.Options{})
	if _, err := d.db.Contacts().Get(ctx, who(t, ring, "+22370000001")); store.CodeOf(err) != store.CodeNotFound || d.suppressed(who(t, ring, "+22370000002")) {
		t.Fatalf("a plan has written: %v", err)
	}
	want := report.Counts{Read: 9, Accepted: 4, Refused: 5, New: 4}
	counts(t, rep, want)
	for line, code := range map[int]report.Code{6: report.Archived, 7: report.Missing, 8: report.BadPhone, 9: report.Duplicate, 10: report.UnknownWord} {
		refused(t, rep, line, code)
	}
	for _, r := range rep.Refused {
		if r.Column == "URN:Tel" && r.Value != "" {
			t.Errorf("line %d tells the number", r.Line)
		}
	}
	warned(t, rep, report.UnknownLanguage)
	if !strings.Contains(rep.Facts["consents"], "none") || rep.Facts["new contacts"] != "2" || rep.Facts["new suppressions"] != "2" {
		t.Errorf("facts: %v", rep.Facts)
	}

	counts(t, d.take(exchange.Contacts, contactList, exchange.Options{}), want)
	awa, err := d.db.Contacts().Get(ctx, who(t, ring, "+22370000001"))
	if err != nil {
		t.Fatal(err)
	}
	language, err := ring.Open("contact.language", identity.Sealed(awa.Language))
	if err != nil || string(language) != "bm" || !awa.LastActive.Equal(time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("language %q, last active %v: %v", language, awa.LastActive, err)
	}
	if number, err := ring.OpenNumber(identity.Sealed(awa.Phone)); err != nil || number.E164() != "+22370000001" {
		t.Errorf("number: %v", err)
	}
	if len(d.consents(who(t, ring, "+22370000001"))) != 0 {
		t.Error("a consent was invented")
	}
	for _, number := range []string{"+22370000002", "+22370000003"} {
		_, err := d.db.Contacts().Get(ctx, who(t, ring, number))
		if !d.suppressed(who(t, ring, number)) || store.CodeOf(err) != store.CodeNotFound {
			t.Errorf("%s is not suppressed, or kept: %v", number[8:], err)
		}
	}
	rows, err := d.db.Audit().List(ctx, 0, 0, 10)
	if err != nil || len(rows) != 1 || rows[0].Action != "contacts.import" || rows[0].After != "2 contacts, 2 suppressions, 0 consents" {
		t.Errorf("audit: %+v %v", rows, err)
	}
	counts(t, d.take(exchange.Contacts, contactList, exchange.Options{}), report.Counts{Read: 9, Accepted: 4, Refused: 5, Unchanged: 4})
}

// A consent needs a sheet, and a refusal here outlives every list and sheet.
func TestConsentsOfContacts(t *testing.T) {
	d, ring := contactsDesk(t)
	awa, djeneba := who(t, ring, "+22370000001"), who(t, ring, "+22370000004")
	if err := d.db.Consents().Withdraw(t.Context(), djeneba, store.PurposeAll, clock()); err != nil {
		t.Fatal(err)
	}
	o := exchange.Options{ConsentSource: "réunion du 12 novembre"}
	rep := d.take(exchange.Contacts, contactList, o)
	warned(t, rep, report.StillStopped)
	if !strings.Contains(rep.Facts["consents"], "1 to notices") {
		t.Errorf("facts: %v", rep.Facts)
	}
	given := d.consents(awa)
	if len(given) != 1 || given[0].Purpose != store.PurposeNotices || given[0].Source != "sheet: réunion du 12 novembre" {
		t.Errorf("consents: %+v", given)
	}
	if !d.suppressed(djeneba) || len(d.consents(djeneba)) != 0 {
		t.Error("who said STOP here was brought back")
	}
	if _, err := d.db.Contacts().Get(t.Context(), djeneba); store.CodeOf(err) != store.CodeNotFound {
		t.Errorf("who was erased here is kept: %v", err)
	}
	if err := d.db.Consents().Withdraw(t.Context(), awa, store.PurposeNotices, clock()); err != nil {
		t.Fatal(err)
	}
	d.take(exchange.Contacts, contactList, o)
	if len(d.consents(awa)) != 0 {
		t.Error("a consent that was withdrawn was given again by a list")
	}
}

func TestContactsThatAreRefusedAsAWhole(t *testing.T) {
	d, _ := contactsDesk(t)
	for file, code := range map[string]report.Code{
		"URN:Tel,Language,Group:PDI Mopti\n+22370000001,fra,true\n": report.PhoneAndGroup,
		"Phone,Groups\n+22370000001,Familles déplacées\n":           report.PhoneAndGroup,
		"Contact UUID,Name\n1,Awa\n":                                report.NoHeader,
		"URN:Tel,Status\ntelegram:1,active\n":                       report.NothingToDo,
	} {
		rep, _ := d.plan(exchange.Contacts, file, exchange.Options{})
		rejectedWith(t, rep, code)
	}
	rep, _ := d.plan(exchange.Contacts, contactList, exchange.Options{Commune: "999"})
	rejectedWith(t, rep, report.UnknownCommune)
	rep, _ = newDesk(t).plan(exchange.Contacts, contactList, exchange.Options{})
	rejectedWith(t, rep, report.NoKeys)
}

// In one file a stop counts, wherever it stands.
func TestAStopCountsAmongDoubledRows(t *testing.T) {
	d, ring := contactsDesk(t)
	d.take(exchange.Contacts, "Phone,Status\n+22370000001,Active\n70000001,Stopped\n", exchange.Options{})
	if p := who(t, ring, "+22370000001"); !d.suppressed(p) {
		t.Error("an active row has hidden a stop")
	}
}
