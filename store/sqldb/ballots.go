package sqldb

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"baro/store"
)

// Ballots keeps answers to consultations.
type Ballots struct{ db *DB }

var _ store.Ballots = (*Ballots)(nil)

// Ballots gives the contract for answers.
func (db *DB) Ballots() *Ballots { return &Ballots{db} }

func (b *Ballots) Get(ctx context.Context, commune store.PlaceID, consultation int64, v store.Voter) (store.Ballot, error) {
	type answerRow struct {
		store.Answer
		kept bool
	}
	rows, err := list(ctx, b.db, "get ballot", "ballot_get", func(row scanner) (answerRow, error) {
		var a store.Answer
		var keptChoices []int64
		var keptNumber *int64
		var keptWords []byte
		err := row.Scan(&a.Question, asJSON{&a.Choices}, &a.Number, asJSON{&a.ChoiceOrder}, &a.AskedOrder,
			asJSON{&keptChoices}, &keptNumber, asTime{&a.Created}, asTime{&a.Updated}, asText{&a.Words.KeyID}, &a.Words.Box, &keptWords)
		kept := keptChoices != nil
		a.Confirmed = kept && slices.Equal(keptChoices, a.Choices) && same(keptNumber, a.Number) && bytes.Equal(keptWords, a.Words.Box)
		return answerRow{a, kept}, err
	}, int64(commune), consultation, v[:])
	var ballot store.Ballot
	for _, r := range rows {
		ballot.Answers = append(ballot.Answers, r.Answer)
		ballot.Confirmed = ballot.Confirmed || r.kept
	}
	return ballot, err
}

func (b *Ballots) Answer(ctx context.Context, commune store.PlaceID, consultation int64, v store.Voter, a store.Answer, now time.Time) error {
	const op = "answer consultation"
	return b.db.Write(ctx, func(ctx context.Context) error {
		if err := b.mustBeOpen(ctx, op, commune, consultation, now); err != nil {
			return err
		}
		if err := b.check(ctx, op, consultation, a); err != nil {
			return err
		}
		ballot, err := b.db.insert(ctx, op, "ballot_ensure", consultation, v[:], a.Card)
		if err != nil {
			return err
		}
		wordsKey, words := sealed(a.Words)
		_, err = b.db.exec(ctx, op, "ballot_answer", ballot, a.Question, encodeList(a.Choices), number(a.Number),
			encodeList(a.ChoiceOrder), a.AskedOrder, micros(now), wordsKey, words)
		return err
	})
}

func (b *Ballots) Confirm(ctx context.Context, commune store.PlaceID, consultation int64, v store.Voter, now time.Time) error {
	const op = "confirm ballot"
	return b.db.Write(ctx, func(ctx context.Context) error {
		if err := b.mustBeOpen(ctx, op, commune, consultation, now); err != nil {
			return err
		}
		n, err := b.db.exec(ctx, op, "ballot_keep", consultation, v[:])
		if err != nil {
			return err
		}
		if n == 0 {
			return &store.Error{Code: store.CodeNotFound, Op: op}
		}
		_, err = b.db.exec(ctx, op, "ballot_confirm", consultation, v[:], micros(now))
		return err
	})
}

func (b *Ballots) Linked(ctx context.Context) ([]int64, error) {
	return list(ctx, b.db, "list linked consultations", "ballot_linked", scanInt64)
}

func (b *Ballots) Unlink(ctx context.Context, closedBefore time.Time) (n int64, err error) {
	const op = "unlink ballots"
	err = b.db.Write(ctx, func(ctx context.Context) error {
		dropped, err := b.db.exec(ctx, op, "ballot_drop_unconfirmed", micros(closedBefore))
		if err != nil {
			return err
		}
		for _, purge := range []string{"ballot_drop_words", "ballot_card_purge"} {
			if _, err := b.db.exec(ctx, op, purge, micros(closedBefore)); err != nil {
				return err
			}
		}
		unlinked, err := b.db.exec(ctx, op, "ballot_unlink", micros(closedBefore), micros(b.db.now()))
		n = dropped + unlinked
		return err
	})
	return n, err
}

func (b *Ballots) Words(ctx context.Context, commune store.PlaceID, consultation, question int64, limit int, act store.Act) (words []store.Sealed, err error) {
	const op = "read words of consultation"
	err = b.db.Write(ctx, func(ctx context.Context) error {
		if _, err := one(ctx, b.db, op, "consultation_window", scanWindow, int64(commune), consultation); err != nil {
			return err
		}
		words, err = list(ctx, b.db, op, "ballot_words", func(row scanner) (s store.Sealed, err error) {
			err = row.Scan(asText{&s.KeyID}, &s.Box)
			return s, err
		}, int64(commune), consultation, question, limit)
		if err != nil {
			return err
		}
		return b.db.record(ctx, act, commune, "consultation.read_words", consultationObject(consultation), "", fmt.Sprintf("question %d: %d answers", question, len(words)))
	})
	return words, err
}

func (b *Ballots) mustBeOpen(ctx context.Context, op string, commune store.PlaceID, consultation int64, now time.Time) error {
	window, err := one(ctx, b.db, op, "consultation_window", scanWindow, int64(commune), consultation)
	if err != nil {
		return err
	}
	if window.State != store.ConsultationOpen || now.Before(window.OpensAt) || !now.Before(window.ClosesAt) {
		return store.NewError(store.CodeDenied, op, "the consultation is not open")
	}
	return nil
}

func scanWindow(row scanner) (c store.Consultation, err error) {
	err = row.Scan(&c.State, asTime{&c.OpensAt}, asTime{&c.ClosesAt})
	return c, err
}

// check refuses an answer that does not fit its question.
func (b *Ballots) check(ctx context.Context, op string, consultation int64, a store.Answer) error {
	q, err := one(ctx, b.db, op, "ballot_question", scanQuestion, consultation, a.Question)
	if store.CodeOf(err) == store.CodeNotFound {
		return store.NewError(store.CodeInvalid, op, "the question belongs to another consultation")
	}
	if err != nil {
		return err
	}
	if q.Choices, err = list(ctx, b.db, op, "choice_list", scanChoice, q.ID); err != nil {
		return err
	}
	if fault := misfit(q, a); fault != "" {
		return store.NewError(store.CodeInvalid, op, fault)
	}
	offered := func(id int64) bool {
		return slices.ContainsFunc(q.Choices, func(c store.Choice) bool { return c.ID == id })
	}
	for _, id := range slices.Concat(a.Choices, a.ChoiceOrder) {
		if !offered(id) {
			return store.NewError(store.CodeInvalid, op, "the question does not offer this choice")
		}
	}
	return nil
}

// misfit tells what of an answer does not go with its question, "" when all does. Picks may be fewer than the question
// wants: they come one by one.
func misfit(q store.Question, a store.Answer) string {
	hasWords, hasNumber := a.Words.Box != nil, a.Number != nil
	switch {
	case hasWords != (q.Kind == store.QuestionText):
		return "words are missing, or not wanted"
	case hasNumber != (q.Kind == store.QuestionNumber), hasNumber && (*a.Number < *q.Min || *a.Number > *q.Max):
		return "the number is missing, not wanted or out of range"
	case q.Kind == store.QuestionOne && len(a.Choices) != 1:
		return "one choice is wanted"
	case !q.Kind.Picks() && q.Kind != store.QuestionOne && len(a.Choices) > 0:
		return "the question has no choices"
	case q.Kind.Picks() && int64(len(a.Choices)) > *q.Max:
		return "more choices than the question allows"
	}
	seen, cost := map[int64]bool{}, int64(0)
	for _, id := range a.Choices {
		if seen[id] {
			return "a choice is picked twice"
		}
		seen[id] = true
	}
	for _, c := range q.Choices {
		if seen[c.ID] && c.Cost != nil {
			cost += *c.Cost
		}
	}
	if q.Envelope != nil && cost > *q.Envelope {
		return "the choices cost more than the envelope holds"
	}
	return ""
}

func same(a, b *int64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
