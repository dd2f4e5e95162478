package figures

import (
	"context"
	"slices"
	"time"

	"baro/gateway/civic/budget"
	"baro/gateway/civic/question"
	"baro/gateway/console"
	"baro/store"
)

const (
	few        = 10 // below it what people did is not told
	fresh      = 90 * 24 * time.Hour
	months     = 6    // shown, the running one included
	mostCases  = 5000 // of one state and commune that are looked at
	lookups    = "service.need"
	callsAsked = "sms.callback"
)

// A Cell is a count of what people did: nothing, hidden below ten, or the number.
type Cell int64

// Hidden tells that there is something, too little to be told.
func (c Cell) Hidden() bool { return c > 0 && c < few }

// N is the number as pages write it.
func (c Cell) N() int64 { return int64(c) }

// Figures are one commune's.
type Figures struct {
	Commune         string
	Number          string
	Done, Due, Late int // steps of this year's budget calendar
	Documents       int // published
	Open, Closed    int // consultations
	Answered        Cell
	InTime          int64 // of the answered, in hundredths; told only with them
	Waiting         Cell  // questions without an answer
	Services        int
	Checked         int // of the services, within 90 days
	Use             []Month
}

// A Month is what was looked up and asked in it.
type Month struct {
	First   time.Time
	Lookups Cell
	Calls   Cell
}

// TellsInTime tells whether the share answered in time may be told.
func (f Figures) TellsInTime() bool { return f.Answered >= few }

// all gives the figures of every commune that somebody may see.
func (r *room) all(ctx context.Context, q *console.Request) (out []Figures, err error) {
	communes, err := r.Communes.Communes(ctx)
	if err != nil {
		return nil, err
	}
	own, everywhere := q.Who.Where(needs)
	for _, p := range communes {
		if !everywhere && !slices.Contains(own, p.ID) {
			continue
		}
		f, err := r.of(ctx, p)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func (r *room) of(ctx context.Context, p store.Place) (Figures, error) {
	f, now := Figures{Commune: p.Name, Number: p.Number}, r.Now()
	steps, err := r.Budget.Calendar(ctx, p.ID, now.In(r.Zone).Year(), now)
	if err != nil {
		return f, err
	}
	for _, s := range steps {
		switch s.State {
		case budget.StepDone:
			f.Done++
		case budget.StepLate:
			f.Late++
		case budget.StepDue:
			f.Due++
		}
	}
	documents, err := r.Budget.Published(ctx, p.ID)
	if err != nil {
		return f, err
	}
	f.Documents = len(documents)
	consultations, err := r.Consultations.List(ctx, p.ID)
	if err != nil {
		return f, err
	}
	for _, c := range consultations {
		switch c.State {
		case store.ConsultationOpen:
			f.Open++
		case store.ConsultationClosed, store.ConsultationPublished, store.ConsultationDecided, store.ConsultationFollowed:
			f.Closed++
		}
	}
	services, err := r.Services.List(ctx, p.ID, "")
	if err != nil {
		return f, err
	}
	for _, s := range services {
		if s.Status != store.ServiceActive {
			continue
		}
		f.Services++
		if !s.VerifiedAt.IsZero() && now.Sub(s.VerifiedAt) <= fresh {
			f.Checked++
		}
	}
	if err := r.questions(ctx, p.ID, &f); err != nil {
		return f, err
	}
	f.Use, err = r.use(ctx, p.ID, now)
	return f, err
}

// questions counts those to the town hall. What is said about it goes to somebody else and into no figure.
func (r *room) questions(ctx context.Context, commune store.PlaceID, f *Figures) error {
	inTime := int64(0)
	for _, state := range []store.CaseState{store.CaseAnswered, store.CaseClosed} {
		list, err := r.Cases.Waiting(ctx, commune, question.DeskTownHall, state, mostCases)
		if err != nil {
			return err
		}
		for _, c := range list {
			if c.Answered.IsZero() {
				continue
			}
			f.Answered++
			if !c.Answered.After(c.Due) {
				inTime++
			}
		}
	}
	if f.Answered > 0 {
		f.InTime = inTime * 100 / int64(f.Answered)
	}
	counts, err := r.Cases.Counts(ctx, commune, question.DeskTownHall, r.Now())
	f.Waiting = Cell(counts.Received + counts.Assigned)
	return err
}

// use adds up hourly counters by month, over all their keys: what for is nobody's concern above the commune.
func (r *room) use(ctx context.Context, commune store.PlaceID, now time.Time) (out []Month, err error) {
	y, m, _ := now.In(r.Zone).Date()
	for back := months - 1; back >= 0; back-- {
		first := time.Date(y, m-time.Month(back), 1, 0, 0, 0, 0, r.Zone)
		month := Month{First: first}
		for subject, cell := range map[string]*Cell{lookups: &month.Lookups, callsAsked: &month.Calls} {
			counts, err := r.Counters.Range(ctx, commune, subject, first, first.AddDate(0, 1, 0))
			if err != nil {
				return nil, err
			}
			for _, c := range counts {
				*cell += Cell(c.N)
			}
		}
		out = append(out, month)
	}
	return out, nil
}
