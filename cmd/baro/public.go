package main

import (
	"baro/flows/render"
	"baro/gateway/console/public"
	"baro/locales/charset"
)

// publicPages are the communes' pages for everybody.
func (n *node) publicPages() (*public.Pages, error) {
	return public.New(public.Deps{
		Communes: n.subjects.place, Budgets: n.subjects.budget, Dials: n.dials, Label: n.label, Now: n.set.now, Zone: n.set.zone,
	})
}

// label is a message of the catalogue in official orthography, "" for one that does not exist.
func (n *node) label(lang, id string) string {
	p := n.releases.Current()
	at, ok := p.Catalogue.ID(id)
	if !ok {
		return ""
	}
	l, ok := p.Catalogue.Lang(lang)
	if !ok {
		l = p.Catalogue.Default()
	}
	w := render.New(p, charset.Profile{Letters: charset.UCS2Letters}, l)
	return string(w.AppendMessage(nil, at, nil))
}
