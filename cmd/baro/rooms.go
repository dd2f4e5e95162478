package main

import (
	"context"
	"time"

	"baro/gateway/console/budgets"
	"baro/gateway/console/cases"
)

// caseDeps are what the desks of questions and problems work with.
func (n *node) caseDeps() cases.Deps {
	return cases.Deps{
		Cases: n.subjects.question, Calls: n.subjects.callback, Accounts: n.db.Accounts(), Languages: n.offered,
		Now: n.set.now,
	}
}

// purgeUploads removes files that were brought in and never imported.
func (n *node) purgeUploads(ctx context.Context) (int64, error) {
	return budgets.PurgeUploads(ctx, n.db.Uploads(), n.set.now())
}

// keepUploads only turns the purge on: how long a file waits is the room's own.
const keepUploads = time.Hour
