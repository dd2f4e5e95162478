package profile

import (
	"context"
	"strings"

	"baro/flows"
	"baro/gateway/civic"
	"baro/store"
)

func (s *Service) readConsents(ctx context.Context, c civic.Caller, _ flows.Need) ([]flows.Row, error) {
	all, err := s.Agreements(ctx, store.Pseudonym(c.Pseudonym))
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, a := range all {
		state := "profile.given.no"
		if a.Given {
			state = "profile.given.yes"
		}
		rows = append(rows, flows.Row{Key: flows.TextOf(string(a.Purpose)), Fields: flows.Record{
			purposeField(a.Purpose), {Name: "State", Value: flows.LabelOf(state)},
		}})
	}
	return rows, nil
}

func (s *Service) readAgreed(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	all, err := s.Agreements(ctx, store.Pseudonym(c.Pseudonym))
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if string(a.Purpose) != need.Args.Text("purpose") {
			continue
		}
		how := flows.Part{Message: "profile.how.not"}
		if a.Given {
			how = flows.Part{Message: "profile.how.dial", Fields: flows.Record{{Name: "Since", Value: flows.DateOf(a.Since)}}}
			if a.Source == "sms" || a.Source == "sheet" {
				how.Message = "profile.how." + a.Source
			}
		}
		return []flows.Row{{Fields: flows.Record{
			purposeField(a.Purpose), {Name: "Given", Value: flows.FlagOf(a.Given)}, {Name: "How", Value: flows.PartsOf(how)},
		}}}, nil
	}
	return nil, nil
}

func (s *Service) readRemembered(ctx context.Context, c civic.Caller, _ flows.Need) ([]flows.Row, error) {
	_, found, err := s.contact(ctx, c.Pseudonym)
	if err != nil {
		return nil, err
	}
	return []flows.Row{{Fields: flows.Record{{Name: "Kept", Value: flows.FlagOf(found)}}}}, nil
}

func (s *Service) actConsent(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	return flows.Outcome{Edge: "ok"}, s.Agree(ctx, c, store.Purpose(need.Args.Text("purpose")), choiceOf(need), need.Lang)
}

func (s *Service) actWithdraw(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	return flows.Outcome{Edge: "ok"}, s.Withdraw(ctx, c, store.Purpose(need.Args.Text("purpose")))
}

func (s *Service) actForget(ctx context.Context, c civic.Caller, _ flows.Need) (flows.Outcome, error) {
	forgotten, err := s.Forget(ctx, c)
	if err != nil || !forgotten {
		return flows.Outcome{Edge: "needed"}, err
	}
	return flows.Outcome{Edge: "ok"}, nil
}

func purposeField(p store.Purpose) flows.Field {
	return flows.Field{Name: "Purpose", Value: flows.LabelOf("profile.purpose." + strings.ReplaceAll(string(p), ":", "."))}
}
