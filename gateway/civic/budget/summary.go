package budget

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/letter"
	"baro/store"
)

// summaryLives is how long a summary that was asked for is worth sending.
const summaryLives = 24 * time.Hour

// Letters sends single messages.
type Letters interface {
	Send(ctx context.Context, letters ...letter.Letter) error
}

// Dials tells what to dial to reach a screen.
type Dials interface {
	String(commune store.PlaceID, keys ...int) string
}

// Number gives the permanent number of a year's budget, whichever of its documents stands.
func (s *Service) Number(ctx context.Context, commune store.PlaceID, year int) (int, error) {
	n, err := s.stores.Numbers.Assign(ctx, commune, store.DialTarget{Kind: store.DialBudget, Ref: int64(year)})
	if err != nil {
		return 0, fmt.Errorf("number budget: %w", err)
	}
	return n, nil
}

// SendSummary sends one SMS with what the budget is and where it goes, and the number under which the same is dialled. Asking
// again on the same day sends nothing more. It is ErrNoWay of package letter where no channel sends SMS, and false when
// there is no such budget.
func (s *Service) SendSummary(ctx context.Context, c civic.Caller, commune store.PlaceID, document int64, language string) (bool, error) {
	d, f, ok, err := s.choose(ctx, commune, document)
	if err != nil || !ok || f.Expenditure.Planned == 0 {
		return false, err
	}
	home, err := s.stores.Places.Get(ctx, commune)
	if err != nil {
		return false, fmt.Errorf("name commune: %w", err)
	}
	number, err := s.Number(ctx, commune, d.Year)
	if err != nil {
		return false, err
	}
	var proof []flows.Part
	if dial := s.means.Dials.String(commune, mainItem, number); dial != "" {
		proof = append(proof, flows.Part{Message: "budget.letter.proof", Fields: flows.Record{field("Dial", flows.TextOf(dial))}})
	}
	err = s.means.Letters.Send(ctx, letter.Letter{
		To: c.Number, Language: language, Message: "budget.letter", Commune: commune, Origin: fmt.Sprintf("budget:%d", d.ID),
		Key:      letter.KeyOf(c.Pseudonym, fmt.Sprintf("budget:%d %s", d.ID, c.Now.Format(time.DateOnly))),
		Priority: store.PriorityReply, ExpiresAt: c.Now.Add(summaryLives),
		Fields: flows.Record{
			field("Commune", flows.TextOf(home.Name)), year(d), field("Stage", stageOf(d)), field("Total", flows.MoneyOf(f.Expenditure.Planned)),
			field("Shares", sharesOf(f)), field("Proof", flows.PartsOf(proof...)),
		},
	})
	if err != nil {
		return false, fmt.Errorf("send budget: %w", err)
	}
	return true, nil
}

// mainItem is the budget's key in the main menu.
const mainItem = 1

func (s *Service) actSend(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	language := need.Args.Text("$language")
	if language == "" {
		language = need.Lang
	}
	sent, err := s.SendSummary(ctx, c, communeOf(need), documentOf(need), language)
	switch {
	case errors.Is(err, letter.ErrNoWay):
		return flows.Outcome{Edge: "no_way"}, nil
	case err != nil:
		return flows.Outcome{}, err
	case !sent:
		return flows.Outcome{Edge: "unknown"}, nil
	}
	return flows.Outcome{Edge: "ok"}, nil
}
