package main

import (
	"context"
	"strings"
	"testing"

	"baro/store"
)

// Who asked for it when answering gets the result once, with the counts that dialling the letter's string shows.
func TestResultsBySMS(t *testing.T) {
	s := serve(t, newSeed(t))
	ctx := context.Background()
	home, _ := s.subjects.place.ByNumber("417")
	open, err := s.db.Consultations().List(ctx, home.ID, store.ConsultationOpen)
	if err != nil {
		t.Fatal(err)
	}
	var asked store.Consultation
	for _, c := range open {
		if strings.HasPrefix(c.Title["fr"], "Eau") {
			asked = c
		}
	}
	if _, err := s.tellResults(ctx); err != nil { // what the demonstration has published is told before anybody agrees
		t.Fatal(err)
	}
	answer := func(number string, more ...string) string {
		return walk(t, s.phone(number), "", append([]string{"4", "2", "1", "1", "1", "1", "1"}, more...)...)
	}
	for i := range 11 {
		answer("+223700001" + string(rune('0'+i/10)) + string(rune('0'+i%10)))
	}
	if got := answer("+22370000061", "1", "1"); !strings.HasPrefix(got, "C'est note") {
		t.Fatalf("agreeing ends with %q", got)
	}
	act := store.Act{Actor: "maire", Reason: "test"}
	for _, move := range []func() error{
		func() error { return s.db.Consultations().Close(ctx, home.ID, asked.ID, act) },
		func() error { return s.db.Consultations().Publish(ctx, home.ID, asked.ID, act) },
	} {
		if err := move(); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if _, err := s.tellResults(ctx); err != nil {
			t.Fatal(err)
		}
	}
	text := s.received(t, "+22370000061", 1)[0].Text
	_, rest, _ := strings.Cut(text, "composez ")
	dialled, _, _ := strings.Cut(rest, ".")
	if !strings.HasPrefix(text, "Résultat, Eau: choisir un travail: Forage de Badaniba 12, ") || !strings.HasSuffix(text, "STOP") {
		t.Errorf("the letter says %q", text)
	}
	if got := walk(t, s.phone("+22370000062"), dialled, "4"); !strings.Contains(got, "Forage de Badaniba 12") {
		t.Errorf("dialling %s shows %q", dialled, got)
	}
	if n := count(t, openSQL(t, s.folder), "SELECT count(*) FROM outbox WHERE origin LIKE 'result:%'"); n != 1 {
		t.Errorf("%d letters", n)
	}
}

// New jobs come in one letter to who asked for jobs, and dialling what it names shows the job.
func TestOffersBySMS(t *testing.T) {
	s := serve(t, newSeed(t))
	ctx := context.Background()
	walk(t, s.phone("+22370000071"), "", "4", "4", "1", "1", "2", "1")
	for range 2 {
		if _, err := s.tellOffers(ctx); err != nil {
			t.Fatal(err)
		}
	}
	text := s.received(t, "+22370000071", 1)[0].Text
	if !strings.HasPrefix(text, "Mairie, nouvelles annonces: 20 places: curage du canal (jusqu'au ") || !strings.Contains(text, "Gardien du CSCOM") {
		t.Errorf("the letter says %q", text)
	}
	_, rest, _ := strings.Cut(text, ") ")
	dialled, _, _ := strings.Cut(rest, ",")
	if got := walk(t, s.phone("+22370000072"), dialled, "4"); !strings.HasPrefix(got, "20 places: curage du canal") {
		t.Errorf("dialling %s shows %q", dialled, got)
	}
	if n := count(t, openSQL(t, s.folder), "SELECT count(*) FROM outbox WHERE origin LIKE 'offers:%'"); n != 1 {
		t.Errorf("%d letters", n)
	}
}
