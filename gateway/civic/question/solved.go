package question

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baro/flows"
	"baro/gateway/civic/letter"
	"baro/store"
)

// prompter is the actor in the audit rows of the job that asks whether cases are solved.
const prompter = "job:question.solved"

// maxPrompted bounds one run of the job; the next one goes on.
const maxPrompted = 500

// resident is the actor of what somebody does on the phone.
const resident = "dial"

// These keys lead from the main menu to where a follow-up number is typed.
const (
	keyQuestion = 5
	keyFollow   = 6
)

// AskSolved marks the cases answered AskAfter before now, so that their askers are asked at their next call whether it is
// solved, and writes to those who agreed to be told. It gives how many it marked. One that fails does not keep the others.
func (s *Service) AskSolved(ctx context.Context, now time.Time) (asked int, err error) {
	due, err := s.stores.Reader.Unprompted(ctx, now.Add(-AskAfter), maxPrompted)
	if err != nil {
		return 0, fmt.Errorf("list questions to ask about: %w", err)
	}
	var problems []error
	for _, c := range due {
		err := s.stores.Tx.Write(ctx, func(ctx context.Context) error {
			act := store.Act{Actor: prompter, Reason: "four weeks after the answer"}
			if err := s.stores.Writer.Prompt(ctx, c.Commune, c.ID, act); err != nil {
				return err
			}
			return s.tell(ctx, c, "question.letter.solved")
		})
		switch {
		case err == nil:
			asked++
		case store.CodeOf(err) == store.CodeConflict: // settled meanwhile
		default:
			problems = append(problems, fmt.Errorf("ask about question %d: %w", c.ID, err))
		}
	}
	if asked > 0 {
		problems = append(problems, s.ReadPrompted(ctx))
	}
	return asked, errors.Join(problems...)
}

// Pending gives the number of the caller's case that waits for the word whether it is solved; false when none does.
func (s *Service) Pending(ctx context.Context, commune store.PlaceID, caller store.Pseudonym) (int64, bool, error) {
	if s.prompted.none(caller) {
		return 0, false, nil
	}
	c, err := s.stores.Reader.Prompting(ctx, commune, caller)
	switch {
	case store.CodeOf(err) == store.CodeNotFound:
		return 0, false, nil
	case err != nil:
		return 0, false, fmt.Errorf("find question to settle: %w", err)
	}
	number, err := Dialled(c)
	return number, err == nil, err
}

// Settle takes the asker's word on a case: yes closes it, no opens it again for a second answer, later leaves it. False when
// there is nothing (any more) to settle, or when it is not the caller's.
func (s *Service) Settle(ctx context.Context, commune store.PlaceID, number int64, caller store.Pseudonym, word store.CasePrompt, now time.Time) (bool, error) {
	own, err := s.stores.Reader.Own(ctx, commune, caller)
	if err != nil {
		return false, fmt.Errorf("settle question: %w", err)
	}
	for _, c := range own {
		if c.Number != digits(number) || !settles(c) {
			continue
		}
		err := s.stores.Writer.Settle(ctx, commune, c.ID, word, s.due(c.Kind, now), store.Act{Actor: resident})
		if store.CodeOf(err) == store.CodeConflict {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("settle question: %w", err)
		}
		return true, nil
	}
	return false, nil
}

// settles tells whether the asker may say that a case is solved, or not.
func settles(c store.Case) bool {
	return c.State == store.CaseAnswered && (c.Prompt == store.PromptDue || c.Prompt == store.PromptLater)
}

// tell writes to an asker who agreed to be told, in the transaction of ctx. Where nothing can be sent or dialled it says
// nothing: the answer waits on the phone all the same.
func (s *Service) tell(ctx context.Context, c store.Case, message string) error {
	if c.Asker == nil || s.opts.Letters == nil || s.opts.Reach == nil || s.opts.Dials == nil {
		return nil
	}
	dial := s.opts.Dials.String(c.Commune, keyQuestion, keyFollow)
	if dial == "" {
		return nil
	}
	to, language, ok, err := s.opts.Reach.Reach(ctx, *c.Asker, store.PurposeContactBack)
	if err != nil || !ok {
		return err
	}
	number, err := Dialled(c)
	if err != nil {
		return err
	}
	err = s.opts.Letters.Send(ctx, letter.Letter{
		To: to, Language: language, Message: message, Commune: c.Commune, Origin: fmt.Sprintf("case:%d", c.ID),
		Fields:   flows.Record{{Name: "Number", Value: flows.IntOf(number)}, {Name: "Dial", Value: flows.TextOf(dial)}},
		Priority: store.PriorityNotice, Purpose: store.PurposeContactBack, Scrub: true,
	})
	if errors.Is(err, letter.ErrNoWay) {
		return nil
	}
	return err
}
