package sqldb

import (
	"cmp"
	"context"
	"slices"
	"time"

	"baro/store"
)

// Receipts keeps delivery reports.
type Receipts struct{ db *DB }

var _ store.Receipts = (*Receipts)(nil)

// Receipts gives the contract for delivery reports.
func (db *DB) Receipts() *Receipts { return &Receipts{db} }

func (r *Receipts) Record(ctx context.Context, k store.Receipt) (moved bool, err error) {
	const op = "record receipt"
	if !k.Status.Valid() || k.Status == store.OutboundQueued || k.Status == store.OutboundLeased {
		return false, store.NewError(store.CodeInvalid, op, "not a status of a receipt")
	}
	err = r.db.Write(ctx, func(ctx context.Context) error {
		moved = false
		if err := r.db.lockProviderIDs(ctx, op, k.Channel, k.ProviderID); err != nil {
			return err
		}
		id, err := r.match(ctx, op, k)
		if err != nil {
			return err
		}
		ours := k.OurID
		if id != "" {
			ours = id
		}
		if _, err := r.db.insert(ctx, op, "receipt_insert", k.Channel, k.ProviderID, ours, string(k.Status), k.RawCode,
			micros(k.At), id != ""); err != nil || id == "" {
			return err
		}
		moved, err = r.db.forward(ctx, op, id, k.Status, k.RawCode, k.At)
		return err
	})
	return moved, err
}

func (r *Receipts) Of(ctx context.Context, id string) ([]store.Receipt, error) {
	return list(ctx, r.db, "list receipts", "receipt_of", func(row scanner) (k store.Receipt, err error) {
		err = row.Scan(&k.ID, &k.Channel, &k.ProviderID, &k.OurID, &k.Status, &k.RawCode, asTime{&k.At}, &k.Matched)
		return k, err
	}, id)
}

func (r *Receipts) Purge(ctx context.Context, before time.Time) (int64, error) {
	return r.db.exec(ctx, "purge receipts", "receipt_purge", micros(before))
}

// match gives the id of the message a receipt is about, "" for none yet.
func (r *Receipts) match(ctx context.Context, op string, k store.Receipt) (string, error) {
	var id string
	err := error(&store.Error{Code: store.CodeNotFound, Op: op})
	if k.OurID != "" {
		id, err = one(ctx, r.db, op, "outbound_exists", scanString, k.OurID, k.Channel)
	}
	if store.CodeOf(err) == store.CodeNotFound && k.ProviderID != "" {
		id, err = one(ctx, r.db, op, "outbound_by_provider", scanString, k.Channel, k.ProviderID)
	}
	if store.CodeOf(err) == store.CodeNotFound {
		return "", nil
	}
	return id, err
}

// Finish records what became of leased messages and applies the receipts that
// came before it.
func (o *Outbox) Finish(ctx context.Context, channel, holder string, outcomes []store.Outcome, at time.Time) (moved int64, err error) {
	const op = "finish messages"
	var finish, lockIDs []string
	rows := make([][]any, len(outcomes))
	for i, k := range outcomes {
		if !store.OutboundLeased.CanBecome(k.State) || k.State == store.OutboundDelivered || k.State == store.OutboundExpired {
			return 0, store.NewError(store.CodeInvalid, op, "not an outcome of sending")
		}
		rows[i] = []any{k.ID, holder, string(k.State), k.ProviderID, k.Parts, k.FailureClass, micros(k.NotBefore), micros(at)}
		finish = append(finish, k.ID)
		if k.ProviderID != "" {
			lockIDs = append(lockIDs, k.ProviderID)
		}
	}
	err = o.db.Write(ctx, func(ctx context.Context) error {
		moved = 0
		if err := o.db.lockProviderIDs(ctx, op, channel, lockIDs...); err != nil {
			return err
		}
		done := make(map[string]bool, len(finish))
		if _, err := o.db.many(ctx, op, "outbound_finish", rows, func(i int, _ scanner) error {
			done[outcomes[i].ID] = true
			return nil
		}); err != nil {
			return err
		}
		moved = int64(len(done))
		return o.settle(ctx, op, channel, holder, outcomes, done, at)
	})
	return moved, err
}

// parked is a receipt that waited for its message.
type parked struct {
	id      int64
	message string
	status  store.OutboundState
	code    string
}

// settle adds provider ids to messages a receipt had moved already and applies
// parked receipts.
func (o *Outbox) settle(ctx context.Context, op, channel, holder string, outcomes []store.Outcome, done map[string]bool, at time.Time) error {
	var notes, unpark [][]any
	var unparked []string
	for _, k := range outcomes {
		if k.ProviderID == "" {
			continue
		}
		if !done[k.ID] {
			notes = append(notes, []any{k.ID, holder, k.ProviderID, k.Parts})
		}
		unpark = append(unpark, []any{channel, k.ProviderID, k.ID})
		unparked = append(unparked, k.ID)
	}
	if len(notes) > 0 {
		if _, err := o.db.many(ctx, op, "outbound_note", notes, nil); err != nil {
			return err
		}
	}
	if len(unpark) == 0 {
		return nil
	}
	var found []parked
	if _, err := o.db.many(ctx, op, "receipt_unpark", unpark, func(i int, row scanner) error {
		p := parked{message: unparked[i]}
		err := row.Scan(&p.id, &p.status, &p.code)
		found = append(found, p)
		return err
	}); err != nil {
		return err
	}
	slices.SortFunc(found, func(a, b parked) int { return cmp.Compare(a.id, b.id) })
	for _, p := range found {
		if _, err := o.db.forward(ctx, op, p.message, p.status, p.code, at); err != nil {
			return err
		}
	}
	return nil
}

// forward moves a message to what a receipt says, if that lies ahead.
func (db *DB) forward(ctx context.Context, op, id string, status store.OutboundState, code string, at time.Time) (bool, error) {
	if status == store.OutboundUnconfirmed {
		return false, nil
	}
	n, err := db.exec(ctx, op, "outbound_forward", id, string(status), micros(at), code)
	return n == 1, err
}

// lockProviderIDs makes Record and Finish of the same message take turns. Both
// take these locks before any row, in one order, so they cannot block each
// other. SQLite has one writer and needs none.
func (db *DB) lockProviderIDs(ctx context.Context, op, channel string, ids ...string) error {
	if db.engine.dialect() == dialectSQLite {
		return nil
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "" })
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = []any{channel, id}
	}
	_, err := db.many(ctx, op, "receipt_lock", rows, nil)
	return err
}
