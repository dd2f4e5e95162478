package budget

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"baro/store"
)

// A Deadline is the usual last day of a step: so many years after the budget's own year, in that month, on that day.
// Deadlines are data as rules are: laws change, and a commune notes its own days beside them.
type Deadline struct {
	Step  store.CalendarStep
	Years int
	Month time.Month
	Day   int
}

// UsualDeadlines follow the yearly cycle of Mali's communes: debated and voted before 31 October of the year before,
// sent to the préfet in November, corrected in spring, accounts in the first half of the year after, then told in public.
func UsualDeadlines() []Deadline {
	return []Deadline{
		{store.StepDebate, -1, time.October, 15},
		{store.StepVote, -1, time.October, 31},
		{store.StepTransmission, -1, time.November, 30},
		{store.StepAdditional, 0, time.May, 31},
		{store.StepAccounts, 1, time.June, 30},
		{store.StepRestitution, 1, time.July, 31},
	}
}

// Bounds of what is reminded of.
const (
	DueWithin = 14 * 24 * time.Hour
	lateFor   = 365 * 24 * time.Hour // what was missed longer ago is not made up for
)

// MaxEvidence is the most characters that the proof of a step may have.
const MaxEvidence = 80

// StepState is how far a step is.
type StepState string

const (
	StepDue  StepState = "due"
	StepDone StepState = "done"
	StepLate StepState = "late"
)

// A Step is one step of a year's budget: when it is due, whether it was done, and what shows that it was.
type Step struct {
	Step      store.CalendarStep
	Year      int
	Due, Done store.Date
	State     StepState
	Evidence  string
	Reference string               // the notice or document: notice:12, sha256:…
	Document  store.BudgetDocument // the one the step is about, ID 0 before it is published
	Revision  int64                // what a change must have been read with
}

// Day is when the step was done, else when it is due.
func (s Step) Day() time.Time {
	t, _ := time.Parse(time.DateOnly, string(cmp.Or(s.Done, s.Due)))
	return t
}

// Calendar gives the steps of a year in their order. What the commune has noted goes before what its documents tell, and
// both before the usual rule.
func (s *Service) Calendar(ctx context.Context, commune store.PlaceID, year int, now time.Time) ([]Step, error) {
	noted, err := s.stores.Calendar.List(ctx, commune, year)
	if err != nil {
		return nil, fmt.Errorf("list budget calendar: %w", err)
	}
	documents, err := s.Published(ctx, commune)
	if err != nil {
		return nil, err
	}
	steps := make([]Step, 0, len(s.deadlines))
	for _, d := range s.deadlines {
		last := time.Date(year+d.Years, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
		step := Step{Step: d.Step, Year: year, Due: store.Date(last.Format(time.DateOnly))}
		step.readDocuments(documents)
		if i := slices.IndexFunc(noted, func(e store.CalendarEntry) bool { return e.Step == d.Step }); i >= 0 {
			step.readNote(noted[i])
		}
		step.State = stateAt(step, now)
		steps = append(steps, step)
	}
	return steps, nil
}

// readDocuments takes from the year's documents when the step was done; a document's own hash proves it.
func (s *Step) readDocuments(documents []store.BudgetDocument) {
	stage, told := store.BudgetPrimitif, func(d store.BudgetDocument) store.Date { return d.Vote.On }
	switch s.Step {
	case store.StepVote:
	case store.StepTransmission:
		told = func(d store.BudgetDocument) store.Date { return d.TransmittedOn }
	case store.StepAdditional:
		stage = store.BudgetAdditionnel
	case store.StepAccounts:
		stage = store.CompteAdministratif
	default:
		return
	}
	for _, d := range documents {
		if d.Year != s.Year || d.Stage != stage {
			continue
		}
		s.Document, s.Done = d, told(d)
		if s.Done != "" && d.SourceHash != [32]byte{} {
			s.Reference = fmt.Sprintf("sha256:%x", d.SourceHash)
		}
	}
}

// readNote lets what the commune noted go before.
func (s *Step) readNote(e store.CalendarEntry) {
	s.Revision, s.Evidence = e.Revision, e.Evidence
	s.Due, s.Done = cmp.Or(e.Due, s.Due), cmp.Or(e.Done, s.Done)
	s.Reference = cmp.Or(e.Reference, s.Reference)
}

// stateAt counts the last day as in time.
func stateAt(s Step, now time.Time) StepState {
	switch {
	case s.Done != "":
		return StepDone
	case string(s.Due) < now.Format(time.DateOnly):
		return StepLate
	}
	return StepDue
}

// Due gives the steps of all years that are late, or due within DueWithin, the longest due first: what the commune's
// clerks are reminded of.
func (s *Service) Due(ctx context.Context, commune store.PlaceID, now time.Time) ([]Step, error) {
	first, last := store.Date(now.Add(-lateFor).Format(time.DateOnly)), store.Date(now.Add(DueWithin).Format(time.DateOnly))
	var due []Step
	for year := now.Year() - 2; year <= now.Year()+1; year++ {
		steps, err := s.Calendar(ctx, commune, year, now)
		if err != nil {
			return nil, err
		}
		for _, step := range steps {
			if step.State != StepDone && step.Due >= first && step.Due <= last {
				due = append(due, step)
			}
		}
	}
	slices.SortStableFunc(due, func(a, b Step) int { return cmp.Compare(a.Due, b.Due) })
	return due, nil
}

// CountDue counts what Due lists.
func (s *Service) CountDue(ctx context.Context, commune store.PlaceID, now time.Time) (int, error) {
	due, err := s.Due(ctx, commune, now)
	return len(due), err
}

// reference is what an entry may refer to.
var reference = regexp.MustCompile(`^(notice:[1-9][0-9]{0,8}|sha256:[0-9a-f]{64})$`)

// Note stores what a commune notes of a step: another day it is due, or that it was done. What is done needs a proof, in
// words or as a reference, and lies in the past; CodeInvalid otherwise, CodeConflict when somebody changed it meanwhile.
func (s *Service) Note(ctx context.Context, e store.CalendarEntry, now time.Time, act store.Act) (store.CalendarEntry, error) {
	const op = "note budget step"
	switch {
	case e.Done != "" && e.Evidence == "" && e.Reference == "":
		return store.CalendarEntry{}, store.NewError(store.CodeInvalid, op, "what is done needs a proof")
	case string(e.Done) > now.Format(time.DateOnly):
		return store.CalendarEntry{}, store.NewError(store.CodeInvalid, op, "it cannot be done in the future")
	case utf8.RuneCountInString(e.Evidence) > MaxEvidence:
		return store.CalendarEntry{}, store.NewError(store.CodeInvalid, op, "the proof is longer than a screen is proved for")
	case e.Reference != "" && !reference.MatchString(e.Reference):
		return store.CalendarEntry{}, store.NewError(store.CodeInvalid, op, "the reference is neither a notice nor a document's hash")
	}
	noted, err := s.stores.Calendar.Put(ctx, e, act)
	if err != nil {
		return store.CalendarEntry{}, fmt.Errorf("%s: %w", op, err)
	}
	return noted, nil
}

// CalendarYears lists the years whose calendar is worth a look, newest first: the next one once its first step is near,
// and those with documents.
func (s *Service) CalendarYears(ctx context.Context, commune store.PlaceID, now time.Time) ([]int, error) {
	documents, err := s.Published(ctx, commune)
	if err != nil {
		return nil, err
	}
	var years []int
	for _, d := range documents {
		if !slices.Contains(years, d.Year) {
			years = append(years, d.Year)
		}
	}
	for _, d := range s.deadlines {
		first := time.Date(now.Year()+1+d.Years, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
		if next := now.Year() + 1; now.After(first.AddDate(0, -2, 0)) && !slices.Contains(years, next) {
			years = append(years, next)
		}
	}
	slices.SortFunc(years, func(a, b int) int { return cmp.Compare(b, a) })
	return years, nil
}
