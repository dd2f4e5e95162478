package place

import (
	"slices"

	"baro/locales"
	"baro/store"
)

// maxLanguages is the most a first screen offers: one key each, and room for nothing else.
const maxLanguages = 5

// Languages lists what a commune offers on the first dial, in its own order, at most five. A language that is not live
// is replaced by the one it falls back to. A commune that names fewer than two live ones, or none at all, gets the usual
// order, and where that leaves fewer than two every live one. With fewer than two languages there is nothing to choose and the list is empty.
func (s *Service) Languages(commune store.PlaceID) []locales.Language {
	live := s.offered()
	var list []locales.Language
	if e, ok := s.index.Load().byID[commune]; ok {
		list = choose(e.tags, live)
	}
	if len(list) < 2 {
		list = choose(usualOrder(), live)
	}
	if len(list) < 2 {
		list = s.AllLanguages()
	}
	return choosable(list[:min(len(list), maxLanguages)])
}

// AllLanguages lists every language that is offered anywhere, the usual ones first.
func (s *Service) AllLanguages() []locales.Language {
	live := s.offered()
	list := choose(usualOrder(), live)
	for _, l := range live {
		list = add(list, l)
	}
	return choosable(list)
}

// usualOrder goes by the number of speakers in the communes of the programme; French, which few read first, is last.
func usualOrder() []string { return []string{"bm", "ff", "ses", "taq", locales.Source} }

// choose finds tags among the live languages, by themselves or by what they fall back to short of the source language.
func choose(tags []string, live []locales.Language) (list []locales.Language) {
	for _, tag := range tags {
		asked, ok := locales.FindLanguage(tag)
		if !ok {
			continue
		}
		for _, t := range append([]string{asked.Tag}, asked.Chain...) {
			if t == locales.Source && asked.Tag != locales.Source {
				break
			}
			if i := slices.IndexFunc(live, func(l locales.Language) bool { return l.Tag == t }); i >= 0 {
				list = add(list, live[i])
				break
			}
		}
	}
	return list
}

func add(list []locales.Language, l locales.Language) []locales.Language {
	if slices.ContainsFunc(list, func(other locales.Language) bool { return other.Tag == l.Tag }) {
		return list
	}
	return append(list, l)
}

func choosable(list []locales.Language) []locales.Language {
	if len(list) < 2 {
		return nil
	}
	return list
}
