package consultation

import (
	"context"
	"errors"
	"testing"
	"time"

	"baro/gateway/civictest"
	"baro/store"
)

func TestCloseDueClosesOnceAndOnlyWhatIsDue(t *testing.T) {
	b := newBench(t)
	due, later := b.water(), b.water()
	later.ClosesAt = due.ClosesAt.Add(time.Hour)
	first, second := b.opened(due), b.opened(later)
	for _, step := range []struct {
		at   time.Time
		want int
	}{{due.ClosesAt.Add(-1), 0}, {due.ClosesAt, 1}, {due.ClosesAt, 0}, {later.ClosesAt, 1}} {
		b.Now = step.at
		if n, err := b.CloseDue(b.Ctx, step.at); err != nil || n != step.want {
			t.Errorf("at %s: closed %d, %v; want %d", step.at, n, err, step.want)
		}
	}
	for _, c := range []store.Consultation{first, second} {
		if got, err := b.DB.Consultations().Get(b.Ctx, b.home, c.ID); err != nil || got.State != store.ConsultationClosed {
			t.Errorf("consultation %d is %s, %v", c.ID, got.State, err)
		}
	}
	rows, err := b.DB.Audit().List(b.Ctx, b.home, 0, 100)
	b.Must(err)
	closed := 0
	for _, r := range rows {
		if r.Actor == closer && r.After == string(store.ConsultationClosed) {
			closed++
		}
	}
	if closed != 2 {
		t.Errorf("%d audit rows of the job", closed)
	}
}

// failing closes every consultation but one.
type failing struct {
	store.ConsultationWriter
	id  int64
	err error
}

func (f failing) Close(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	if id == f.id {
		return f.err
	}
	return f.ConsultationWriter.Close(ctx, commune, id, act)
}

func TestCloseDueGoesOnAfterAFailure(t *testing.T) {
	b := newBench(t)
	first, second := b.opened(b.water()), b.opened(b.water())
	b.Now = first.ClosesAt
	broken := errors.New("disk full")
	b.stores.Writer = failing{b.DB.Consultations(), first.ID, broken}
	if n, err := b.CloseDue(b.Ctx, b.Now); n != 1 || !errors.Is(err, broken) {
		t.Errorf("closed %d, %v", n, err)
	}
	if got, err := b.DB.Consultations().Get(b.Ctx, b.home, second.ID); err != nil || got.State != store.ConsultationClosed {
		t.Errorf("the other one is %s, %v", got.State, err)
	}
	b.stores.Writer = failing{b.DB.Consultations(), first.ID, store.NewError(store.CodeConflict, "close", "another node was first")}
	if n, err := b.CloseDue(b.Ctx, b.Now); n != 0 || err != nil {
		t.Errorf("a lost race: %d, %v", n, err)
	}
}

// P5: thirty days after the closing nothing ties an answer to a number; the totals stand.
func TestUnlinkAfterThirtyDays(t *testing.T) {
	b := newBench(t)
	c := b.opened(b.water())
	b.vote(c, 12)
	me := b.Caller(1)
	b.want(b.act(me, "consultation.choose", b.args(c, civictest.Whole("question", c.Questions[0].ID), civictest.Whole("choice", c.Questions[0].Choices[0].ID))), "ok")
	b.want(b.act(me, "consultation.confirm", b.args(c)), "ok")
	b.concluded(c)
	closed := c.ClosesAt.Add(time.Minute)
	for _, step := range []struct {
		at   time.Time
		want int64
	}{{closed.Add(DefaultUnlinkAfter), 0}, {closed.Add(DefaultUnlinkAfter + 1000), 13}, {closed.Add(2 * DefaultUnlinkAfter), 0}} {
		b.Now = step.at
		if n, err := b.Unlink(b.Ctx, step.at); err != nil || n != step.want {
			t.Errorf("at %s: unlinked %d, %v; want %d", step.at, n, err, step.want)
		}
	}
	if ballot, err := b.Ballot(b.Ctx, b.home, c.ID, b.Voter(c.ID, me.Number)); err != nil || ballot.Confirmed {
		t.Errorf("still linked: %v, %v", ballot, err)
	}
	if voters, err := b.Voters(b.Ctx, me.Number); err != nil || len(voters) != 0 {
		t.Errorf("still to erase: %d, %v", len(voters), err)
	}
	if _, tallies, ok, err := b.Tallies(b.Ctx, b.home, c.ID); err != nil || !ok || tallies[0].Choices[0].N != 13 {
		t.Errorf("totals: %v, %v", tallies, err)
	}
}
