package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"baro/gateway/access"
	"baro/store"
)

// meeting is what a form sends of a meeting in so many days.
func (d *desk) meeting(days int, place string) string {
	return url.Values{
		"topic": {"works"}, "day": {d.n.set.now().In(d.n.set.zone).AddDate(0, 0, days).Format(time.DateOnly)}, "clock": {"09:30"},
		"venue": {""}, "place": {place},
	}.Encode()
}

// The town hall writes a meeting and sees it as phones will; its author does not approve it, another person does, with the
// home page telling each what waits; then it is postponed, and what is refused comes back with its reason.
func TestNoticesTakeTwoPeople(t *testing.T) {
	d := newDesk(t, false)
	list := fmt.Sprintf("/console/c/%d/notices", d.own)
	both := d.enter("both", d.grant(access.Editor), d.grant(access.Approver))
	approver := d.enter("approver-a", d.grant(access.Approver))
	d.sees(both, list, "La mairie n’a rien annoncé.")

	page := list + "/new"
	kept := d.refuses(both, page, page, d.meeting(-1, "Sous le fromager"), 422, "Le jour est passé", "Sous le fromager", `href="#f-day"`)
	if !strings.Contains(kept, `value="09:30"`) {
		t.Error("the hour that was typed is gone")
	}
	d.refuses(both, page, page, d.meeting(5, "")+"&x=1", 422, `href="#f-place"`)
	d.refuses(both, page, page, strings.Replace(d.meeting(5, "Ici"), "09%3A30", "neuf", 1), 422, "09:30.")
	shown := d.sends(both, page, page, d.meeting(5, "Sous le fromager"), "L’accord d’une deuxième personne est demandé.", "Sous le fromager", "moins de 10",
		"Vous l’avez écrite", "Français", "Bamanankan")
	if strings.Contains(shown, "/decide") {
		t.Error("an author is offered to decide")
	}
	own, err := d.n.db.Notices().Own(t.Context(), d.own, 0, 9)
	if err != nil || len(own) != 1 {
		t.Fatalf("%d notices are kept, %v", len(own), err)
	}
	page = fmt.Sprintf("%s/%d", list, own[0].ID)
	d.refuses(both, page, page+"/decide", "version=1&decision=approve", 422, "Personne n’approuve sa propre annonce.")

	d.sees(approver, "/console", "1 annonce à décider")
	d.sees(approver, list, "Sous le fromager", "inconnu")
	d.refuses(approver, page, page+"/decide", "version=1&decision=refuse&reason=&note=Trop+t%C3%B4t", 422, `href="#f-reason"`, "Trop tôt")
	d.refuses(approver, page, page+"/decide", "version=2&decision=approve", 409)
	d.sends(approver, page, page+"/decide", "version=1&decision=refuse&reason=date&note=Trop+t%C3%B4t", "Refusée.")
	d.sees(both, "/console", "1 annonce de la mairie refusée")
	d.sees(both, page, "La date", "Trop tôt", "Demander l’accord")
	d.sends(both, page, page+"/again", "", "est demandé.")
	d.sends(approver, page, page+"/decide", "version=2&decision=approve", "Approuvée. L’annonce part.")
	d.sees(both, page, "Annoncée", "Envoyée")

	d.sends(both, page, page+"/change", "change=postponed&"+d.meeting(8, "Sous le fromager"), "est demandé.", "report")
	d.refuses(both, page, page+"/cancel", "", 422, "Une autre version attend")
	d.sends(both, page, page+"/withdraw", "", "Demande retirée.")
	d.sends(both, page, page+"/cancel", "", "est demandé.", "annulation")
	d.sends(approver, page, page+"/decide", "version=4&decision=approve", "Approuvée.")
	d.sees(both, page, "Annulée")

	foreign := d.enter("foreign", store.Grant{Role: string(access.Approver), Commune: d.other})
	d.has(d.ask("GET", fmt.Sprintf("/console/c/%d/notices/%d", d.other, own[0].ID), foreign, ""), 404, "a foreign notice")
}

// An organisation's public notice waits for the commune; what it tells its members does not show there. Its officers see
// states and counts, and appeal once.
func TestNoticesOfOrganisations(t *testing.T) {
	d := newDesk(t, false)
	ctx, act := t.Context(), store.Act{Actor: "test"}
	o, err := d.n.db.Organisations().Create(ctx, store.Organisation{
		Commune: d.own, Kind: store.OrganisationWomen, Name: store.Texts{"fr": "Association fictive"}, ShortName: "FICTIVE",
	}, act)
	if err != nil {
		t.Fatal(err)
	}
	today := d.n.set.now().In(d.n.set.zone)
	if _, err := d.n.db.Mandates().Grant(ctx, d.own, store.Mandate{
		Organisation: o.ID, Purpose: "réunions", From: store.Date(today.Format(time.DateOnly)), To: store.Date(today.AddDate(1, 0, 0).Format(time.DateOnly)), Quota: 4,
	}, act); err != nil {
		t.Fatal(err)
	}
	put := func(audience store.NoticeAudience, place string) store.Notice {
		t.Helper()
		n, err := d.n.db.Notices().Draft(ctx, store.Notice{Commune: d.own, Organisation: o.ID, Audience: audience, Author: store.By{Account: 77},
			Content: store.NoticeContent{Topic: store.TopicSavings, Place: place, StartsAt: d.n.set.now().AddDate(0, 0, 6)}}, act)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	members, public := put(store.AudienceMembers, "Entre nous"), put(store.AudiencePublic, "Au marché")
	approver := d.enter("approver-a", d.grant(access.Approver))
	officer := d.enter("officer-a", store.Grant{Role: string(access.Officer), Commune: d.own, Organisation: o.ID})
	list := fmt.Sprintf("/console/c/%d/notices", d.own)
	d.has(d.ask("GET", fmt.Sprintf("%s/%d", list, public.ID), approver, ""), 404, "a draft of others")
	if _, err := d.n.subjects.notice.AskAgain(ctx, d.own, public.ID, store.By{Account: 77}, act, d.n.set.now()); err != nil {
		t.Fatal(err)
	}
	if body := d.sees(approver, list, "FICTIVE", "Au marché"); strings.Contains(body, "Entre nous") {
		t.Error("the commune sees what an organisation tells its members")
	}
	d.has(d.ask("GET", fmt.Sprintf("%s/%d", list, members.ID), approver, ""), 404, "a notice for members")
	page := fmt.Sprintf("%s/%d", list, public.ID)
	d.sees(approver, page, "FICTIVE")
	d.sends(approver, page, page+"/decide", "version=1&decision=refuse&reason=safety", "Refusée.")
	groups := fmt.Sprintf("/console/c/%d/groups/notices", d.own)
	d.sees(officer, groups, "Entre nous", "Au marché", "Refusée")
	appeal := fmt.Sprintf("%s/%d/appeal", groups, public.ID)
	d.sends(officer, groups, appeal, "", "Recours envoyé", "recours en cours")
	d.refuses(officer, groups, appeal, "", 409)
	d.sees(approver, list, "Recours en cours")
	stranger := d.enter("officer-b", store.Grant{Role: string(access.Officer), Commune: d.own, Organisation: o.ID + 1_000_000})
	if body := d.ask("GET", groups, stranger, ""); strings.Contains(string(body.Body), "Entre nous") {
		t.Error("an officer of another organisation sees it")
	}
	judges := fmt.Sprintf("/console/c/%d/appeals", d.own)
	appealed := fmt.Sprintf("%s/%d", judges, public.ID)
	judge := d.enter("judge-a", d.grant(access.Referral))
	d.has(d.ask("GET", fmt.Sprintf("%s/%d", judges, members.ID), judge, ""), 404, "a notice without an appeal")
	partial := d.enter("judge-b", d.grant(access.Referral), d.grant(access.Editor))
	if body := d.sees(partial, appealed, "une autre personne juge"); strings.Contains(body, "/judge") {
		t.Error("somebody of the town hall is offered to judge it")
	}
	d.refuses(partial, appealed, appealed+"/judge", "version=1&verdict=grant", 422, "une autre personne juge")
	d.sees(judge, "/console", "1 recours à juger")
	d.sees(judge, judges, "FICTIVE", "Au marché")
	d.sees(judge, appealed, "La sécurité")
	d.refuses(judge, appealed, appealed+"/judge", "version=1&verdict=reject&reason=non", 422, `href="#f-reason"`)
	d.refuses(judge, appealed, appealed+"/judge", "version=2&verdict=grant", 409)
	d.sends(judge, appealed, appealed+"/judge", "version=1&verdict=reject&reason=Lieu+inondable", "Recours rejeté.", "Aucun recours")
	d.refuses(judge, judges, appealed+"/judge", "version=1&verdict=grant", 422, "a changé depuis")
	d.sees(officer, groups, "recours rejeté")

	again := put(store.AudiencePublic, "À l’école")
	if _, err := d.n.subjects.notice.AskAgain(ctx, d.own, again.ID, store.By{Account: 77}, act, d.n.set.now()); err != nil {
		t.Fatal(err)
	}
	page = fmt.Sprintf("%s/%d", list, again.ID)
	d.sends(approver, page, page+"/decide", "version=1&decision=refuse&reason=place", "Refusée.")
	d.sends(officer, groups, fmt.Sprintf("%s/%d/appeal", groups, again.ID), "", "Recours envoyé")
	appealed = fmt.Sprintf("%s/%d", judges, again.ID)
	d.sends(judge, appealed, appealed+"/judge", "version=1&verdict=grant", "Recours accepté.")
	d.sees(officer, groups, "À l’école", "Annoncée", "recours accepté")
}

// Of more than a thousand people the approver types their number.
func TestNoticesToManyAreTyped(t *testing.T) {
	d := newDesk(t, false)
	ctx, act, now := t.Context(), store.Act{Actor: "test"}, d.n.set.now()
	n, err := d.n.db.Notices().Draft(ctx, store.Notice{Commune: d.own, Audience: store.AudiencePublic, Author: store.By{Account: 77},
		Content: store.NoticeContent{Topic: store.TopicWorks, Place: "Mairie", StartsAt: now.AddDate(0, 0, 6)}}, act)
	if err != nil {
		t.Fatal(err)
	}
	cost := int64(36_000)
	if _, err := d.n.db.Notices().Ask(ctx, d.own, n.ID, store.Asking{Change: store.ChangeNew, Content: n.Content, Author: store.By{Account: 77},
		Recipients: 1200, Cost: &cost, ApproveBy: now.Add(20 * time.Hour)}, act); err != nil {
		t.Fatal(err)
	}
	approver := d.enter("approver-a", d.grant(access.Approver))
	d.sees(approver, "/console", "1 annonce à décider dans les 24 heures", "en retard")
	page := fmt.Sprintf("/console/c/%d/notices/%d", d.own, n.ID)
	d.sees(approver, page, "36\u00a0000\u00a0FCFA", "1200", "Plus de 1 000 numéros")
	d.refuses(approver, page, page+"/decide", "version=1&decision=approve&typed=1201", 422, "Ce n’est pas le nombre affiché.", `value="1201"`)
	d.refuses(approver, page, page+"/decide", "version=1&decision=approve", 422, `href="#f-typed"`)
	d.sends(approver, page, page+"/decide", "version=1&decision=approve&typed=1+200", "Approuvée.")
}
