package budgets

import (
	"context"
	"strings"

	"baro/flows"
	"baro/flows/simulate"
	"baro/gateway/console"
	"baro/store"
)

// screenView is one screen as a phone shows it.
type screenView struct {
	Keys     string // what was typed to get there, "" for the first
	Language string
	Text     string
	Size     string
}

// maxScreens bounds a preview: the budget has seven items on two pages.
const maxScreens = 16

// phone shows the budget's screens in one language, as the flow shows them.
func (r *room) phone(ctx context.Context, q *console.Request) (console.Answer, error) {
	d, err := r.document(ctx, q)
	if err != nil {
		return console.Answer{}, err
	}
	offered := r.Languages()
	chosen := q.Query.Get("lang")
	known := false
	for _, l := range offered {
		known = known || l.Tag == chosen
	}
	if !known {
		chosen = q.Locale
	}
	screens, err := r.screens(ctx, d, chosen)
	if err != nil {
		return console.Answer{}, err
	}
	type tab struct {
		Tag, Name string
		Here      bool
	}
	var tabs []tab
	for _, l := range offered {
		tabs = append(tabs, tab{l.Tag, l.Own, l.Tag == chosen})
	}
	return console.Show("budgets/phone", struct {
		Document documentView
		Year     int
		Tabs     []tab
		Lang     string
		Screens  []screenView
		IsDraft  bool
	}{viewOf(d), d.Year, tabs, chosen, screens, d.Status == store.BudgetDraft}), nil
}

// screens walks every page of the budget's first screen and one key deep into each item.
func (r *room) screens(ctx context.Context, d store.BudgetDocument, lang string) ([]screenView, error) {
	var out []screenView
	var more []string // keys that lead to the page
	for len(out) < maxScreens {
		page, err := r.screen(ctx, d, lang, more)
		if err != nil || page == nil {
			return out, err
		}
		out = append(out, page.view)
		for _, c := range page.screen.Choices {
			if c.Key == "" || len(out) == maxScreens {
				continue
			}
			below, err := r.screen(ctx, d, lang, append(more[:len(more):len(more)], c.Key))
			if err != nil {
				return out, err
			}
			if below != nil {
				out = append(out, below.view)
			}
		}
		if !page.has("9") {
			return out, nil
		}
		more = append(more, "9")
	}
	return out, nil
}

// firstScreens are the budget's first screen in every language.
func (r *room) firstScreens(ctx context.Context, d store.BudgetDocument) ([]screenView, error) {
	var out []screenView
	for _, l := range r.Languages() {
		first, err := r.screen(ctx, d, l.Tag, nil)
		if err != nil {
			return nil, err
		}
		if first != nil {
			first.view.Language = l.Own
			out = append(out, first.view)
		}
	}
	return out, nil
}

// shown is a screen with what the page says of it.
type shown struct {
	screen flows.Screen
	view   screenView
}

func (s *shown) has(key string) bool {
	for _, c := range s.screen.Nav {
		if c.Key == key {
			return true
		}
	}
	return false
}

// screen is where keys lead, nil where they lead to something that would be written.
func (r *room) screen(ctx context.Context, d store.BudgetDocument, lang string, keys []string) (*shown, error) {
	screens, profile, err := r.Preview(ctx, d, lang, keys...)
	if err != nil || len(screens) != len(keys)+1 {
		return nil, err
	}
	last := screens[len(keys)]
	text := last.String()
	return &shown{last, screenView{Keys: strings.Join(keys, " "), Text: text, Size: simulate.Size(profile, text)}}, nil
}
