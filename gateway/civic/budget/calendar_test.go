package budget

import (
	"context"
	"strings"
	"testing"
	"time"

	"baro/store"
)

var clerk = store.Act{Actor: "account:1", Reason: "test"}

// calendar writes the steps of a year shortly.
func (h *hall) calendar(t testing.TB, year int, now time.Time) string {
	t.Helper()
	steps, err := h.Calendar(context.Background(), h.commune, year, now)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range steps {
		out = append(out, string(s.Step)+" "+string(s.State)+" "+s.Day().Format(time.DateOnly))
	}
	return strings.Join(out, ", ")
}

func TestCalendarGoesByRuleDocumentsAndNotes(t *testing.T) {
	h := newHall(t)
	ctx := context.Background()
	rule := "debate late 2025-10-15, vote late 2025-10-31, transmission late 2025-11-30, additional late 2026-05-31, accounts due 2027-06-30, restitution due 2027-07-31"
	if got := h.calendar(t, 2026, today); got != rule {
		t.Errorf("by the rule:\n%s", got)
	}
	plan, _ := h.both(t)
	yes, no, none := int64(16), int64(1), int64(0)
	vote := Deliberation{Vote: store.Vote{On: "2025-10-23", Body: store.DelegationSpeciale, BodyText: "Délégation (fictive)", For: &yes, Against: &no, Abstained: &none}, TransmittedOn: "2025-10-27"}
	if err := h.Deliberate(ctx, h.commune, plan, vote, clerk); err != nil {
		t.Fatal(err)
	}
	told2026 := strings.Replace(rule, "vote late 2025-10-31, transmission late 2025-11-30", "vote done 2025-10-23, transmission done 2025-10-27", 1)
	if got := h.calendar(t, 2026, today); got != told2026 {
		t.Errorf("by the documents:\n%s", got)
	}
	e, err := h.Note(ctx, store.CalendarEntry{Commune: h.commune, Year: 2026, Step: store.StepAdditional, Due: "2026-12-10"}, today, clerk)
	if err != nil {
		t.Fatal(err)
	}
	if got := h.calendar(t, 2026, today); !strings.Contains(got, "additional due 2026-12-10") {
		t.Errorf("with another day:\n%s", got)
	}
	e.Done, e.Evidence, e.Reference = "2026-11-20", "Registre des délibérations, page 14", "notice:12"
	if _, err := h.Note(ctx, e, today, clerk); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Note(ctx, e, today, clerk); store.CodeOf(err) != store.CodeConflict {
		t.Errorf("noted twice: %v", err)
	}
	got := told(h.rows(t, "budget.step", h.commune, number("cycle", 2026), field("step", textOf("additional"))))
	if got != "step.additional step_state.done 2026-11-20 [fact.evidence Registre des délibérations, page 14]" {
		t.Errorf("the step is told as %s", got)
	}
	got = told(h.rows(t, "budget.step", h.commune, number("cycle", 2026), field("step", textOf("vote"))))
	if got != "step.vote step_state.done 2025-10-23 [fact.body_named body.delegation_speciale Délégation (fictive), fact.votes 16 1 0]" {
		t.Errorf("the vote is told as %s", got)
	}
	if got := told(h.rows(t, "budget.years", h.commune)); got != "2027; 2026; 2025" {
		t.Errorf("years: %s", got)
	}
	if rows := h.rows(t, "budget.calendar", h.commune, number("cycle", 2026)); len(rows) != 6 {
		t.Errorf("%d steps are listed", len(rows))
	}
}

// What stands in a draft has not happened as far as anybody may know.
func TestDraftsAreNoProof(t *testing.T) {
	h := newHall(t)
	plan := h.draft(t, 2026, store.BudgetPrimitif, plan2026(t))
	vote := Deliberation{Vote: store.Vote{On: "2025-10-23", Body: store.ConseilCommunal}}
	if err := h.Deliberate(context.Background(), h.commune, plan, vote, clerk); err != nil {
		t.Fatal(err)
	}
	if got := h.calendar(t, 2026, today); strings.Contains(got, string(StepDone)) {
		t.Errorf("a draft's vote is told: %s", got)
	}
}

func TestClerksAreRemindedOfWhatIsLateOrNear(t *testing.T) {
	h := newHall(t)
	ctx := context.Background()
	due := func(now time.Time) string {
		t.Helper()
		steps, err := h.Due(ctx, h.commune, now)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, s := range steps {
			out = append(out, string(s.Due)+" "+string(s.Step))
		}
		if n, err := h.CountDue(ctx, h.commune, now); err != nil || n != len(out) {
			t.Errorf("%d counted, %v; %d listed", n, err, len(out))
		}
		return strings.Join(out, ", ")
	}
	late := "2025-11-30 transmission, 2026-05-31 additional, 2026-06-30 accounts, 2026-07-31 restitution, 2026-10-15 debate, 2026-10-31 vote"
	if got := due(today); got != late+", 2026-11-30 transmission" {
		t.Errorf("today: %s", got)
	}
	if got := due(today.AddDate(0, 0, -11)); strings.Contains(got, "2026-11-30") {
		t.Errorf("16 days before it is due: %s", got)
	}
	for _, step := range []store.CalendarEntry{{Year: 2027, Step: store.StepDebate}, {Year: 2027, Step: store.StepVote}} {
		step.Commune, step.Done, step.Evidence = h.commune, "2026-10-10", "Procès-verbal"
		if _, err := h.Note(ctx, step, today, clerk); err != nil {
			t.Fatal(err)
		}
	}
	if got := due(today); strings.Contains(got, "debate") || strings.Contains(got, "2026-10-31") {
		t.Errorf("what was done is reminded of: %s", got)
	}
}

func TestWhatACalendarDoesNotTake(t *testing.T) {
	h := newHall(t)
	for name, e := range map[string]store.CalendarEntry{
		"no proof":        {Done: "2026-11-20"},
		"the future":      {Done: "2026-11-26", Evidence: "Registre"},
		"a long proof":    {Done: "2026-11-20", Evidence: strings.Repeat("é", MaxEvidence+1)},
		"a strange proof": {Done: "2026-11-20", Reference: "http://example"},
		"no day":          {Due: "2026-02-30"},
	} {
		e.Commune, e.Year, e.Step = h.commune, 2026, store.StepVote
		if _, err := h.Note(context.Background(), e, today, clerk); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatADeliberationIsNot(t *testing.T) {
	h := newHall(t)
	plan := h.draft(t, 2026, store.BudgetPrimitif, plan2026(t))
	n, many := int64(3), int64(100)
	for name, d := range map[string]Deliberation{
		"no body":              {Vote: store.Vote{On: "2025-10-23"}},
		"an unknown body":      {Vote: store.Vote{On: "2025-10-23", Body: "parlement"}},
		"votes in part":        {Vote: store.Vote{On: "2025-10-23", Body: store.ConseilCommunal, For: &n}},
		"too many votes":       {Vote: store.Vote{On: "2025-10-23", Body: store.ConseilCommunal, For: &many, Against: &n, Abstained: &n}},
		"votes without a body": {Vote: store.Vote{For: &n, Against: &n, Abstained: &n}},
		"sent before the vote": {Vote: store.Vote{On: "2025-10-23", Body: store.ConseilCommunal}, TransmittedOn: "2025-10-22"},
		"approved unsent":      {Vote: store.Vote{On: "2025-10-23", Body: store.ConseilCommunal}, ApprovedOn: "2025-12-01"},
		"a long name":          {Vote: store.Vote{On: "2025-10-23", Body: store.ConseilCommunal, BodyText: strings.Repeat("é", MaxBody+1)}},
	} {
		if err := h.Deliberate(context.Background(), h.commune, plan, d, clerk); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := Deliberation{Vote: store.Vote{On: "2025-10-23", Body: store.ConseilCommunal}, TransmittedOn: "2025-10-23", ApprovedOn: "2025-11-28"}
	if err := h.Deliberate(context.Background(), h.other, plan, good, clerk); store.CodeOf(err) != store.CodeNotFound {
		t.Errorf("another commune's document: %v", err)
	}
	if err := h.Deliberate(context.Background(), h.commune, plan, good, clerk); err != nil {
		t.Fatal(err)
	}
	if got, err := h.Deliberation(context.Background(), h.commune, plan); err != nil || got != good {
		t.Errorf("read back: %+v, %v", got, err)
	}
}
