package main

import (
	"context"
	"errors"
	"strings"

	"baro/flows"
	"baro/flows/engine"
	"baro/flows/simulate"
	"baro/gateway/civic"
	"baro/locales/charset"
	"baro/store"
)

// budgetKey leads from the main menu to the budget.
const budgetKey = "1"

// previewBudget shows the screens of the budget as a caller will see them once a document is published, in a language and on
// the channel that shows least. Keys lead on from the budget's first screen; a key that would write ends the preview.
func (n *node) previewBudget(ctx context.Context, d store.BudgetDocument, lang string, keys ...string) ([]flows.Screen, charset.Profile, error) {
	draft := n.subjects.budget.WithDraft(d).Binding()
	now := n.set.now()
	r := overlay{Resolver: n.subjects.book.For(civic.Caller{Channel: n.ussdName(), Source: "dial", Now: now}), binding: draft, caller: civic.Caller{Now: now}}
	profile := n.set.profiles()[0]
	o := engine.Opening{Language: lang, Commune: int64(d.Commune), Deep: []string{budgetKey}}
	screens, err := simulate.Preview(ctx, n.releases.Current(), profile, o, r, keys...)
	if errors.Is(err, simulate.ErrWrites) {
		err = nil
	}
	return screens, profile, err
}

// overlay answers one subject from another binding than everybody else's.
type overlay struct {
	flows.Resolver
	binding civic.Binding
	caller  civic.Caller
}

func (o overlay) Read(ctx context.Context, need flows.Need) ([]flows.Row, error) {
	if read := o.binding.Sources[need.Name]; read != nil && strings.HasPrefix(need.Name, "budget.") {
		return read(ctx, o.caller, need)
	}
	return o.Resolver.Read(ctx, need)
}
