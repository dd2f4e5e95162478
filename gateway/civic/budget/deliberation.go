package budget

import (
	"context"
	"fmt"
	"unicode/utf8"

	"baro/store"
)

// Bounds of a deliberation: a council has at most 45 members.
const (
	MaxBody  = 40 // characters of the body's own name
	maxVotes = 99
)

// A Deliberation is how a document was adopted and what became of it.
type Deliberation struct {
	store.Vote
	TransmittedOn store.Date // to the préfet
	ApprovedOn    store.Date
}

// Deliberation gives how a document was adopted, a draft too.
func (s *Service) Deliberation(ctx context.Context, commune store.PlaceID, document int64) (Deliberation, error) {
	d, err := s.stores.Documents.Document(ctx, commune, document)
	if err != nil {
		return Deliberation{}, fmt.Errorf("read deliberation: %w", err)
	}
	return Deliberation{Vote: d.Vote, TransmittedOn: d.TransmittedOn, ApprovedOn: d.ApprovedOn}, nil
}

// Deliberate records how a document was adopted. A vote names its body and day; it lies before the transmission and that
// before the approval; votes are reported for, against and abstained, or not at all. CodeInvalid otherwise.
func (s *Service) Deliberate(ctx context.Context, commune store.PlaceID, document int64, d Deliberation, act store.Act) error {
	const op = "record deliberation"
	if fault := d.fault(); fault != "" {
		return store.NewError(store.CodeInvalid, op, fault)
	}
	if err := s.stores.Votes.SetVote(ctx, commune, document, d.Vote, d.TransmittedOn, d.ApprovedOn, act); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

func (d Deliberation) fault() string {
	counts := []*int64{d.For, d.Against, d.Abstained}
	given := 0
	for _, n := range counts {
		if n == nil {
			continue
		}
		given++
		if *n < 0 || *n > maxVotes {
			return "no body has so many votes"
		}
	}
	switch {
	case !d.Body.Valid(), !d.On.Valid(), !d.TransmittedOn.Valid(), !d.ApprovedOn.Valid():
		return "unknown body or day"
	case (d.On == "") != (d.Body == ""), d.Body == "" && (given > 0 || d.BodyText != ""):
		return "a vote names its body and its day"
	case given != 0 && given != len(counts):
		return "votes are for, against and abstained, all three"
	case utf8.RuneCountInString(d.BodyText) > MaxBody:
		return "the body's name is longer than a screen is proved for"
	case d.TransmittedOn != "" && (d.On == "" || d.TransmittedOn < d.On):
		return "transmitted before the vote"
	case d.ApprovedOn != "" && (d.TransmittedOn == "" || d.ApprovedOn < d.TransmittedOn):
		return "approved before the transmission"
	}
	return ""
}
