package sqldb

import (
	"context"
	"fmt"
	"math"
	"time"

	"baro/store"
)

// auditPage is how many rows Verify reads at a time.
const auditPage = 1000

// Audit keeps the append-only trail.
type Audit struct{ db *DB }

var (
	_ store.Audit       = (*Audit)(nil)
	_ store.AuditReader = (*Audit)(nil)
)

// Audit gives the contract for the trail.
func (db *DB) Audit() *Audit { return &Audit{db} }

func (a *Audit) Append(ctx context.Context, r store.AuditRow) (store.AuditRow, error) {
	const op = "append audit row"
	err := a.db.Write(ctx, func(ctx context.Context) error {
		head, err := one(ctx, a.db, op, "audit_next", scanHead)
		if err != nil {
			return err
		}
		r.Seq, r.Prev = head.seq, head.hash
		if r.At.IsZero() {
			r.At = a.db.now()
		}
		r.At = r.At.UTC().Truncate(time.Microsecond)
		r.Hash = r.Sum()
		if _, err := a.db.exec(ctx, op, "audit_insert", r.Seq, micros(r.At), r.Actor, r.Action, r.Object, int64(r.Commune),
			r.Before, r.After, r.Reason, r.RequestID, r.Prev[:], r.Hash[:]); err != nil {
			return err
		}
		_, err = a.db.exec(ctx, op, "audit_link", r.Hash[:])
		return err
	})
	return r, err
}

func (a *Audit) List(ctx context.Context, commune store.PlaceID, after int64, limit int) ([]store.AuditRow, error) {
	const op = "list audit rows"
	if commune == 0 {
		return list(ctx, a.db, op, "audit_list", scanAudit, after, limit)
	}
	return list(ctx, a.db, op, "audit_list_commune", scanAudit, int64(commune), after, limit)
}

func (a *Audit) Search(ctx context.Context, f store.AuditFilter, before int64, limit int) ([]store.AuditRow, error) {
	const op = "search audit rows"
	since, until := int64(math.MinInt64), int64(math.MaxInt64)
	if before == 0 {
		before = math.MaxInt64
	}
	if !f.Since.IsZero() {
		since = f.Since.UnixMicro()
	}
	if !f.Until.IsZero() {
		until = f.Until.UnixMicro()
	}
	args := []any{before, f.Actor, f.Action, f.Object, since, until, limit}
	if f.Commune == 0 {
		return list(ctx, a.db, op, "audit_search", scanAudit, args...)
	}
	return list(ctx, a.db, op, "audit_search_commune", scanAudit, append(args, int64(f.Commune))...)
}

func (a *Audit) Verify(ctx context.Context) (rows int64, err error) {
	const op = "verify audit trail"
	// Rows appended during the walk come after the head read here.
	end, err := one(ctx, a.db, op, "audit_head", scanHead)
	if err != nil {
		return 0, err
	}
	var prev [32]byte
	for rows < end.seq {
		page, err := a.List(ctx, 0, rows, auditPage)
		if err != nil {
			return rows, err
		}
		for _, r := range page {
			if r.Seq > end.seq {
				break
			}
			if r.Seq != rows+1 || r.Prev != prev || r.Hash != r.Sum() {
				return rows, store.NewError(store.CodeInvalid, op, fmt.Sprintf("the chain breaks at row %d", rows+1))
			}
			rows, prev = r.Seq, r.Hash
		}
		if len(page) == 0 {
			break
		}
	}
	if rows != end.seq || prev != end.hash {
		return rows, store.NewError(store.CodeInvalid, op, fmt.Sprintf("the chain breaks at row %d", rows+1))
	}
	return rows, nil
}

// record appends the row of an official act within the transaction of ctx.
func (db *DB) record(ctx context.Context, act store.Act, commune store.PlaceID, action, object, before, after string) error {
	_, err := db.Audit().Append(ctx, store.AuditRow{
		Actor: act.Actor, Reason: act.Reason, RequestID: act.RequestID,
		Commune: commune, Action: action, Object: object, Before: before, After: after,
	})
	return err
}

type auditHead struct {
	seq  int64
	hash [32]byte
}

func scanHead(row scanner) (h auditHead, err error) {
	err = row.Scan(&h.seq, asBytes{h.hash[:]})
	return h, err
}

func scanAudit(row scanner) (r store.AuditRow, err error) {
	err = row.Scan(&r.Seq, asTime{&r.At}, &r.Actor, &r.Action, &r.Object, &r.Commune, &r.Before, &r.After, &r.Reason,
		&r.RequestID, asBytes{r.Prev[:]}, asBytes{r.Hash[:]})
	return r, err
}
