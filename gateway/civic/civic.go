// Package civic joins flows and records: one folder per subject with a service that console, campaign and exchange
// share, and a thin binding that answers what flows may ask of it. This package holds what the subjects have in common:
// who is asking, and the book of all bindings checked against the manifest.
package civic

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"baro/flows"
	"baro/gateway/identity"
)

// A Caller is the person a request comes from, as far as one request knows it.
type Caller struct {
	Number    identity.MSISDN
	Pseudonym identity.Pseudonym
	Channel   string
	Source    string // how consent reaches us on this channel: "dial", "sms"
	Now       time.Time
}

// A Reader answers a source.
type Reader func(ctx context.Context, c Caller, need flows.Need) ([]flows.Row, error)

// An Actor carries out an action. One whose effect is write is called inside the step's transaction.
type Actor func(ctx context.Context, c Caller, need flows.Need) (flows.Outcome, error)

// A Binding is one subject's answers, by the names of the manifest.
type Binding struct {
	Sources map[string]Reader
	Actions map[string]Actor
}

// A Book holds every binding.
type Book struct {
	sources map[string]Reader
	actions map[string]Actor
}

// NewBook joins the subjects' bindings and compares them with the manifest: a missing, a superfluous and a doubled
// binding are all reported at once.
func NewBook(manifest *flows.Manifest, bindings ...Binding) (*Book, error) {
	b := &Book{sources: map[string]Reader{}, actions: map[string]Actor{}}
	var problems []error
	for _, binding := range bindings {
		problems = append(problems, merge(b.sources, binding.Sources)...)
		problems = append(problems, merge(b.actions, binding.Actions)...)
	}
	problems = append(problems, compare("source", b.sources, manifest.SourceNames())...)
	problems = append(problems, compare("action", b.actions, manifest.ActionNames())...)
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("civic: bindings against the manifest: %w", err)
	}
	return b, nil
}

// For returns what answers one person's flows in one request.
func (b *Book) For(c Caller) flows.Resolver { return resolver{book: b, caller: c} }

type resolver struct {
	book   *Book
	caller Caller
}

func (r resolver) Read(ctx context.Context, need flows.Need) ([]flows.Row, error) {
	rows, err := r.book.sources[need.Name](ctx, r.caller, need)
	if err != nil {
		return nil, fmt.Errorf("civic: read %s: %w", need.Name, err)
	}
	return rows, nil
}

func (r resolver) Act(ctx context.Context, need flows.Need) (flows.Outcome, error) {
	out, err := r.book.actions[need.Name](ctx, r.caller, need)
	if err != nil {
		return flows.Outcome{}, fmt.Errorf("civic: %s: %w", need.Name, err)
	}
	return out, nil
}

func merge[F any](into, from map[string]F) (problems []error) {
	for name, f := range from {
		if _, taken := into[name]; taken {
			problems = append(problems, fmt.Errorf("%s is bound twice", name))
		}
		into[name] = f
	}
	return problems
}

func compare[F any](what string, bound map[string]F, declared []string) (problems []error) {
	known := make(map[string]bool, len(declared))
	for _, name := range declared {
		known[name] = true
		if _, ok := bound[name]; !ok {
			problems = append(problems, fmt.Errorf("%s %s is declared and not bound", what, name))
		}
	}
	for name := range bound {
		if !known[name] {
			problems = append(problems, fmt.Errorf("%s %s is bound and not declared", what, name))
		}
	}
	sort.Slice(problems, func(i, j int) bool { return problems[i].Error() < problems[j].Error() })
	return problems
}
