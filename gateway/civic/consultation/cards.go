package consultation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"baro/store"
	"baro/store/session"
)

// A code is cardDigits digits of an alphabet without those that are mistaken for one another on paper (0 and 8 and 6 for
// letters and each other, 1 for 7, 6 for 9 upside down), and a check digit. The alphabet has a prime number of digits, so
// that the check finds every single wrong digit and every swap of neighbours.
const (
	cardAlphabet = "2345789"
	cardDigits   = 9
	codeLength   = cardDigits + 1
)

// MaxBatch bounds the cards of one batch: more of them would make a code too easy to hit.
const MaxBatch = 2000

// Limits of guessing: of one caller, and of everybody together at one consultation. A code that fails its check digit is a
// slip and counts only against the caller.
const (
	guessesPerCaller = 6   // an hour
	guessesTogether  = 300 // an hour
)

// A CardVerdict is what a typed code comes to.
type CardVerdict uint8

// The verdicts.
const (
	CardGood    CardVerdict = iota
	CardUsed                // somebody has voted with it
	CardUnknown             // no such card, or one made void
	CardLater               // too many were tried
	CardClosed              // no answers are taken
)

// Codes are a batch of cards to print. They exist nowhere else: who loses the sheet issues another batch.
type Codes struct {
	Batch int
	Codes []string // as printed, "234 578 9234"
}

// IssueCards makes a batch of vote cards. Only keyed hashes of the codes are stored.
func (s *Service) IssueCards(ctx context.Context, commune store.PlaceID, consultation int64, n int, act store.Act) (Codes, error) {
	const op = "issue vote cards"
	if n < 1 || n > MaxBatch {
		return Codes{}, store.NewError(store.CodeInvalid, op, "a batch has 1 to "+strconv.Itoa(MaxBatch)+" cards")
	}
	seen := make(map[string]bool, n)
	out := Codes{}
	var drawn []string
	for len(drawn) < n {
		code, err := s.drawCode()
		if err != nil {
			return Codes{}, fmt.Errorf("%s: %w", op, err)
		}
		if seen[code] {
			continue
		}
		seen[code] = true
		drawn = append(drawn, code)
		out.Codes = append(out.Codes, code[:3]+" "+code[3:6]+" "+code[6:])
	}
	batch, err := s.EnterCards(ctx, commune, consultation, drawn, act)
	if err != nil {
		return Codes{}, err
	}
	out.Batch = batch
	return out, nil
}

// EnterCards makes a batch of vote cards whose codes are printed already; CodeInvalid when one fails its check digit.
func (s *Service) EnterCards(ctx context.Context, commune store.PlaceID, consultation int64, codes []string, act store.Act) (batch int, err error) {
	const op = "enter vote cards"
	hashes := make([][16]byte, len(codes))
	for i, code := range codes {
		if !soundCode(code) {
			return 0, store.NewError(store.CodeInvalid, op, "a code is not one of a vote card")
		}
		hashes[i] = s.cardHash(consultation, code)
	}
	batch, err = s.stores.Cards.Issue(ctx, commune, consultation, hashes, act)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", op, err)
	}
	return batch, nil
}

// VoidCards makes the unused cards of a batch worthless, as when a sheet was lost, and tells how many.
func (s *Service) VoidCards(ctx context.Context, commune store.PlaceID, consultation int64, batch int, act store.Act) (int64, error) {
	n, err := s.stores.Cards.Void(ctx, commune, consultation, batch, act)
	if err != nil {
		return 0, fmt.Errorf("void vote cards: %w", err)
	}
	return n, nil
}

// CardBatches counts what was issued and used.
func (s *Service) CardBatches(ctx context.Context, commune store.PlaceID, consultation int64) ([]store.CardBatch, error) {
	batches, err := s.stores.Cards.Batches(ctx, commune, consultation)
	if err != nil {
		return nil, fmt.Errorf("count vote cards: %w", err)
	}
	return batches, nil
}

// Card finds the card of a typed code. Caller names who types it to the limits, and reaches no record.
func (s *Service) Card(ctx context.Context, commune store.PlaceID, consultation int64, typed, caller string, now time.Time) (int64, CardVerdict, error) {
	_, open, err := s.open(ctx, commune, consultation, now)
	if err != nil || !open {
		return 0, CardClosed, err
	}
	if free, err := s.mayGuess(ctx, session.PersonKey(caller, "consultation", "cards"), guessesPerCaller, now); err != nil || !free {
		return 0, CardLater, err
	}
	code := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, typed)
	if !soundCode(code) {
		return 0, CardUnknown, nil
	}
	together := session.ChannelKey("consultation", "cards:"+strconv.FormatInt(consultation, 10))
	if free, err := s.mayGuess(ctx, together, guessesTogether, now); err != nil || !free {
		return 0, CardLater, err
	}
	card, err := s.stores.Cards.Find(ctx, commune, consultation, s.cardHash(consultation, code))
	switch {
	case store.CodeOf(err) == store.CodeNotFound, err == nil && card.Voided:
		return 0, CardUnknown, nil
	case err != nil:
		return 0, CardLater, fmt.Errorf("find vote card: %w", err)
	case card.Used:
		return 0, CardUsed, nil
	}
	return card.ID, CardGood, nil
}

// mayGuess asks a limit. Unlike the limits of dialogues it refuses when it cannot be asked: a ballot is worth more than a
// minute.
func (s *Service) mayGuess(ctx context.Context, key string, perHour int, now time.Time) (bool, error) {
	if s.limiter == nil {
		return true, nil
	}
	d, err := s.limiter.Allow(ctx, key, session.Rule{Events: perHour, Per: time.Hour, Burst: perHour}, now)
	if err != nil {
		return false, nil
	}
	return d.Allowed, nil
}

// cardVoter is the voter of a card: as little to be joined with another consultation as a number's, and with no number.
func (s *Service) cardVoter(consultation, card int64) (v store.Voter) {
	parts := [][]byte{[]byte(strconv.FormatInt(consultation, 10)), []byte(strconv.FormatInt(card, 10))}
	first, second := s.keys.MAC("card voter 1", parts...), s.keys.MAC("card voter 2", parts...)
	copy(v[:16], first[:])
	copy(v[16:], second[:])
	return v
}

func (s *Service) cardHash(consultation int64, code string) [16]byte {
	return s.keys.MAC("vote card", []byte(strconv.FormatInt(consultation, 10)), []byte(code))
}

// drawCode draws a code without bias: bytes that would favour some digits are drawn again.
func (s *Service) drawCode() (string, error) {
	const fair = 256 / len(cardAlphabet) * len(cardAlphabet)
	var code []byte
	for len(code) < cardDigits {
		var b [1]byte
		if _, err := io.ReadFull(s.random, b[:]); err != nil {
			return "", errors.Join(errors.New("draw a code"), err)
		}
		if int(b[0]) < fair {
			code = append(code, cardAlphabet[int(b[0])%len(cardAlphabet)])
		}
	}
	return string(append(code, checkDigit(string(code)))), nil
}

// checkDigit weighs the digits with 1 to 6 and again 1 to 3, modulo the seven digits of the alphabet.
func checkDigit(digits string) byte {
	sum := 0
	for i := range digits {
		sum += (i%6 + 1) * strings.IndexByte(cardAlphabet, digits[i])
	}
	return cardAlphabet[sum%len(cardAlphabet)]
}

func soundCode(code string) bool {
	if len(code) != codeLength || strings.Trim(code, cardAlphabet) != "" {
		return false
	}
	return checkDigit(code[:cardDigits]) == code[cardDigits]
}
