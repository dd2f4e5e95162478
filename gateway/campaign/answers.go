package campaign

import (
	"context"
	"fmt"
	"strings"
	"time"

	"baro/flows"
	"baro/gateway/civic"
	"baro/locales/charset"
	"baro/store"
)

// How long after a broadcast what people send is taken as an answer to it.
const (
	answerWithin   = 7 * 24 * time.Hour // 1 or 2
	questionWithin = 48 * time.Hour
	questionWords  = 3 // fewer are looked for in the menus
)

// Answers understands replies to what people were told: 1 "I come", 2 "no", and words, which become a question to the town
// hall.
type Answers struct {
	*Service
	// Attend notes whether somebody comes to a meeting; false when it may not be answered any more. May be nil.
	Attend func(ctx context.Context, c civic.Caller, commune store.PlaceID, notice int64, coming bool) (bool, error)
	// Ask puts a question and gives its number; false when the asker has too many waiting.
	Ask func(ctx context.Context, c civic.Caller, commune store.PlaceID, words string) (number string, taken bool, err error)
}

// Might tells from the words alone whether they could be an answer.
func (a Answers) Might(text string) bool {
	return choice(text) != 0 || len(strings.Fields(text)) >= questionWords
}

// choice is 1 or 2, in whatever digits and with whatever around them; 0 for anything else.
func choice(text string) int {
	switch charset.Fold(text) {
	case "1":
		return 1
	case "2":
		return 2
	}
	return 0
}

// Answer takes an answer and gives the message to say; ok is false when nothing was told that it could answer.
func (a Answers) Answer(ctx context.Context, c civic.Caller, text string) (message string, fields flows.Record, ok bool, err error) {
	within := answerWithin
	if choice(text) == 0 {
		within = questionWithin
	}
	last, err := a.Care.Last(ctx, store.Pseudonym(c.Pseudonym), c.Now.Add(-within))
	if store.CodeOf(err) == store.CodeNotFound {
		return "", nil, false, nil
	}
	if err != nil {
		return "", nil, false, fmt.Errorf("take answer: %w", err)
	}
	if choice(text) == 0 {
		return a.ask(ctx, c, last.Commune, text)
	}
	b, err := a.Broadcasts.Get(ctx, last.Commune, last.Broadcast)
	if err != nil {
		return "", nil, false, fmt.Errorf("take answer: %w", err)
	}
	what, err := contentOf(b)
	if err != nil {
		return "", nil, false, err
	}
	id, _, isNotice := noticeOf(b.Origin)
	if what.Replies != RepliesMeeting || !isNotice || a.Attend == nil {
		return "", nil, false, nil
	}
	coming := choice(text) == 1
	taken, err := a.Attend(ctx, c, b.Commune, id, coming)
	switch {
	case err != nil:
		return "", nil, false, err
	case !taken:
		return "broadcast.answer.over", nil, true, nil
	case coming:
		return "broadcast.answer.coming", nil, true, nil
	}
	return "broadcast.answer.absent", nil, true, nil
}

func (a Answers) ask(ctx context.Context, c civic.Caller, commune store.PlaceID, words string) (string, flows.Record, bool, error) {
	if a.Ask == nil {
		return "", nil, false, nil
	}
	number, taken, err := a.Ask(ctx, c, commune, words)
	if err != nil {
		return "", nil, false, err
	}
	if !taken {
		return "broadcast.answer.full", nil, true, nil
	}
	return "broadcast.answer.question", flows.Record{{Name: "Number", Value: flows.TextOf(number)}}, true, nil
}
