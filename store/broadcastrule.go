package store

import (
	"context"
	"encoding/json"
	"time"
)

// RuleState is the life of a recurring rule: draft → submitted → approved →
// ended.
type RuleState string

const (
	RuleDraft     RuleState = "draft"
	RuleSubmitted RuleState = "submitted"
	RuleApproved  RuleState = "approved"
	RuleEnded     RuleState = "ended"
)

// CanBecome tells whether next may follow s.
func (s RuleState) CanBecome(next RuleState) bool {
	switch s {
	case RuleDraft:
		return next == RuleSubmitted || next == RuleEnded
	case RuleSubmitted:
		return next == RuleApproved || next == RuleDraft || next == RuleEnded
	case RuleApproved:
		return next == RuleEnded
	}
	return false
}

// BroadcastRule makes a fresh broadcast at each of its hours. Its approval
// covers them: they are bounded in number and time.
type BroadcastRule struct {
	ID       int64
	Commune  PlaceID
	Sender   int64
	Spec     string // five cron fields, Africa/Bamako
	Content  json.RawMessage
	Audience json.RawMessage
	Life     time.Duration // from an instance's hour to its expiry
	State    RuleState
	Author   string
	Approver string
	Until    time.Time
	Most     int // instances at most
	Made     int
	Next     time.Time // the next hour, once approved
	Created  time.Time
	Updated  time.Time
}

// BroadcastRules keeps recurring rules.
type BroadcastRules interface {
	// Create stores a draft.
	Create(ctx context.Context, r BroadcastRule, act Act) (BroadcastRule, error)
	// Get gives one rule of a commune.
	Get(ctx context.Context, commune PlaceID, id int64) (BroadcastRule, error)
	// List gives the rules of a commune, newest first.
	List(ctx context.Context, commune PlaceID) ([]BroadcastRule, error)
	// Move changes the state; approver and next count on approval.
	Move(ctx context.Context, commune PlaceID, id int64, from, to RuleState, approver string, next time.Time, act Act) error
	// Due lists approved rules whose hour has come, of all communes.
	Due(ctx context.Context, now time.Time) ([]BroadcastRule, error)
	// Advance moves a rule on from an hour; made tells whether an instance came
	// of it; a zero next ends the rule. CodeConflict when another did.
	Advance(ctx context.Context, id int64, due, next time.Time, made bool, act Act) error
}

// Switches stop a commune's broadcasts at once, whoever sends them.
type Switches interface {
	// Stop throws a commune's switch, or releases it, with an audit row; doing it
	// again changes nothing. CodeInvalid without a reason.
	Stop(ctx context.Context, commune PlaceID, stopped bool, act Act) error
	// Stopped tells whether the switch of a place or of one above it is thrown.
	Stopped(ctx context.Context, place PlaceID) (bool, error)
}
