package consultation

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"baro/store"
)

// Limits of a consultation: what the screens of the flow are proved for. Texts in characters.
const (
	MaxQuestions = 6
	MinChoices   = 2
	MaxChoices   = 12
	MaxTitle     = 40
	MaxQuestion  = 70
	MaxLabel     = 28
	MaxDecision  = 120
)

// A Fault is one thing that keeps a consultation from being asked. Question and Choice are ordinals from 1, 0 where the
// fault is not theirs.
type Fault struct {
	Question, Choice int
	Field            string // title, times, reading, questions, text, kind, bounds, choices, label
	Reason           string // missing, too_long, too_few, too_many, order, unknown
}

func (f Fault) Error() string {
	return fmt.Sprintf("question %d choice %d: %s: %s", f.Question, f.Choice, f.Field, f.Reason)
}

// Check returns everything that keeps a consultation from being asked, nil when nothing does; Open asks it. French is the language that
// must not be missing: every other one falls back to it.
func Check(c store.Consultation) (faults []Fault) {
	add := func(question, choice int, field, reason string) {
		if reason != "" {
			faults = append(faults, Fault{question, choice, field, reason})
		}
	}
	add(0, 0, "title", textFault(c.Title, MaxTitle))
	if !c.OpensAt.Before(c.ClosesAt) {
		add(0, 0, "times", "order")
	}
	switch {
	case c.ReadingOn == "":
		add(0, 0, "reading", "missing") // results are read in the meeting first, and whoever confirms is told when
	case !c.ReadingOn.Valid(), string(c.ReadingOn) < c.ClosesAt.UTC().Format(time.DateOnly):
		add(0, 0, "reading", "order")
	}
	add(0, 0, "questions", countFault(len(c.Questions), 1, MaxQuestions))
	for i, q := range c.Questions {
		add(i+1, 0, "text", textFault(q.Text, MaxQuestion))
		switch q.Kind {
		case store.QuestionOne:
			add(i+1, 0, "choices", countFault(len(q.Choices), MinChoices, MaxChoices))
		case store.QuestionNumber:
			add(i+1, 0, "choices", countFault(len(q.Choices), 0, 0))
			if lowest, highest := bounds(q); lowest < 0 || lowest >= highest || highest > maxNumber {
				add(i+1, 0, "bounds", "order")
			}
		case store.QuestionText:
			add(i+1, 0, "choices", countFault(len(q.Choices), 0, 0))
		case store.QuestionSeveral, store.QuestionBudget, store.QuestionRank:
			add(i+1, 0, "choices", countFault(len(q.Choices), MinChoices, MaxChoices))
			add(i+1, 0, "bounds", picksFault(q))
		default:
			add(i+1, 0, "kind", "unknown")
		}
		for j, choice := range q.Choices {
			add(i+1, j+1, "label", textFault(choice.Label, MaxLabel))
		}
	}
	return faults
}

// picksFault tells what is wrong with how many choices are picked, and with what they cost.
func picksFault(q store.Question) string {
	switch {
	case q.Min == nil || q.Max == nil || *q.Min < 1 || *q.Min > *q.Max || *q.Max > int64(len(q.Choices)):
		return "order"
	case q.Kind == store.QuestionRank && (*q.Min < 2 || *q.Max > 3):
		return "order" // the first and the second, and the third for who likes
	case q.Kind != store.QuestionBudget:
		return ""
	case q.Envelope == nil || *q.Envelope < 1:
		return "missing"
	}
	for _, c := range q.Choices {
		if c.Cost == nil || *c.Cost > *q.Envelope {
			return "cost"
		}
	}
	return ""
}

// Draft stores a new draft, which may still have faults, and gives it back with its dialled number.
func (s *Service) Draft(ctx context.Context, c store.Consultation) (store.Consultation, error) {
	made, err := s.stores.Writer.Create(ctx, c)
	if err != nil {
		return store.Consultation{}, fmt.Errorf("draft consultation: %w", err)
	}
	return made, nil
}

// Revise overwrites a draft; CodeConflict once it is open.
func (s *Service) Revise(ctx context.Context, c store.Consultation) (store.Consultation, error) {
	made, err := s.stores.Writer.Revise(ctx, c)
	if err != nil {
		return store.Consultation{}, fmt.Errorf("revise consultation: %w", err)
	}
	return made, nil
}

// Open lets people answer from OpensAt on. CodeInvalid with every Fault in the chain when the draft is not complete.
func (s *Service) Open(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	c, err := s.stores.Reader.Get(ctx, commune, id)
	if err != nil {
		return fmt.Errorf("open consultation: %w", err)
	}
	if faults := Check(c); len(faults) > 0 {
		all := make([]error, len(faults))
		for i, f := range faults {
			all[i] = f
		}
		return &store.Error{Code: store.CodeInvalid, Op: "open consultation", Err: errors.Join(all...)}
	}
	if err := s.stores.Writer.Open(ctx, commune, id, act); err != nil {
		return fmt.Errorf("open consultation: %w", err)
	}
	return nil
}

// Publish shows the totals to everybody; CodeDenied before the day they are read in the meeting.
func (s *Service) Publish(ctx context.Context, commune store.PlaceID, id int64, now time.Time, act store.Act) error {
	c, err := s.stores.Reader.Get(ctx, commune, id)
	if err != nil {
		return fmt.Errorf("publish consultation: %w", err)
	}
	if string(c.ReadingOn) > now.In(s.zone).Format(time.DateOnly) {
		return store.NewError(store.CodeDenied, "publish consultation", "results are read in the public meeting first")
	}
	if err := s.stores.Writer.Publish(ctx, commune, id, act); err != nil {
		return fmt.Errorf("publish consultation: %w", err)
	}
	return nil
}

// Decide records what came of a published consultation, or corrects it; CodeInvalid without words or a day.
func (s *Service) Decide(ctx context.Context, commune store.PlaceID, id int64, decision store.Texts, on store.Date, act store.Act) error {
	if textFault(decision, MaxDecision) != "" || on == "" || !on.Valid() {
		return store.NewError(store.CodeInvalid, "decide consultation", "a decision has words of at most 120 characters and a day")
	}
	if err := s.stores.Writer.Decide(ctx, commune, id, decision, on, act); err != nil {
		return fmt.Errorf("decide consultation: %w", err)
	}
	return nil
}

// Follow records one thing that was done after the decision, with its day.
func (s *Service) Follow(ctx context.Context, commune store.PlaceID, id int64, step store.FollowUp, act store.Act) error {
	if textFault(step.What, MaxDecision) != "" || step.On == "" || !step.On.Valid() {
		return store.NewError(store.CodeInvalid, "follow consultation", "a step has words of at most 120 characters and a day")
	}
	if err := s.stores.Writer.Follow(ctx, commune, id, step, act); err != nil {
		return fmt.Errorf("follow consultation: %w", err)
	}
	return nil
}

func textFault(t store.Texts, widest int) string {
	if t["fr"] == "" {
		return "missing"
	}
	for _, text := range t {
		if utf8.RuneCountInString(text) > widest {
			return "too_long"
		}
	}
	return ""
}

func countFault(n, fewest, most int) string {
	switch {
	case n < fewest:
		return "too_few"
	case n > most:
		return "too_many"
	}
	return ""
}
