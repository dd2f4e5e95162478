package question

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"baro/store"
)

// A Report is what a resident puts.
type Report struct {
	Commune  store.PlaceID
	Kind     store.CaseKind
	Practice int64 // with CasePractice: what is asked about, a practice of the commune; 0: a new one is proposed
	Words    string
	Asker    store.Pseudonym
	At       time.Time
}

// Put stores a report and gives it back with its number; taken is false, and nothing is written, when the asker has
// MaxOpen open cases in the commune. CodeInvalid for an unknown kind, and for words that are missing or too long.
func (s *Service) Put(ctx context.Context, r Report) (c store.Case, taken bool, err error) {
	const op = "put question"
	words := tidy(r.Words)
	switch {
	case !r.Kind.Valid(), r.Practice != 0 && r.Kind != store.CasePractice:
		return store.Case{}, false, store.NewError(store.CodeInvalid, op, "unknown kind")
	case words == "" || utf8.RuneCountInString(words) > MaxWords:
		return store.Case{}, false, store.NewError(store.CodeInvalid, op, "words are missing or too long")
	}
	own, err := s.stores.Reader.Own(ctx, r.Commune, r.Asker)
	if err != nil {
		return store.Case{}, false, fmt.Errorf("%s: %w", op, err)
	}
	waiting := 0
	for _, c := range own {
		if open(c) {
			waiting++
		}
	}
	if waiting >= MaxOpen {
		return store.Case{}, false, nil
	}
	sealed, err := s.keys.Seal(sealPurpose, []byte(words))
	if err != nil {
		return store.Case{}, false, fmt.Errorf("%s: %w", op, err)
	}
	c, err = s.stores.Writer.Create(ctx, store.Case{
		Commune: r.Commune, Kind: r.Kind, Practice: r.Practice, Body: store.Sealed{KeyID: sealed.KeyID, Box: sealed.Box},
		Asker: &r.Asker, State: store.CaseReceived, Created: r.At.UTC(), Due: s.due(r.Kind, r.At),
	})
	if err != nil {
		return store.Case{}, false, fmt.Errorf("%s: %w", op, err)
	}
	return c, true, nil
}

// tidy joins the words with single blanks and drops what cannot be seen: formatting characters that could make a text
// read differently on the clerk's screen than it was written.
func tidy(words string) string {
	visible := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return -1
		}
		return r
	}, words)
	return strings.Join(strings.Fields(visible), " ")
}
