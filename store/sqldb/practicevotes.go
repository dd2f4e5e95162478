package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// PracticeVotes keeps what people think of practices.
type PracticeVotes struct{ db *DB }

var _ store.PracticeVotes = (*PracticeVotes)(nil)

// PracticeVotes gives the contract for votes on practices.
func (db *DB) PracticeVotes() *PracticeVotes { return &PracticeVotes{db} }

func (p *PracticeVotes) Vote(ctx context.Context, practice int64, v store.Voter, useful bool, now time.Time) error {
	const op = "vote on practice"
	n, err := p.db.exec(ctx, op, "practice_vote", practice, v[:], useful, micros(now))
	if err == nil && n == 0 {
		return store.NewError(store.CodeDenied, op, "the practice is not published")
	}
	return err
}

func (p *PracticeVotes) Tally(ctx context.Context, practice int64) (store.PracticeTally, error) {
	return one(ctx, p.db, "count votes on practice", "practice_tally", func(row scanner) (t store.PracticeTally, err error) {
		err = row.Scan(&t.Useful, &t.Useless)
		return t, err
	}, practice)
}

func (p *PracticeVotes) Voted(ctx context.Context, v store.Voter) (bool, error) {
	n, err := one(ctx, p.db, "find vote on practice", "practice_voted", scanInt64, v[:])
	return n > 0, err
}

func (p *PracticeVotes) Linked(ctx context.Context) ([]int64, error) {
	return list(ctx, p.db, "list linked practices", "practice_linked", scanInt64)
}

func (p *PracticeVotes) Unlink(ctx context.Context, before time.Time) (int64, error) {
	return p.db.exec(ctx, "unlink votes on practices", "practice_unlink", micros(before), micros(p.db.now()))
}
