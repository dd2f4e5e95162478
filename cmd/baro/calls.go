package main

import (
	"context"
	"time"

	"baro/gateway/civic/callback"
)

// keepCalls is how long a request to be called is remembered once it is done.
const keepCalls = 30 * 24 * time.Hour

// callTerms are what a channel says of being called back.
func (n *node) callTerms(channel string) callback.Terms {
	for _, ch := range n.set.channels {
		if ch.Name == channel {
			return callback.Terms{Offered: ch.Callback, Cost: ch.CallbackCost}
		}
	}
	return callback.Terms{}
}

// readPrompted keeps in mind who is to be asked whether a case is solved: other nodes' jobs decide it too.
func (n *node) readPrompted(ctx context.Context) (string, error) {
	return "", n.subjects.question.ReadPrompted(ctx)
}

// askSolved lets those be asked whose case was answered four weeks ago.
func (n *node) askSolved(ctx context.Context) (string, error) {
	asked, err := n.subjects.question.AskSolved(ctx, n.set.now())
	return counted(int64(asked), "askers to be asked whether it is solved"), err
}
