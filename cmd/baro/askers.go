package main

import (
	"context"

	"baro/gateway/civic/question"
	"baro/gateway/identity"
	"baro/store"
)

// askers finds who may be written to. The profile is built after the subjects that write.
type askers struct{ of *subjects }

var _ question.Reach = askers{}

// Reach asks the profile.
func (a askers) Reach(ctx context.Context, p store.Pseudonym, purpose store.Purpose) (identity.MSISDN, string, bool, error) {
	return a.of.profile.Agreed(ctx, p, purpose)
}
