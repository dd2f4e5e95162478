package store

import "context"

// Writer runs changes that stand or fall together.
type Writer interface {
	// Write calls fn in a transaction that travels in the context fn receives.
	// Contract methods called with that context join it. An error or a panic
	// of fn undoes everything fn did and comes back to the caller; nil comes
	// back only after the changes are durable.
	//
	// A nested Write joins the outer one: its failure undoes its own changes
	// only, its success is durable when the outermost Write returns.
	//
	// fn may run more than once (the engine lost a race and tries again), so it
	// must have no effect outside the store that it could not repeat. It must
	// not call Write with a context of another origin: on SQLite it would wait
	// for itself. A context that ends before fn has started cancels the call;
	// afterwards the call waits for the outcome.
	Write(ctx context.Context, fn func(ctx context.Context) error) error
}
