package consultation

import (
	"context"
	"fmt"
	"time"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/wording"
	"baro/store"
)

// Most rows the manifest lets a list have.
const (
	openRows      = 10
	publishedRows = 20
)

// Binding answers what flows may ask of consultations.
func (s *Service) Binding() civic.Binding {
	return civic.Binding{
		Sources: map[string]civic.Reader{
			"consultation.open":             s.readOpen,
			"consultation.intro":            s.readIntro,
			"consultation.question":         s.readQuestion,
			"consultation.choices":          s.readChoices,
			"consultation.review":           s.readReview,
			"consultation.noted":            s.readNoted,
			"consultation.published":        s.readPublished,
			"consultation.result_questions": s.readResultQuestions,
			"consultation.result":           s.readResult,
			"consultation.decision":         s.readDecision,
			"consultation.remaining":        s.readRemaining,
			"consultation.picked":           s.readPicked,
			"consultation.follow_ups":       s.readFollowUps,
		},
		Actions: map[string]civic.Actor{
			"consultation.dialled": s.actDialled,
			"consultation.next":    s.actNext,
			"consultation.choose":  s.actChoose,
			"consultation.give":    s.actGive,
			"consultation.confirm": s.actConfirm,
			"consultation.pick":    s.actPick,
			"consultation.restart": s.actRestart,
			"consultation.say":     s.actSay,
			"consultation.card":    s.actCard,
		},
	}
}

func (s *Service) actDialled(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	found, ok, err := s.Dialled(ctx, commune(need), int(need.Args.Int("number")), c.Now)
	if err != nil {
		return flows.Outcome{}, err
	}
	if !ok {
		return flows.Outcome{Edge: "unknown"}, nil
	}
	edge := "open"
	if found.State.Public() {
		edge = "published"
	}
	return flows.Outcome{Edge: edge, Fields: flows.Record{{Name: "Consultation", Value: flows.IntOf(found.ID)}}}, nil
}

func (s *Service) actNext(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	after := Resume
	if q := need.Args.Get("question"); q.Kind != flows.None {
		after = q.Num
	}
	id := consultation(need)
	v := s.voice(c, need)
	q, done, open, err := s.Next(ctx, commune(need), id, v.Voter, after, c.Now)
	if err != nil {
		return flows.Outcome{}, err
	}
	edge := ""
	switch {
	case !open:
		return flows.Outcome{Edge: "closed"}, nil
	case done:
		return flows.Outcome{Edge: "done"}, nil
	case q.Kind == store.QuestionOne:
		edge = "choose"
	case q.Kind == store.QuestionNumber:
		edge = "number"
	case q.Kind == store.QuestionText:
		edge = "say"
	case q.Kind.Picks():
		p, _, err := s.Picking(ctx, commune(need), id, v, q.ID, c.Now)
		if err != nil {
			return flows.Outcome{}, err
		}
		edge = "pick"
		if len(p.Picked) > 0 && p.Enough() {
			edge = "picked"
		}
	default:
		return flows.Outcome{}, fmt.Errorf("question %d is of kind %q, which no screen asks", q.ID, q.Kind)
	}
	return flows.Outcome{Edge: edge, Fields: flows.Record{{Name: "Question", Value: flows.IntOf(q.ID)}}}, nil
}

func (s *Service) actChoose(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	id := consultation(need)
	return outcome(s.Choose(ctx, commune(need), id, s.voice(c, need), need.Args.Int("question"), need.Args.Int("choice"), c.Now))
}

func (s *Service) actGive(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	id := consultation(need)
	return outcome(s.Give(ctx, commune(need), id, s.voice(c, need), need.Args.Int("question"), need.Args.Int("amount"), c.Now))
}

func (s *Service) actConfirm(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	id := consultation(need)
	return outcome(s.Cast(ctx, commune(need), id, s.voice(c, need), c.Now))
}

func outcome(v Verdict, err error) (flows.Outcome, error) {
	if err != nil {
		return flows.Outcome{}, err
	}
	switch v {
	case Taken:
		return flows.Outcome{Edge: "ok"}, nil
	case OutOfRange:
		return flows.Outcome{Edge: "range"}, nil
	case Unfinished:
		return flows.Outcome{Edge: "unfinished"}, nil
	case Spent:
		return flows.Outcome{Edge: "used"}, nil
	}
	return flows.Outcome{Edge: "closed"}, nil
}

func commune(need flows.Need) store.PlaceID { return store.PlaceID(need.Args.Int("$commune")) }

func consultation(need flows.Need) int64 { return need.Args.Int("consultation") }

func text(name string, t store.Texts, lang string) flows.Field {
	return flows.Field{Name: name, Value: flows.TextOf(wording.In(t, lang))}
}

func integer(name string, n int64) flows.Field {
	return flows.Field{Name: name, Value: flows.IntOf(n)}
}

// day is the day of an instant where the people are. A closing time in the middle of a day is told as "before" that day:
// earlier than true, never later.
func (s *Service) day(name string, t time.Time) flows.Field {
	return flows.Field{Name: name, Value: flows.DayOf(t.In(s.zone))}
}

// date reads a civil date; the zero time for one that is absent or none.
func date(d store.Date) time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}
