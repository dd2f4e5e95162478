package store

import (
	"context"
	"time"
)

// RecipientState is what became of one number of a broadcast. waiting → queued
// (handed to the outbox; back to waiting when it is recalled) → one of the
// others.
type RecipientState string

const (
	RecipientWaiting     RecipientState = "waiting"
	RecipientQueued      RecipientState = "queued"
	RecipientSent        RecipientState = "sent"
	RecipientDelivered   RecipientState = "delivered"
	RecipientFailed      RecipientState = "failed"
	RecipientExpired     RecipientState = "expired"
	RecipientUnconfirmed RecipientState = "unconfirmed"
	RecipientSkipped     RecipientState = "skipped"   // excluded at the last moment, with the reason
	RecipientCancelled   RecipientState = "cancelled" // the broadcast was cancelled before its turn
)

// Final tells whether the number's message has come to an end; a receipt may
// still make it a better known one.
func (s RecipientState) Final() bool { return s != RecipientWaiting && s != RecipientQueued }

// Recipient is one number of a broadcast.
type Recipient struct {
	Pseudonym Pseudonym
	Phone     Sealed
	Language  Sealed
	Reason    Reason // what keeps it out now, when it is taken
}

// Queueing are recipients on their way into the outbox, all of one broadcast.
type Queueing struct {
	Broadcast int64
	Sender    string // whose cap is charged
	Month     string // "2006-01"
	Charge    int    // 1, or 0 outside the cap
	People    []Pseudonym
	Skipped   map[Pseudonym]Reason
	At        time.Time
}

// Progress is what Collect found.
type Progress struct {
	States  map[RecipientState]int64 // moved to
	Parts   int64                    // of those sent
	Faults  int64                    // of them: failed or in doubt for a reason that is not the number's own
	Refused []Pseudonym              // numbers the network refuses for good
}

// Received is the last broadcast that a number got.
type Received struct {
	Broadcast int64
	Commune   PlaceID
	At        time.Time
}

// Recipients is the truth of a broadcast: one row for each number.
type Recipients interface {
	// Lock keeps a running broadcast from changing its state until the
	// transaction ends; CodeConflict when it does not run. Two who lock take
	// turns.
	Lock(ctx context.Context, broadcast int64) error
	// Take gives up to limit waiting recipients after a pseudonym, in order,
	// each with what keeps it out at this moment.
	Take(ctx context.Context, broadcast int64, after Pseudonym, q AudienceQuery, limit int) ([]Recipient, error)
	// Queue moves waiting recipients to queued or skipped and charges the cap.
	Queue(ctx context.Context, q Queueing) error
	// Collect moves up to limit queued recipients to what became of their
	// messages.
	Collect(ctx context.Context, broadcast int64, limit int) (Progress, error)
	// Counts counts recipients by state.
	Counts(ctx context.Context, broadcast int64) (map[RecipientState]int64, error)
}

// RecipientCare is what else happens to recipients.
type RecipientCare interface {
	// Recall takes messages that no sender has begun out of the outbox, puts
	// their recipients back to waiting and gives back the cap.
	Recall(ctx context.Context, broadcast int64) (int64, error)
	// Close moves the waiting among up to limit recipients after a pseudonym to
	// a final state; like Confirm it gives the last it looked at.
	Close(ctx context.Context, broadcast int64, to RecipientState, after Pseudonym, limit int) (last Pseudonym, more bool, err error)
	// Remove deletes waiting recipients who are not wanted after all.
	Remove(ctx context.Context, broadcast int64, people []Pseudonym) error
	// Discard deletes up to limit recipients and tells how many: of an approval
	// that was taken back.
	Discard(ctx context.Context, broadcast int64, limit int) (int64, error)
	// Confirm moves the sent among up to limit recipients after a pseudonym
	// forward to what receipts said since; it gives the last it looked at, and
	// false at the end.
	Confirm(ctx context.Context, broadcast int64, after Pseudonym, limit int) (last Pseudonym, more bool, err error)
	// Last gives what a number received last, since a time.
	Last(ctx context.Context, p Pseudonym, since time.Time) (Received, error)
	// Purge deletes recipients and texts of broadcasts that ended before a time
	// and caps of earlier months, in parts, and tells how many recipients went.
	Purge(ctx context.Context, before time.Time) (int64, error)
}
