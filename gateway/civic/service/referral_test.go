package service

import (
	"strings"
	"testing"
	"time"

	"baro/gateway/civictest"
	"baro/store"
)

var keeper = store.Act{Actor: "account:1", Reason: "test"}

// A contact is shown for ninety days after somebody checked it, and not a moment longer.
func TestContactsOutsideTheTownHallAreFresh(t *testing.T) {
	b := newBench(t)
	home, err := b.DB.Places().Get(b.Ctx, b.home)
	b.Must(err)
	country := home.ParentID
	put := func(name string, purpose store.ReferralPurpose, checked time.Time) {
		t.Helper()
		_, err := b.PutReferral(b.Ctx, store.Referral{Area: country, Purpose: purpose, Name: name, Phone: "00 00 00 71", Verified: checked}, keeper)
		b.Must(err)
	}
	put("Recours", store.ReferralAbuse, b.Now)
	put("Jamais", store.ReferralAbuse, time.Time{})
	put("Ecoute", store.ReferralProtection, b.Now)
	shown := func(purpose store.ReferralPurpose, now time.Time) string {
		t.Helper()
		list, err := b.Contacts(b.Ctx, b.home, purpose, now)
		b.Must(err)
		var names []string
		for _, r := range list {
			names = append(names, r.Name)
		}
		return strings.Join(names, ", ")
	}
	for _, c := range []struct {
		purpose store.ReferralPurpose
		after   time.Duration
		want    string
	}{
		{store.ReferralAbuse, 0, "Recours"}, {store.ReferralAbuse, 90 * 24 * time.Hour, "Recours"},
		{store.ReferralAbuse, 90*24*time.Hour + 1, ""}, {store.ReferralProtection, 0, "Ecoute"}, {store.ReferralThreat, 0, ""},
	} {
		if got := shown(c.purpose, b.Now.Add(c.after)); got != c.want {
			t.Errorf("%s after %s: %q, want %q", c.purpose, c.after, got, c.want)
		}
	}
	rows := b.read("service.contacts", b.args(civictest.Word("need", "abuse")))
	if len(rows) != 1 || len(rows[0].Fields.Get("Contacts").Parts) != 1 {
		t.Errorf("contacts: %v", rows)
	}
	b.Now = b.Now.Add(91 * 24 * time.Hour)
	if rows := b.read("service.contacts", b.args(civictest.Word("need", "abuse"))); len(rows) != 0 {
		t.Errorf("stale contacts: %v", rows)
	}
	if n, err := b.StaleContacts(b.Ctx, b.Now); err != nil || n != 3 {
		t.Errorf("%d stale, %v", n, err)
	}
	all, err := b.Referrals(b.Ctx, country)
	b.Must(err)
	if len(all) != 3 {
		t.Errorf("%d contacts are kept", len(all))
	}
	b.Must(b.RemoveReferral(b.Ctx, country, all[0].ID, keeper))
}

func TestContactsAreNeverTheTownHalls(t *testing.T) {
	b := newBench(t)
	r := store.Referral{Area: b.home, Purpose: store.ReferralAbuse, Name: "Mairie", Phone: "00 00 00 01", Verified: b.Now}
	_, err := b.PutReferral(b.Ctx, r, keeper)
	b.Wants(store.CodeInvalid, err)
	r.Area = b.village
	_, err = b.PutReferral(b.Ctx, r, keeper)
	b.Wants(store.CodeInvalid, err)
	home, err := b.DB.Places().Get(b.Ctx, b.home)
	b.Must(err)
	r.Area, r.Name = home.ParentID, strings.Repeat("é", MaxContact+1)
	_, err = b.PutReferral(b.Ctx, r, keeper)
	b.Wants(store.CodeInvalid, err)
}

// Whoever is asked for money for what is free learns where to say so.
func TestAidTellsWhereToReportAnAbuse(t *testing.T) {
	b := newBench(t)
	home, err := b.DB.Places().Get(b.Ctx, b.home)
	b.Must(err)
	_, err = b.PutReferral(b.Ctx, store.Referral{Area: home.ParentID, Purpose: store.ReferralAbuse, Name: "Recours", Phone: "00 00 00 71", Verified: b.Now}, keeper)
	b.Must(err)
	stored := b.add(b.home, b.entry("food", "Cantine", north(1)), b.entry("health", "CSCOM", north(1)))
	for i, want := range []bool{true, false} {
		told := false
		for _, f := range b.read("service.detail", b.args(civictest.Whole("service", stored[i].ID)))[0].Fields.Get("Facts").Parts {
			told = told || f.Message == "service.fact.report"
		}
		if told != want {
			t.Errorf("%s tells it: %t", stored[i].Name, told)
		}
	}
}
