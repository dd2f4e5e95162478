package main

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"baro/gateway/access"
	"baro/gateway/campaign"
	"baro/store"
)

// draft stores a broadcast of an author as it waits for a word, shown to so many people.
func (d *desk) draft(author string, shown int64, submitted bool) string {
	d.t.Helper()
	act := store.Act{Actor: author}
	b, err := d.n.campaign.New(d.t.Context(), campaign.Wish{
		Commune: d.own, Content: campaign.Content{Text: store.Texts{"fr": "Réunion mardi à {commune}."}},
		Audience: campaign.Audience{Place: d.own, Purpose: store.PurposeNotices}, Expires: d.n.set.now().Add(72 * time.Hour),
	}, act)
	if err != nil {
		d.t.Fatal(err)
	}
	if submitted {
		if err := d.n.db.Broadcasts().Move(d.t.Context(), d.own, b.ID, store.BroadcastMove{
			From: store.BroadcastDraft, To: store.BroadcastSubmitted, Shown: shown, Act: act,
		}); err != nil {
			d.t.Fatal(err)
		}
	}
	return fmt.Sprintf("/console/c/%d/broadcasts/%d", d.own, b.ID)
}

// number is the id at the end of a path.
func number(t *testing.T, path string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(path[strings.LastIndex(path, "/")+1:], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A message to many is seen before it goes out, approved by another person who types how many get it, stopped by whoever is
// at the town hall, and let go on by the second person.
func TestBroadcastsOfTheConsole(t *testing.T) {
	d := newDesk(t, false)
	if home, ok := d.n.subjects.place.ByNumber("417"); ok && home.ID != d.own { // channels send from there
		d.own, d.other = home.ID, d.own
	}
	clerk := d.enter("clerk-a", d.grant(access.Editor))
	approver := d.enter("approver-a", d.grant(access.Approver))
	list := fmt.Sprintf("/console/c/%d/broadcasts", d.own)
	d.sees(clerk, list, "Aucun envoi.")

	page := d.draft("account:77", 0, false)
	d.sees(clerk, "/console", "1 envoi groupé en brouillon")
	d.sees(clerk, page, "Brouillon", "Réunion mardi", "moins de 10", "Demander l’accord")
	d.refuses(clerk, page, page+"/submit", "", 422, "Personne ne le recevrait.")

	page = d.draft("account:77", 1200, true)
	d.sees(approver, "/console", "1 envoi groupé à approuver")
	d.sees(approver, page, "À approuver", "1200", "Plus de 1 000 numéros")
	since := "since=" + sinceField.FindStringSubmatch(d.sees(approver, page))[1]
	d.refuses(approver, page, page+"/approve", "typed=1200&since=1", 422, "a changé depuis que vous l’avez lu")
	d.refuses(approver, page, page+"/approve", since, 422, `href="#f-typed"`)
	d.refuses(approver, page, page+"/approve", since+"&typed=1201", 422, "Ce n’est pas le nombre affiché.", `value="1201"`)
	d.sends(approver, page, page+"/approve", since+"&typed=1+200", "Approuvé. L’accord peut encore être retiré", "Approuvé, part bientôt")
	d.sends(clerk, page, page+"/pause", "reason=Date+fausse", "En pause. Rien ne part.", "Date fausse")
	d.refuses(clerk, page, page+"/resume", "", 403)
	d.sees(clerk, "/console", "1 envoi groupé en pause")
	d.sends(approver, page, page+"/resume", "", "L’envoi reprend.", "En cours")
	if out := d.ask("GET", page, clerk, ""); out.Header["Refresh"] != "3" {
		t.Errorf("what goes out is not drawn again: %v", out.Header)
	}
	d.sends(approver, page, page+"/cancel", "reason=Erreur", "Annulé.")
	d.refuses(approver, page, page+"/resume", "", 409)

	both := d.enter("both", d.grant(access.Editor), d.grant(access.Approver))
	account, err := d.n.db.Accounts().ByLogin(t.Context(), "both")
	if err != nil {
		t.Fatal(err)
	}
	mine := d.draft(access.ActorOf(account.ID), 20, true)
	if body := d.sees(both, mine, "une autre personne décide"); strings.Contains(body, mine+"/approve") {
		t.Error("an author is offered to approve")
	}
	kept, err := d.n.db.Broadcasts().Get(t.Context(), d.own, number(t, mine))
	if err != nil {
		t.Fatal(err)
	}
	d.refuses(both, mine, mine+"/approve", fmt.Sprintf("since=%d", kept.Updated.UnixMicro()), 422, "Une autre personne que l’auteur approuve.")
	if body := d.sees(both, "/console"); strings.Contains(body, "groupé à approuver") {
		t.Error("an author is told to approve their own")
	}
	foreign := d.enter("foreign", store.Grant{Role: string(access.Approver), Commune: d.other})
	d.has(d.ask("GET", strings.Replace(page, fmt.Sprintf("/c/%d/", d.own), fmt.Sprintf("/c/%d/", d.other), 1), foreign, ""), 404, page)
}

// Observers see totals of all communes, and clerks those of their own; few are not told, and complaints about the town hall
// are in no figure.
func TestFiguresTellNobody(t *testing.T) {
	d := newDesk(t, false)
	ctx, now := t.Context(), d.n.set.now()
	for n, commune := range map[int64]store.PlaceID{7: d.own, 12: d.other} {
		if err := d.n.db.Counters().Add(ctx, commune, "service.need", "water", now, n); err != nil {
			t.Fatal(err)
		}
	}
	observer := d.enter("observer-a", store.Grant{Role: string(access.Observer)})
	clerk := d.enter("clerk-a", d.grant(access.Editor))
	own, err := d.n.db.Places().Get(ctx, d.own)
	if err != nil {
		t.Fatal(err)
	}
	other, err := d.n.db.Places().Get(ctx, d.other)
	if err != nil {
		t.Fatal(err)
	}
	before := d.sees(observer, "/console/figures", own.Name, other.Name, "moins de 10", "Télécharger")
	d.put(store.CaseTownHall, "On me demande de payer")
	if after := d.sees(observer, "/console/figures"); stripProof(after) != stripProof(before) {
		t.Error("a complaint about the town hall is in the figures")
	}
	if body := d.sees(clerk, "/console/figures", own.Name); strings.Contains(body, other.Name) {
		t.Error("a clerk sees another commune")
	}
	out := d.ask("GET", "/console/figures.csv", observer, "")
	if out.Status != 200 || !strings.Contains(out.Header["Content-Disposition"], "baro-2026-11-25.csv") {
		t.Fatalf("%d %v", out.Status, out.Header)
	}
	rows, err := csv.NewReader(strings.NewReader(string(out.Body))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range rows {
		got[r[0]+" "+r[2]+" "+r[3]] = r[4]
	}
	month := now.In(d.n.set.zone).Format("2006-01")
	for key, want := range map[string]string{
		own.Name + " lookups " + month: "<10", other.Name + " lookups " + month: "12", own.Name + " questions_waiting ": "0",
	} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
	if _, told := got[own.Name+" questions_in_time_percent "]; told {
		t.Error("a share of fewer than ten is told")
	}
	outside := d.enter("outside", d.grant(access.Referral))
	d.has(d.ask("GET", "/console/figures", outside, ""), 403, "figures")
}
