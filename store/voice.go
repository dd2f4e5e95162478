package store

import (
	"context"
	"time"
)

// VoiceKind is what people say something about.
type VoiceKind string

const (
	VoiceWork     VoiceKind = "work"     // what is seen of a work
	VoicePractice VoiceKind = "practice" // whether a practice is useful
	VoiceAnswer   VoiceKind = "answer"   // who has the same question as a published one
)

// VoiceAbout names one thing that people say something about.
type VoiceAbout struct {
	Kind    VoiceKind
	Commune PlaceID // whose it is
	Ref     int64   // its id
}

// VoiceTally is how often each thing was said, and when that was counted.
type VoiceTally struct {
	Said map[string]int64
	At   time.Time // zero: nothing is shown yet
}

// Voices keeps one vote per number and thing. A voter is the number's pseudonym
// for this thing alone; Unlink and Contacts.Erase cut even that.
//
// Totals are shown as they stood when at least so many votes were new or
// changed at once: the difference of two moments never tells what one person
// said.
type Voices interface {
	// Give stores or changes what a voter says, and counts anew what is shown
	// once atOnce votes are not in it.
	Give(ctx context.Context, about VoiceAbout, v Voter, said string, atOnce int64, at time.Time) error
	// Shown gives the totals that may be shown; empty before there are any.
	Shown(ctx context.Context, about VoiceAbout) (VoiceTally, error)
	// Voted tells whether a voter's vote is linked.
	Voted(ctx context.Context, v Voter) (bool, error)
	// Linked lists the things with votes that still carry voters.
	Linked(ctx context.Context) ([]VoiceAbout, error)
	// Unlink cuts voters from votes given before a time and tells how many.
	Unlink(ctx context.Context, before time.Time) (int64, error)
}
