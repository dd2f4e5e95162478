package main

import (
	"context"

	"baro/gateway/civic/consultation"
	"baro/gateway/identity"
	"baro/store"
)

// readers are who agreed to read something. The profile is built after the subjects that write to them.
type readers struct{ of *subjects }

var _ consultation.People = readers{}

// Reach asks the profile.
func (r readers) Reach(c store.Contact) (identity.MSISDN, string, error) {
	return r.of.profile.Reach(c)
}

// tellResults writes to who agreed to it what came of the consultations that were published since.
func (n *node) tellResults(ctx context.Context) (string, error) {
	sent, err := n.subjects.consultation.TellResults(ctx, n.set.now())
	return counted(int64(sent), "letters with results"), err
}

// tellOffers writes to who agreed to it which jobs, trainings and tenders are new.
func (n *node) tellOffers(ctx context.Context) (string, error) {
	sent, err := n.subjects.economy.TellOffers(ctx, n.set.now())
	return counted(int64(sent), "letters with offers"), err
}
