package question

import (
	"context"
	"fmt"
	"strconv"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/wording"
	"baro/gateway/identity"
	"baro/store"
)

// Binding answers what flows may ask of questions. What a flow saves as Case is the follow-up number: with it and the
// caller everything a resident may see is found, and a session holds no record's key.
func (s *Service) Binding() civic.Binding {
	return civic.Binding{
		Sources: map[string]civic.Reader{"question.state": s.readState},
		Actions: map[string]civic.Actor{
			"question.report":  s.actReport,
			"question.find":    s.actFind,
			"question.pending": s.actPending,
			"question.settle":  s.actSettle,
		},
	}
}

func (s *Service) readState(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	return s.StateRows(ctx, c, commune(need), need)
}

// StateRows is the row of question.state for the case that a flow saved, put to the given commune; no row when there is
// none. Other subjects whose cases go elsewhere show the same.
func (s *Service) StateRows(ctx context.Context, c civic.Caller, commune store.PlaceID, need flows.Need) ([]flows.Row, error) {
	number := need.Args.Int("case")
	v, found, err := s.Follow(ctx, commune, digits(number), store.Pseudonym(c.Pseudonym))
	if err != nil || !found {
		return nil, err
	}
	about := flows.PartsOf() // nothing about the subject for who did not ask
	if v.Own {
		about = flows.PartsOf(flows.Part{Message: "question.about", Fields: flows.Record{
			{Name: "Subject", Value: flows.LabelOf("question.kind." + string(v.Kind))},
		}})
	}
	answer := wording.In(v.Answer, need.Lang)
	return []flows.Row{{Fields: flows.Record{
		{Name: "Number", Value: flows.IntOf(number)},
		{Name: "About", Value: about},
		{Name: "State", Value: flows.LabelOf("question.state." + string(v.State))},
		{Name: "Since", Value: flows.DateOf(v.Created.In(s.zone))},
		{Name: "Answer", Value: flows.TextOf(answer)},
		{Name: "Answered", Value: flows.FlagOf(answer != "")}, {Name: "Settles", Value: flows.FlagOf(v.Settles)},
	}}}, nil
}

func (s *Service) actReport(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	made, taken, err := s.Put(ctx, Report{
		Commune: commune(need), Kind: store.CaseKind(need.Args.Text("kind")), Words: need.Args.Text("words"),
		Asker: store.Pseudonym(c.Pseudonym), At: c.Now,
	})
	if err != nil {
		return flows.Outcome{}, err
	}
	if !taken {
		return flows.Outcome{Edge: "limit"}, nil
	}
	number, err := Dialled(made)
	if err != nil {
		return flows.Outcome{}, err
	}
	return flows.Outcome{Edge: "ok", Fields: flows.Record{
		{Name: "Number", Value: flows.IntOf(number)}, {Name: "Case", Value: flows.IntOf(number)},
	}}, nil
}

func (s *Service) actFind(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	number := need.Args.Int("number")
	found, err := s.Known(ctx, commune(need), number, store.Pseudonym(c.Pseudonym))
	if err != nil {
		return flows.Outcome{}, err
	}
	if !found {
		return flows.Outcome{Edge: "unknown"}, nil
	}
	return flows.Outcome{Edge: "ok", Fields: flows.Record{{Name: "Case", Value: flows.IntOf(number)}}}, nil
}

func (s *Service) actPending(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	number, found, err := s.Pending(ctx, commune(need), store.Pseudonym(c.Pseudonym))
	if err != nil {
		return flows.Outcome{}, err
	}
	if !found {
		return flows.Outcome{Edge: "none"}, nil
	}
	return flows.Outcome{Edge: "ask", Fields: flows.Record{{Name: "Case", Value: flows.IntOf(number)}}}, nil
}

func (s *Service) actSettle(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	word := store.CasePrompt(need.Args.Text("word"))
	settled, err := s.Settle(ctx, commune(need), need.Args.Int("case"), store.Pseudonym(c.Pseudonym), word, c.Now)
	if err != nil {
		return flows.Outcome{}, err
	}
	if !settled {
		return flows.Outcome{Edge: "gone"}, nil
	}
	return flows.Outcome{Edge: string(word)}, nil
}

// Dialled gives a case's number as people type it.
func Dialled(c store.Case) (int64, error) {
	number, err := strconv.ParseInt(c.Number, 10, 64)
	if err != nil || digits(number) != c.Number {
		return 0, fmt.Errorf("case %d: its number is not one that can be dialled", c.ID)
	}
	return number, nil
}

func commune(need flows.Need) store.PlaceID { return store.PlaceID(need.Args.Int("$commune")) }

func sealedOf(c store.Case) identity.Sealed {
	return identity.Sealed{KeyID: c.Body.KeyID, Box: c.Body.Box}
}
