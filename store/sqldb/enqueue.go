package sqldb

import (
	"context"

	"baro/store"
)

// enqueueChunk bounds the messages of one statement; more of them take several
// statements of one transaction.
const enqueueChunk = 2000

func (o *Outbox) Enqueue(ctx context.Context, messages []store.Outbound) (n int64, err error) {
	const op = "enqueue messages"
	now := o.db.now()
	rows := make([][]any, len(messages))
	for i, m := range messages {
		if m.Phone.Box == nil || m.Body.Box == nil || m.ID == "" || !m.ExpiresAt.After(m.NotBefore) {
			return 0, store.NewError(store.CodeInvalid, op, "a message needs id, number, text and time to be sent in")
		}
		if m.NotBefore.IsZero() {
			m.NotBefore = now
		}
		if m.Created.IsZero() {
			m.Created = now
		}
		rows[i] = []any{m.ID, m.Channel, place(m.Commune), m.Origin, string(m.Purpose), m.Recipient[:], m.Phone.KeyID, m.Phone.Box,
			m.Body.KeyID, m.Body.Box, m.Scrub, m.Quiet, m.Routed, int64(m.Priority), m.NotBefore.UnixMicro(), m.ExpiresAt.UnixMicro(),
			m.Created.UnixMicro()}
	}
	if o.db.engine.dialect() == dialectPostgres && len(rows) <= enqueueChunk {
		return o.db.exec(ctx, op, "outbound_enqueue", arrays(rows)...) // the reply in a dialogue's transaction: no savepoint needed
	}
	err = o.db.Write(ctx, func(ctx context.Context) error {
		n = 0
		for from := 0; from < len(rows); from += enqueueChunk {
			done, err := o.enqueue(ctx, op, rows[from:min(from+enqueueChunk, len(rows))])
			if err != nil {
				return err
			}
			n += done
		}
		return nil
	})
	return n, err
}

// enqueue stores one chunk.
func (o *Outbox) enqueue(ctx context.Context, op string, rows [][]any) (int64, error) {
	if o.db.engine.dialect() == dialectPostgres {
		return o.db.exec(ctx, op, "outbound_enqueue", arrays(rows)...)
	}
	last, err := one(ctx, o.db, op, "outbound_last", scanInt64)
	if err != nil {
		return 0, err
	}
	n, err := o.db.many(ctx, op, "outbound_enqueue", rows, nil)
	if err != nil || n == 0 {
		return 0, err
	}
	return o.db.exec(ctx, op, "outbound_enqueued", last)
}
