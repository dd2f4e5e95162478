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

// outcomeRow is an outcome as the queries read it, all of a batch in one JSON
// array: a statement per message costs ten times as much.
type outcomeRow struct {
	Message  string `json:"message"`
	State    string `json:"state"`
	Provider string `json:"provider"`
	Parts    int    `json:"parts"`
	Class    string `json:"class"`
	Later    any    `json:"later"`
}

// Finish records what became of leased messages and applies the receipts that
// came before it.
func (o *Outbox) Finish(ctx context.Context, channel, holder string, outcomes []store.Outcome, at time.Time) (moved int64, err error) {
	const op = "finish messages"
	rows := make([]outcomeRow, len(outcomes))
	var providers []string
	for i, k := range outcomes {
		if !store.OutboundLeased.CanBecome(k.State) || k.State == store.OutboundDelivered || k.State == store.OutboundExpired {
			return 0, store.NewError(store.CodeInvalid, op, "not an outcome of sending")
		}
		rows[i] = outcomeRow{k.ID, string(k.State), k.ProviderID, k.Parts, k.FailureClass, micros(k.NotBefore)}
		providers = append(providers, k.ProviderID)
	}
	err = o.db.Write(ctx, func(ctx context.Context) error {
		if err := o.db.lockProviderIDs(ctx, op, channel, providers...); err != nil {
			return err
		}
		done, err := list(ctx, o.db, op, "outbound_finish", scanString, encodeList(rows), holder, micros(at))
		if err != nil {
			return err
		}
		moved = int64(len(done))
		return o.settle(ctx, op, channel, holder, rows, done, at)
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
func (o *Outbox) settle(ctx context.Context, op, channel, holder string, rows []outcomeRow, done []string, at time.Time) error {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r outcomeRow) bool { return r.Provider == "" }) // a retry needs them whole
	if len(rows) == 0 {
		return nil
	}
	if len(done) < len(rows) {
		moved := make(map[string]bool, len(done))
		for _, id := range done {
			moved[id] = true
		}
		overtaken := slices.DeleteFunc(slices.Clone(rows), func(r outcomeRow) bool { return moved[r.Message] })
		if _, err := o.db.exec(ctx, op, "outbound_note", encodeList(overtaken), holder); err != nil {
			return err
		}
	}
	found, err := list(ctx, o.db, op, "receipt_unpark", func(row scanner) (p parked, err error) {
		err = row.Scan(&p.id, &p.message, &p.status, &p.code)
		return p, err
	}, encodeList(rows), channel)
	if err != nil {
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
	_, err := list(ctx, db, op, "receipt_lock", func(scanner) (struct{}, error) { return struct{}{}, nil }, channel, encodeList(ids))
	return err
}
