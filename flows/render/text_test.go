package render_test

import (
	"strings"
	"testing"

	"baro/flows"
	"baro/flows/render"
)

func TestValuesAsPeopleReadThem(t *testing.T) {
	p := program(t)
	part := func(name string, fields flows.Record) flows.Part { return flows.Part{Message: name, Fields: fields} }
	share := func(n int64) flows.Record { return flows.Record{{Name: "Share", Value: flows.IntOf(n)}} }
	cases := []struct {
		value flows.Value
		want  string
	}{
		{flows.IntOf(-1200), "-1200"},
		{flows.TextOf("Nyèta ba"), "Nyeta ba"},
		{flows.TextOf("Jɛkabara"), "Jekabara"},
		{flows.TextOf("\n a  b\t"), "a b"},
		{flows.LabelOf("nav.back"), "Retour"},
		{flows.LabelOf("nav.nothing"), ""},
		{flows.MoneyOf(283_000_000), "283 M FCFA"},
		{flows.AmountOf(1_250_000), "1 250 000 FCFA"},
		{flows.PercentOf(125), "12,5 %"},
		{flows.Value{Kind: flows.Date, Num: 20_424}, "02/12/2025"},
		{flows.Value{Kind: flows.Day, Num: 20_424}, "02/12"},
		{flows.Value{Kind: flows.Date, Num: -1}, "31/12/1969"},
		{flows.ClockOf(9*60 + 30), "9h30"},
		{flows.DistanceOf(5600), "6 km"},
		{flows.FlagOf(true), ""},
		{flows.Value{}, ""},
		{flows.ListOf(part("share.school", share(57)), part("share.water", share(14))), "ecole 57, eau 14"},
		{flows.ListOf(part("share.nothing", nil), part("share.water", share(14))), "eau 14"},
		{flows.ListOf(part("share.school", share(57)), part("share.nothing", nil)), "ecole 57"},
		{flows.ListOf(), ""},
		{flows.PartsOf(part("fact.free", nil), part("fact.phone", flows.Record{{Name: "Phone", Value: flows.TextOf("80 00")}})), "Gratuit. Tel 80 00."},
	}
	for _, c := range cases {
		w := render.New(p, profile("ussd"), 0)
		got := string(w.AppendMessage([]byte("x "), message(t, p, "t.text"), flows.Record{{Name: "Text", Value: c.value}}))
		if want := strings.TrimSpace("x " + c.want); got != want {
			t.Errorf("%+v is written %q, want %q", c.value, got, want)
		}
	}
}

func TestPluralsFollowTheCount(t *testing.T) {
	p := program(t)
	w := render.New(p, profile("ussd"), 0)
	for n, want := range map[int64]string{0: "0 reponse", 1: "1 reponse", 2: "2 reponses"} {
		if got := string(w.AppendMessage(nil, message(t, p, "count"), flows.Record{{Name: "Count", Value: flows.IntOf(n)}})); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}
