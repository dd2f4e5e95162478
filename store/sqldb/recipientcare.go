package sqldb

import (
	"context"
	"strings"
	"time"

	"baro/store"
)

// hardFailure names the classes after which a network will never deliver to a number.
func hardFailure(class string) bool { return class == "bad_number" || class == "unreachable_forever" }

// ownFailure names the classes that say something of the number, not of the channel.
func ownFailure(class string) bool {
	return hardFailure(class) || class == "unreachable_now" || class == "opted_out" || class == "erased" ||
		strings.HasPrefix(class, "consent") // withdrawn
}

func (r *Recipients) Collect(ctx context.Context, broadcast int64, limit int) (got store.Progress, err error) {
	const op = "collect outcomes"
	err = r.db.Write(ctx, func(ctx context.Context) error {
		got = store.Progress{States: make(map[store.RecipientState]int64)}
		type outcome struct {
			who   store.Pseudonym
			id    string
			state store.RecipientState
			parts int64
			class string
		}
		all, err := list(ctx, r.db, op, "recipient_outcomes", func(row scanner) (o outcome, err error) {
			err = row.Scan(asBytes{o.who[:]}, &o.id, &o.state, &o.parts, &o.class)
			return o, err
		}, broadcast, broadcastObject(broadcast), limit)
		if err != nil || len(all) == 0 {
			return err
		}
		byState := make(map[store.RecipientState][]store.Pseudonym)
		ids := make([]string, 0, len(all))
		for _, o := range all {
			byState[o.state] = append(byState[o.state], o.who)
			got.Parts += o.parts
			ids = append(ids, o.id)
			// A message in doubt without a class was under way when a node died: the channel is not to blame.
			if o.state == store.RecipientUnconfirmed && o.class != "" || o.state == store.RecipientFailed && !ownFailure(o.class) {
				got.Faults++
			}
			if o.state == store.RecipientFailed && hardFailure(o.class) {
				got.Refused = append(got.Refused, o.who)
			}
		}
		for state, who := range byState {
			n, err := r.db.exec(ctx, op, "recipient_settle", broadcast, hexes(who), string(state))
			if err != nil {
				return err
			}
			got.States[state] = n
		}
		if _, err := r.db.exec(ctx, op, "outbound_forget_parts", encodeList(ids)); err != nil {
			return err
		}
		if got.Parts > 0 {
			if _, err := r.db.exec(ctx, op, "broadcast_parts", broadcast, got.Parts); err != nil {
				return err
			}
		}
		return r.drop(ctx, got.Refused)
	})
	return got, err
}

// drop cuts the personal link of numbers that the network refuses for good: they are asked again before anything is sent
// to them.
func (r *Recipients) drop(ctx context.Context, refused []store.Pseudonym) error {
	const op = "drop unreachable numbers"
	now := micros(r.db.now())
	for _, p := range refused {
		if _, err := r.db.exec(ctx, op, "consent_withdraw", p[:], string(store.PurposeAll), now); err != nil {
			return err
		}
		if _, err := r.db.exec(ctx, op, "unreachable_put", p[:], now); err != nil {
			return err
		}
	}
	return nil
}

func (r *Recipients) Recall(ctx context.Context, broadcast int64) (n int64, err error) {
	const op = "recall messages"
	origin := broadcastObject(broadcast)
	err = r.db.Write(ctx, func(ctx context.Context) error {
		for _, name := range []string{"outbound_recall_due", "outbound_recall_held", "outbound_recall"} {
			if _, err := r.db.exec(ctx, op, name, broadcast, origin); err != nil {
				return err
			}
		}
		if _, err := r.db.exec(ctx, op, "broadcast_cap_refund", broadcast, origin); err != nil {
			return err
		}
		n, err = r.db.exec(ctx, op, "recipient_recall", broadcast, origin)
		return err
	})
	return n, err
}

func (r *Recipients) Close(ctx context.Context, broadcast int64, to store.RecipientState, after store.Pseudonym, limit int) (store.Pseudonym, bool, error) {
	last, more, err := r.span(ctx, broadcast, after, limit)
	if err != nil {
		return last, false, err
	}
	_, err = r.db.exec(ctx, "close recipients", "recipient_close", broadcast, after[:], last[:], string(to))
	return last, more, err
}

func (r *Recipients) Confirm(ctx context.Context, broadcast int64, after store.Pseudonym, limit int) (store.Pseudonym, bool, error) {
	last, more, err := r.span(ctx, broadcast, after, limit)
	if err != nil {
		return last, false, err
	}
	_, err = r.db.exec(ctx, "confirm deliveries", "recipient_confirm", broadcast, after[:], last[:], broadcastObject(broadcast))
	return last, more, err
}

// span gives the end of the next limit rows, and the end of all with false.
func (r *Recipients) span(ctx context.Context, broadcast int64, after store.Pseudonym, limit int) (last store.Pseudonym, more bool, err error) {
	last, more, err = r.nth(ctx, "recipient_span", broadcast, after, limit)
	if err == nil && !more {
		for i := range last {
			last[i] = 0xff
		}
	}
	return last, more, err
}

func (r *Recipients) Remove(ctx context.Context, broadcast int64, people []store.Pseudonym) error {
	if len(people) == 0 {
		return nil
	}
	_, err := r.db.exec(ctx, "remove recipients", "recipient_remove", broadcast, hexes(people))
	return err
}

func (r *Recipients) Discard(ctx context.Context, broadcast int64, limit int) (int64, error) {
	return r.db.exec(ctx, "discard recipients", "recipient_discard", broadcast, limit)
}

func (r *Recipients) Last(ctx context.Context, p store.Pseudonym, since time.Time) (store.Received, error) {
	return one(ctx, r.db, "find last broadcast", "recipient_last", func(row scanner) (k store.Received, err error) {
		err = row.Scan(&k.Broadcast, &k.Commune, asTime{&k.At})
		return k, err
	}, p[:], micros(since))
}

// purgePart bounds the rows that one transaction deletes.
const purgePart = 10_000

func (r *Recipients) Purge(ctx context.Context, before time.Time) (n int64, err error) {
	const op = "purge recipients"
	ended, err := list(ctx, r.db, op, "broadcast_purgeable", scanInt64, micros(before))
	if err != nil {
		return 0, err
	}
	for _, id := range ended {
		for {
			gone, err := r.Discard(ctx, id, purgePart)
			n += gone
			if err != nil {
				return n, err
			}
			if gone < purgePart {
				break
			}
		}
	}
	if _, err := r.db.exec(ctx, op, "rendering_purge", micros(before)); err != nil {
		return n, err
	}
	_, err = r.db.exec(ctx, op, "broadcast_cap_purge", before.UTC().Format("2006-01"))
	return n, err
}
