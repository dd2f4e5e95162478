package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// Voices keeps what people say of things, one vote per number and thing.
type Voices struct{ db *DB }

var _ store.Voices = (*Voices)(nil)

// Voices gives the contract for votes on works, practices and answers.
func (db *DB) Voices() *Voices { return &Voices{db} }

func (v *Voices) Give(ctx context.Context, about store.VoiceAbout, who store.Voter, said string, atOnce int64, at time.Time) error {
	const op = "give voice"
	if said == "" || atOnce < 1 {
		return store.NewError(store.CodeInvalid, op, "nothing said, or nobody to hide among")
	}
	kind, commune, ref := string(about.Kind), int64(about.Commune), about.Ref
	return v.db.Write(ctx, func(ctx context.Context) error {
		if _, err := v.db.exec(ctx, op, "voice_turn", kind, commune, ref); err != nil {
			return err
		}
		if _, err := v.db.exec(ctx, op, "voice_give", kind, commune, ref, who[:], said, micros(at)); err != nil {
			return err
		}
		fresh, err := one(ctx, v.db, op, "voice_fresh", scanInt64, kind, commune, ref)
		if err != nil || fresh < atOnce {
			return err
		}
		return v.show(ctx, op, about, at)
	})
}

// show counts all votes anew, those without a voter too.
func (v *Voices) show(ctx context.Context, op string, about store.VoiceAbout, at time.Time) error {
	type count struct {
		said string
		n    int64
	}
	kind, commune, ref := string(about.Kind), int64(about.Commune), about.Ref
	counts, err := list(ctx, v.db, op, "voice_tally", func(row scanner) (c count, err error) {
		err = row.Scan(&c.said, &c.n)
		return c, err
	}, kind, commune, ref)
	if err != nil {
		return err
	}
	tally := make(map[string]int64, len(counts))
	for _, c := range counts {
		tally[c.said] = c.n
	}
	if _, err := v.db.exec(ctx, op, "voice_show", kind, commune, ref, encode(tally), micros(at)); err != nil {
		return err
	}
	_, err = v.db.exec(ctx, op, "voice_count", kind, commune, ref)
	return err
}

func (v *Voices) Shown(ctx context.Context, about store.VoiceAbout) (store.VoiceTally, error) {
	t, err := one(ctx, v.db, "read what is shown", "voice_shown", func(row scanner) (t store.VoiceTally, err error) {
		err = row.Scan(asJSON{&t.Said}, asTime{&t.At})
		return t, err
	}, string(about.Kind), int64(about.Commune), about.Ref)
	if store.CodeOf(err) == store.CodeNotFound {
		return store.VoiceTally{}, nil
	}
	return t, err
}

func (v *Voices) Voted(ctx context.Context, who store.Voter) (bool, error) {
	n, err := one(ctx, v.db, "find vote", "voice_voted", scanInt64, who[:])
	return n > 0, err
}

func (v *Voices) Linked(ctx context.Context) ([]store.VoiceAbout, error) {
	return list(ctx, v.db, "list linked votes", "voice_linked", func(row scanner) (a store.VoiceAbout, err error) {
		err = row.Scan(&a.Kind, &a.Commune, &a.Ref)
		return a, err
	})
}

func (v *Voices) Unlink(ctx context.Context, before time.Time) (int64, error) {
	return v.db.exec(ctx, "unlink votes", "voice_unlink", micros(before), micros(v.db.now()))
}
