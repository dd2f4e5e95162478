package sqldb

import (
	"context"
	"fmt"
	"slices"
	"time"

	"baro/store"
)

// Consultations keeps consultations, their questions and frozen totals.
type Consultations struct{ db *DB }

var (
	_ store.ConsultationReader = (*Consultations)(nil)
	_ store.ConsultationWriter = (*Consultations)(nil)
)

// Consultations gives the contract for consultations.
func (db *DB) Consultations() *Consultations { return &Consultations{db} }

func (c *Consultations) Get(ctx context.Context, commune store.PlaceID, id int64) (store.Consultation, error) {
	const op = "get consultation"
	k, err := one(ctx, c.db, op, "consultation_get", scanConsultation, int64(commune), id)
	if err != nil {
		return k, err
	}
	if k.Questions, err = list(ctx, c.db, op, "question_list", scanQuestion, id); err != nil {
		return k, err
	}
	for i := range k.Questions {
		q := &k.Questions[i]
		if q.Choices, err = list(ctx, c.db, op, "choice_list", scanChoice, q.ID); err != nil {
			return k, err
		}
	}
	return k, nil
}

func (c *Consultations) List(ctx context.Context, commune store.PlaceID, states ...store.ConsultationState) ([]store.Consultation, error) {
	all, err := list(ctx, c.db, "list consultations", "consultation_list", scanConsultation, int64(commune))
	if err != nil || len(states) == 0 {
		return all, err
	}
	return slices.DeleteFunc(all, func(k store.Consultation) bool { return !slices.Contains(states, k.State) }), nil
}

func (c *Consultations) Overdue(ctx context.Context, now time.Time) ([]store.Consultation, error) {
	return list(ctx, c.db, "list overdue consultations", "consultation_overdue", scanConsultation, micros(now))
}

func (c *Consultations) Create(ctx context.Context, k store.Consultation) (store.Consultation, error) {
	const op = "create consultation"
	if err := checkConsultation(op, k); err != nil {
		return store.Consultation{}, err
	}
	err := c.db.Write(ctx, func(ctx context.Context) error {
		id, err := c.db.insert(ctx, op, "consultation_create", int64(k.Commune), place(k.Place), encodeTexts(k.Title),
			micros(k.OpensAt), micros(k.ClosesAt), string(k.ReadingOn), micros(c.db.now()))
		if err != nil {
			return err
		}
		target := store.DialTarget{Kind: store.DialConsultation, Ref: id}
		if _, err := c.db.DialNumbers().Assign(ctx, k.Commune, target); err != nil {
			return err
		}
		if err := c.putQuestions(ctx, op, id, k.Questions); err != nil {
			return err
		}
		k, err = c.Get(ctx, k.Commune, id)
		return err
	})
	return k, err
}

func (c *Consultations) Revise(ctx context.Context, k store.Consultation) (store.Consultation, error) {
	const op = "revise consultation"
	if err := checkConsultation(op, k); err != nil {
		return store.Consultation{}, err
	}
	err := c.db.Write(ctx, func(ctx context.Context) error {
		err := c.mustChange(ctx, op, k.Commune, k.ID, "consultation_revise", int64(k.Commune), k.ID, place(k.Place),
			encodeTexts(k.Title), micros(k.OpensAt), micros(k.ClosesAt), string(k.ReadingOn))
		if err != nil {
			return err
		}
		if _, err := c.db.exec(ctx, op, "question_delete", k.ID); err != nil {
			return err
		}
		if err := c.putQuestions(ctx, op, k.ID, k.Questions); err != nil {
			return err
		}
		k, err = c.Get(ctx, k.Commune, k.ID)
		return err
	})
	return k, err
}

func (c *Consultations) Open(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	return c.move(ctx, "open consultation", commune, id, store.ConsultationDraft, store.ConsultationOpen, act)
}

func (c *Consultations) Close(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	return c.db.Write(ctx, func(ctx context.Context) error {
		if err := c.move(ctx, "close consultation", commune, id, store.ConsultationOpen, store.ConsultationClosed, act); err != nil {
			return err
		}
		return c.freeze(ctx, commune, id)
	})
}

func (c *Consultations) Publish(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	return c.move(ctx, "publish consultation", commune, id, store.ConsultationClosed, store.ConsultationPublished, act)
}

func (c *Consultations) Decide(ctx context.Context, commune store.PlaceID, id int64, decision store.Texts, on store.Date, act store.Act) error {
	const op = "record decision"
	if !on.Valid() || len(decision) == 0 {
		return store.NewError(store.CodeInvalid, op, "a decision needs a text and a real date")
	}
	return c.db.Write(ctx, func(ctx context.Context) error {
		err := c.mustChange(ctx, op, commune, id, "consultation_decide", int64(commune), id, encodeTexts(decision), string(on))
		if err != nil {
			return err
		}
		return c.db.record(ctx, act, commune, "consultation.decide", consultationObject(id), "", encodeTexts(decision))
	})
}

func (c *Consultations) Follow(ctx context.Context, commune store.PlaceID, id int64, step store.FollowUp, act store.Act) error {
	const op = "record follow-up"
	if step.On == "" || !step.On.Valid() || len(step.What) == 0 {
		return store.NewError(store.CodeInvalid, op, "a follow-up needs a text and a real date")
	}
	return c.db.Write(ctx, func(ctx context.Context) error {
		if err := c.mustChange(ctx, op, commune, id, "consultation_follow", int64(commune), id); err != nil {
			return err
		}
		if _, err := c.db.exec(ctx, op, "consultation_step_insert", id, string(step.On), encodeTexts(step.What), micros(c.db.now())); err != nil {
			return err
		}
		return c.db.record(ctx, act, commune, "consultation.follow", consultationObject(id), "", encodeTexts(step.What))
	})
}

func (c *Consultations) FollowUps(ctx context.Context, commune store.PlaceID, id int64) ([]store.FollowUp, error) {
	return list(ctx, c.db, "list follow-ups", "consultation_step_list", func(row scanner) (f store.FollowUp, err error) {
		err = row.Scan(&f.ID, &f.On, asJSON{&f.What})
		return f, err
	}, int64(commune), id)
}

func (c *Consultations) Untold(ctx context.Context, limit int) ([]store.Consultation, error) {
	return list(ctx, c.db, "list results nobody was told of", "consultation_untold", scanConsultation, limit)
}

func (c *Consultations) Told(ctx context.Context, commune store.PlaceID, id int64, at time.Time) error {
	return c.mustChange(ctx, "note that a result was told", commune, id, "consultation_told", int64(commune), id, micros(at))
}

func (c *Consultations) move(ctx context.Context, op string, commune store.PlaceID, id int64, from, to store.ConsultationState, act store.Act) error {
	var closed any
	if to == store.ConsultationClosed {
		closed = micros(c.db.now())
	}
	return c.db.Write(ctx, func(ctx context.Context) error {
		err := c.mustChange(ctx, op, commune, id, "consultation_move", int64(commune), id, string(from), string(to), closed)
		if err != nil {
			return err
		}
		return c.db.record(ctx, act, commune, "consultation.state", consultationObject(id), string(from), string(to))
	})
}

// mustChange runs a change that expects a state, and tells a consultation that
// does not exist here from one in another state.
func (c *Consultations) mustChange(ctx context.Context, op string, commune store.PlaceID, id int64, name string, args ...any) error {
	n, err := c.db.exec(ctx, op, name, args...)
	if err != nil || n == 1 {
		return err
	}
	if _, err := one(ctx, c.db, op, "consultation_get", scanConsultation, int64(commune), id); err != nil {
		return err
	}
	return store.NewError(store.CodeConflict, op, "the consultation is in another state")
}

func (c *Consultations) putQuestions(ctx context.Context, op string, consultation int64, questions []store.Question) error {
	for i, q := range questions {
		id, err := c.db.insert(ctx, op, "question_insert", consultation, i+1, string(q.Kind), encodeTexts(q.Text),
			number(q.Min), number(q.Max), q.Randomise, number(q.Envelope))
		if err != nil {
			return err
		}
		for j, o := range q.Choices {
			if _, err := c.db.insert(ctx, op, "choice_insert", id, j+1, encodeTexts(o.Label), number(o.Cost)); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkConsultation(op string, k store.Consultation) error {
	if !k.ClosesAt.After(k.OpensAt) || k.OpensAt.IsZero() || !k.ReadingOn.Valid() {
		return store.NewError(store.CodeInvalid, op, "it must close after it opens, and its dates must exist")
	}
	for _, q := range k.Questions {
		if !sound(q) {
			return store.NewError(store.CodeInvalid, op, "a question lacks what its kind is answered with")
		}
	}
	return nil
}

// sound tells whether a question has what its kind needs, and nothing else.
func sound(q store.Question) bool {
	ranged := q.Min != nil && q.Max != nil && *q.Min <= *q.Max
	priced := !slices.ContainsFunc(q.Choices, func(c store.Choice) bool { return (c.Cost != nil) != (q.Kind == store.QuestionBudget) })
	if !priced || (q.Envelope != nil) != (q.Kind == store.QuestionBudget) {
		return false
	}
	switch q.Kind {
	case store.QuestionOne:
		return len(q.Choices) >= 2 && q.Min == nil && q.Max == nil
	case store.QuestionNumber:
		return len(q.Choices) == 0 && ranged
	case store.QuestionText:
		return len(q.Choices) == 0 && q.Min == nil && q.Max == nil
	case store.QuestionSeveral, store.QuestionBudget, store.QuestionRank:
		return len(q.Choices) >= 2 && ranged && *q.Min >= 1 && *q.Max <= int64(len(q.Choices))
	}
	return false
}

func consultationObject(id int64) string { return fmt.Sprintf("consultation:%d", id) }

func scanConsultation(row scanner) (c store.Consultation, err error) {
	err = row.Scan(&c.ID, &c.Commune, asPlace{&c.Place}, &c.Number, asJSON{&c.Title}, asTime{&c.OpensAt}, asTime{&c.ClosesAt},
		&c.State, &c.ReadingOn, asJSON{&c.Decision}, &c.DecisionOn, asTime{&c.Created}, asTime{&c.ClosedAt}, &c.Phones, &c.Cards)
	return c, err
}

func scanQuestion(row scanner) (q store.Question, err error) {
	err = row.Scan(&q.ID, &q.Ordinal, &q.Kind, asJSON{&q.Text}, &q.Min, &q.Max, &q.Envelope, &q.Randomise)
	return q, err
}

func scanChoice(row scanner) (c store.Choice, err error) {
	err = row.Scan(&c.ID, &c.Ordinal, asJSON{&c.Label}, &c.Cost)
	return c, err
}
