package sqldb

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// MessagePurge drops what retention no longer allows.
type MessagePurge struct{ db *DB }

var _ store.MessagePurge = (*MessagePurge)(nil)

// MessagePurge gives the contract for dropping bodies and numbers.
func (db *DB) MessagePurge() *MessagePurge { return &MessagePurge{db} }

func (p *MessagePurge) PurgeBodies(ctx context.Context, before time.Time) (n int64, err error) {
	const op = "purge messages"
	err = p.db.Write(ctx, func(ctx context.Context) error {
		if _, err := p.db.exec(ctx, op, "outbound_purge_names", micros(before)); err != nil {
			return err
		}
		n, err = p.each(ctx, op, []string{"inbound_purge", "outbound_purge"}, micros(before))
		return err
	})
	return n, err
}

func (p *MessagePurge) WipeCommune(ctx context.Context, commune store.PlaceID, act store.Act) (n int64, err error) {
	const op = "wipe messages of commune"
	err = p.db.Write(ctx, func(ctx context.Context) error {
		in, err := p.each(ctx, op, []string{"inbound_wipe", "case_wipe", "ballot_wipe_words"}, int64(commune))
		if err != nil {
			return err
		}
		if _, err := p.db.exec(ctx, op, "outbound_wipe_due", int64(commune)); err != nil {
			return err
		}
		out, err := p.db.exec(ctx, op, "outbound_wipe", int64(commune), micros(p.db.now()))
		if err != nil {
			return err
		}
		n = in + out
		return p.db.record(ctx, act, commune, "messages.wipe", fmt.Sprintf("commune:%d", commune), "", fmt.Sprintf("%d bodies", n))
	})
	return n, err
}

func (p *MessagePurge) each(ctx context.Context, op string, names []string, args ...any) (n int64, err error) {
	err = p.db.Write(ctx, func(ctx context.Context) error {
		n = 0
		for _, name := range names {
			done, err := p.db.exec(ctx, op, name, args...)
			if err != nil {
				return err
			}
			n += done
		}
		return nil
	})
	return n, err
}
