package sqldb

import (
	"context"
	"time"

	"baro/store"
)

func (o *Outbox) Stranded(ctx context.Context, channel string, after int64, limit int) ([]store.Outbound, error) {
	return list(ctx, o.db, "find stranded messages", "outbound_stranded", func(row scanner) (store.Outbound, error) {
		m := store.Outbound{Channel: channel, State: store.OutboundQueued}
		err := row.Scan(&m.Seq, asPlace{&m.Commune}, asText{&m.Phone.KeyID}, &m.Phone.Box)
		return m, err
	}, channel, after, limit)
}

func (o *Outbox) Move(ctx context.Context, from, to, why string, messages []int64, at time.Time) (n int64, err error) {
	const op = "move messages"
	err = o.db.Write(ctx, func(ctx context.Context) error {
		waiting, err := list(ctx, o.db, op, "outbound_unqueue", scanInt64, from, o.db.numbers(messages))
		if err != nil || len(waiting) == 0 {
			return err
		}
		if n, err = o.db.exec(ctx, op, "outbound_move", to, why, micros(at), o.db.numbers(waiting)); err != nil {
			return err
		}
		_, err = o.db.exec(ctx, op, "outbound_queue", o.db.numbers(waiting))
		return err
	})
	return n, err
}
