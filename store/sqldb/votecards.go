package sqldb

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// VoteCards keeps the keyed hashes of printed codes.
type VoteCards struct{ db *DB }

var _ store.VoteCards = (*VoteCards)(nil)

// VoteCards gives the contract for vote cards.
func (db *DB) VoteCards() *VoteCards { return &VoteCards{db} }

func (c *VoteCards) Issue(ctx context.Context, commune store.PlaceID, consultation int64, hashes [][16]byte, act store.Act) (batch int, err error) {
	const op = "issue vote cards"
	err = c.db.Write(ctx, func(ctx context.Context) error {
		window, err := one(ctx, c.db, op, "consultation_window", scanWindow, int64(commune), consultation)
		if err != nil {
			return err
		}
		if window.State != store.ConsultationDraft && window.State != store.ConsultationOpen {
			return store.NewError(store.CodeConflict, op, "the consultation is over")
		}
		next, err := one(ctx, c.db, op, "ballot_card_next_batch", scanInt64, consultation)
		if err != nil {
			return err
		}
		rows := make([][]any, len(hashes))
		for i := range hashes {
			rows[i] = []any{consultation, next, hashes[i][:], micros(c.db.now())}
		}
		if _, err := c.db.many(ctx, op, "ballot_card_issue", rows, nil); err != nil {
			return err
		}
		batch = int(next)
		return c.db.record(ctx, act, commune, "consultation.cards", consultationObject(consultation), "", fmt.Sprintf("batch %d: %d cards", batch, len(hashes)))
	})
	return batch, err
}

func (c *VoteCards) Find(ctx context.Context, commune store.PlaceID, consultation int64, hash [16]byte) (store.VoteCard, error) {
	return one(ctx, c.db, "find vote card", "ballot_card_find", func(row scanner) (v store.VoteCard, err error) {
		err = row.Scan(&v.ID, &v.Used, &v.Voided)
		return v, err
	}, int64(commune), consultation, hash[:])
}

func (c *VoteCards) Use(ctx context.Context, commune store.PlaceID, consultation, card int64, now time.Time) error {
	const op = "use vote card"
	n, err := c.db.exec(ctx, op, "ballot_card_use", int64(commune), consultation, card, micros(now))
	if err == nil && n == 0 {
		return store.NewError(store.CodeConflict, op, "the card was used or made void")
	}
	return err
}

func (c *VoteCards) Void(ctx context.Context, commune store.PlaceID, consultation int64, batch int, act store.Act) (n int64, err error) {
	const op = "void vote cards"
	err = c.db.Write(ctx, func(ctx context.Context) error {
		if n, err = c.db.exec(ctx, op, "ballot_card_void", int64(commune), consultation, batch, micros(c.db.now())); err != nil || n == 0 {
			return err
		}
		return c.db.record(ctx, act, commune, "consultation.cards_void", consultationObject(consultation), "", fmt.Sprintf("batch %d: %d cards", batch, n))
	})
	return n, err
}

func (c *VoteCards) Batches(ctx context.Context, commune store.PlaceID, consultation int64) ([]store.CardBatch, error) {
	return list(ctx, c.db, "count vote cards", "ballot_card_batches", func(row scanner) (b store.CardBatch, err error) {
		err = row.Scan(&b.Batch, asTime{&b.Issued}, &b.Cards, &b.Used, &b.Voided)
		return b, err
	}, int64(commune), consultation)
}
