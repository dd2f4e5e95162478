package store

import (
	"context"
	"time"
)

// Answer is a voter's answer to one question. A change counts only after the
// ballot is confirmed again; until then the answer confirmed before stands.
type Answer struct {
	Question    int64
	Choices     []int64 // ids, for questions with choices
	Number      *int64  // for questions of kind number
	ChoiceOrder []int64 // ids in the order shown, when randomised
	AskedOrder  int     // position in which the question was asked, from 1
	Confirmed   bool    // what is given here is what counts
	Created     time.Time
	Updated     time.Time
}

// Ballot is what one voter has answered in one consultation.
type Ballot struct {
	Confirmed bool // at least one confirmation
	Answers   []Answer
}

// Ballots keeps answers. A voter is the number's pseudonym in this consultation
// alone; Unlink and Contacts.Erase cut even that.
type Ballots interface {
	// Get gives a voter's answers in asked order; an empty ballot for who has
	// not answered.
	Get(ctx context.Context, commune PlaceID, consultation int64, v Voter) (Ballot, error)
	// Answer stores or changes an answer. CodeDenied when the consultation is
	// not open at now (state and both times are checked in the transaction that
	// writes), CodeInvalid for a foreign question, choice or a number out of
	// range.
	Answer(ctx context.Context, commune PlaceID, consultation int64, v Voter, a Answer, now time.Time) error
	// Confirm makes the present answers those that count; CodeDenied when not
	// open, CodeNotFound without an answer.
	Confirm(ctx context.Context, commune PlaceID, consultation int64, v Voter, now time.Time) error
	// Linked lists consultations whose ballots still carry voters; who erases a
	// number computes its voter in each.
	Linked(ctx context.Context) ([]int64, error)
	// Unlink cuts voters from the ballots of consultations closed before the
	// given time, drops ballots never confirmed and tells how many it touched.
	Unlink(ctx context.Context, closedBefore time.Time) (int64, error)
}
