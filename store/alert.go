package store

import (
	"context"
	"time"
)

// PurposePractices is the consent to hear each month of other communes' practices.
const PurposePractices Purpose = "practices"

// PurposeOpportunities is the consent to hear of offers of one kind.
func PurposeOpportunities(kind OpportunityKind) Purpose { return "opportunities:" + Purpose(kind) }

// MessagePurposes lists every purpose for which messages are sent.
func MessagePurposes() []Purpose {
	return []Purpose{
		PurposeNotices, PurposeConsultations, PurposeContactBack, PurposeGroups, PurposePractices,
		PurposeOpportunities(OpportunityJob), PurposeOpportunities(OpportunityTraining), PurposeOpportunities(OpportunityTender),
	}
}

// Alerts knows who is to hear of what.
type Alerts interface {
	// Agreed gives up to limit contacts of a commune with a standing consent to
	// a purpose that is not suppressed, in the order of pseudonyms, after the
	// given one.
	Agreed(ctx context.Context, commune PlaceID, purpose Purpose, after Pseudonym, limit int) ([]Contact, error)
	// Unheard gives up to limit offers of all communes that are published and
	// open at now and of which nobody was told yet, the nearest deadline first.
	Unheard(ctx context.Context, now time.Time, limit int) ([]Opportunity, error)
	// Told notes that who agreed was told of an offer; CodeConflict when that
	// was noted already.
	Told(ctx context.Context, commune PlaceID, opportunity int64, at time.Time) error
}
