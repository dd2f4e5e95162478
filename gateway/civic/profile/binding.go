package profile

import (
	"context"

	"baro/flows"
	"baro/gateway/civic"
	"baro/store"
)

// Binding answers profile.data and the profile.* actions. The lists of languages are the commune's: package place.
func (s *Service) Binding() civic.Binding {
	return civic.Binding{
		Sources: map[string]civic.Reader{
			"profile.data":       s.readData,
			"profile.consents":   s.readConsents,
			"profile.agreed":     s.readAgreed,
			"profile.remembered": s.readRemembered,
		},
		Actions: map[string]civic.Actor{
			"profile.keep":     s.actKeep,
			"profile.update":   s.actUpdate,
			"profile.erase":    s.actErase,
			"profile.consent":  s.actConsent,
			"profile.withdraw": s.actWithdraw,
			"profile.forget":   s.actForget,
		},
	}
}

func (s *Service) readData(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	d, err := s.Data(ctx, c, store.PlaceID(need.Args.Int("$commune")))
	if err != nil || d.Empty() {
		return nil, err
	}
	var kept []flows.Part
	if d.Language {
		kept = append(kept, flows.Part{Message: "profile.kept.language"})
	}
	if d.Commune {
		kept = append(kept, flows.Part{Message: "profile.kept.commune"})
	}
	if d.Answers > 0 {
		kept = append(kept, counted("profile.kept.answers", d.Answers))
	}
	if d.Questions > 0 {
		kept = append(kept, counted("profile.kept.questions", d.Questions))
	}
	if d.Messages > 0 {
		kept = append(kept, counted("profile.kept.messages", d.Messages))
	}
	if d.Call {
		kept = append(kept, flows.Part{Message: "profile.kept.call"})
	}
	return []flows.Row{{Fields: flows.Record{{Name: "Kept", Value: flows.ListOf(kept...)}}}}, nil
}

func (s *Service) actKeep(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	return flows.Outcome{Edge: "ok", Fields: flows.Record{{Name: "Asked", Value: flows.FlagOf(false)}}}, s.Keep(ctx, c, choiceOf(need), need.Lang)
}

func (s *Service) actUpdate(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	kept, err := s.Update(ctx, c, choiceOf(need))
	if err != nil || !kept {
		return flows.Outcome{Edge: "unknown"}, err
	}
	return flows.Outcome{Edge: "ok", Fields: flows.Record{{Name: "Asked", Value: flows.FlagOf(false)}}}, nil
}

func (s *Service) actErase(ctx context.Context, c civic.Caller, _ flows.Need) (flows.Outcome, error) {
	return flows.Outcome{Edge: "ok"}, s.Erase(ctx, c)
}

func choiceOf(need flows.Need) Choice {
	return Choice{Language: need.Args.Text("$language"), Commune: store.PlaceID(need.Args.Int("$commune"))}
}

func counted(message string, n int) flows.Part {
	return flows.Part{Message: message, Fields: flows.Record{{Name: "Count", Value: flows.IntOf(int64(n))}}}
}
