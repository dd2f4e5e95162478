package store

import (
	"context"
	"time"
)

// RetentionClass is the reason for which a table may keep its rows.
type RetentionClass string

const (
	RetainRecord    RetentionClass = "record"    // public or official, kept
	RetainProof     RetentionClass = "proof"     // audit, consents, suppressions: kept to prove or to respect
	RetainPersonal  RetentionClass = "personal"  // tied to a number, deleted after inactivity
	RetainAnswers   RetentionClass = "answers"   // unlinked after closing, then anonymous
	RetainMessages  RetentionClass = "messages"  // bodies dropped after the period
	RetainTechnical RetentionClass = "technical" // needed to run, short
)

// Retention is what holds for one table. Keep 0 means without a time limit.
type Retention struct {
	Table string
	Class RetentionClass
	Keep  time.Duration
}

// Retentions reads the table of retention classes.
type Retentions interface {
	// List gives every table with its class, by name.
	List(ctx context.Context) ([]Retention, error)
}
