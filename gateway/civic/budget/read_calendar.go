package budget

import (
	"context"

	"baro/flows"
	"baro/gateway/civic"
	"baro/store"
)

// maxYears is the most years whose calendar is offered.
const maxYears = 10

func (s *Service) readYears(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	years, err := s.CalendarYears(ctx, communeOf(need), c.Now)
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, y := range years[:min(len(years), maxYears)] {
		rows = append(rows, flows.Row{Key: flows.IntOf(int64(y)), Fields: flows.Record{field("Year", flows.IntOf(int64(y)))}})
	}
	return rows, nil
}

// readCycle tells which year's calendar is listed.
func (s *Service) readCycle(_ context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	return one(field("Year", flows.IntOf(need.Args.Int("cycle")))), nil
}

func (s *Service) readCalendar(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	steps, err := s.Calendar(ctx, communeOf(need), int(need.Args.Int("cycle")), c.Now)
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, step := range steps {
		rows = append(rows, flows.Row{Key: flows.TextOf(string(step.Step)), Fields: stepFields(step)})
	}
	return rows, nil
}

func (s *Service) readStep(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	steps, err := s.Calendar(ctx, communeOf(need), int(need.Args.Int("cycle")), c.Now)
	if err != nil {
		return nil, err
	}
	for _, step := range steps {
		if string(step.Step) == need.Args.Text("step") {
			return one(append(stepFields(step), field("Facts", flows.PartsOf(stepFacts(step)...)))...), nil
		}
	}
	return nil, nil
}

func stepFields(s Step) flows.Record {
	return flows.Record{
		field("Step", flows.LabelOf("budget.step."+string(s.Step))), field("State", flows.LabelOf("budget.step_state."+string(s.State))),
		field("On", flows.DateOf(s.Day())),
	}
}

// stepFacts are who voted and how, and what shows that the step was done.
func stepFacts(s Step) (facts []flows.Part) {
	if s.Document.ID != 0 && s.Step != store.StepTransmission {
		facts = voteFacts(s.Document.Vote)
	}
	if s.State == StepDone && s.Evidence != "" {
		facts = append(facts, flows.Part{Message: "budget.fact.evidence", Fields: flows.Record{field("Evidence", flows.TextOf(s.Evidence))}})
	}
	return facts
}

// voteFacts tell the body by its kind, with its own name where it has given one, and the votes where all were reported:
// councils are not the only bodies that vote.
func voteFacts(v store.Vote) (facts []flows.Part) {
	if v.Body != "" {
		body := flows.Part{Message: "budget.fact.body", Fields: flows.Record{field("Body", flows.LabelOf("budget.body."+string(v.Body)))}}
		if v.BodyText != "" {
			body.Message = "budget.fact.body_named"
			body.Fields = append(body.Fields, field("Name", flows.TextOf(v.BodyText)))
		}
		facts = append(facts, body)
	}
	if v.For != nil && v.Against != nil && v.Abstained != nil {
		facts = append(facts, flows.Part{Message: "budget.fact.votes", Fields: flows.Record{
			field("For", flows.IntOf(*v.For)), field("Against", flows.IntOf(*v.Against)), field("Abstained", flows.IntOf(*v.Abstained)),
		}})
	}
	return facts
}
