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
	Words       Sealed  // for questions of kind text
	Card        bool    // given with a vote card: the voter is the card, not a number
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
	// Words gives the confirmed words of a question of kind text in no telling
	// order and without voters, at most limit of them, and records that they
	// were read.
	Words(ctx context.Context, commune PlaceID, consultation, question int64, limit int, act Act) ([]Sealed, error)
}

// VoteCard is a printed one-time code as the store knows it.
type VoteCard struct {
	ID     int64
	Used   bool
	Voided bool
}

// CardBatch counts the cards of one batch.
type CardBatch struct {
	Batch        int
	Issued       time.Time
	Cards        int64
	Used, Voided int64
}

// VoteCards keeps the keyed hashes of printed codes. Nothing ties a card to a
// phone.
type VoteCards interface {
	// Issue stores a batch and gives its number. CodeConflict when the
	// consultation is closed, or when one of the codes exists already.
	Issue(ctx context.Context, commune PlaceID, consultation int64, hashes [][16]byte, act Act) (batch int, err error)
	// Find gives the card with a code.
	Find(ctx context.Context, commune PlaceID, consultation int64, hash [16]byte) (VoteCard, error)
	// Use marks a card as used; CodeConflict when it was used or made void
	// before. It belongs into the transaction that confirms the ballot.
	Use(ctx context.Context, commune PlaceID, consultation, card int64, now time.Time) error
	// Void makes the unused cards of a batch worthless and tells how many.
	Void(ctx context.Context, commune PlaceID, consultation int64, batch int, act Act) (int64, error)
	// Batches counts what was issued.
	Batches(ctx context.Context, commune PlaceID, consultation int64) ([]CardBatch, error)
}
