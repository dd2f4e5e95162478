package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// AuditRow is one entry of the append-only trail. Each row's hash covers the
// row and the hash before it, so that a removed or altered row shows.
type AuditRow struct {
	Seq       int64
	At        time.Time
	Actor     string
	Action    string  // for example budget.publish
	Object    string  // for example budget:12
	Commune   PlaceID // 0: none
	Before    string
	After     string
	Reason    string
	RequestID string
	Prev      [32]byte
	Hash      [32]byte
}

// Sum computes the hash a row must carry: SHA-256 over its fields, each with
// its length before it, beginning with the previous hash.
func (r AuditRow) Sum() [32]byte {
	buf := make([]byte, 0, 256)
	buf = append(buf, r.Prev[:]...)
	buf = binary.BigEndian.AppendUint64(buf, uint64(r.Seq))
	buf = binary.BigEndian.AppendUint64(buf, uint64(r.At.UnixMicro()))
	buf = binary.BigEndian.AppendUint64(buf, uint64(r.Commune))
	for _, field := range []string{r.Actor, r.Action, r.Object, r.Before, r.After, r.Reason, r.RequestID} {
		buf = binary.BigEndian.AppendUint64(buf, uint64(len(field)))
		buf = append(buf, field...)
	}
	return sha256.Sum256(buf)
}

// Audit is the trail.
type Audit interface {
	// Append adds a row, filling Seq, At (when zero), Prev and Hash, in the
	// transaction of ctx if there is one.
	Append(ctx context.Context, r AuditRow) (AuditRow, error)
	// List gives up to limit rows of a commune after a sequence number, oldest
	// first; commune 0 gives those of every commune.
	List(ctx context.Context, commune PlaceID, after int64, limit int) ([]AuditRow, error)
	// Verify walks the whole chain and tells its length. A break is CodeInvalid
	// with the sequence number in its text.
	Verify(ctx context.Context) (rows int64, err error)
}

// AuditFilter picks rows of the trail; a zero field leaves all.
type AuditFilter struct {
	Commune      PlaceID
	Actor        string
	Action       string // its beginning: "budget." picks all that was done to budgets
	Object       string
	Since, Until time.Time // of this instant and later, before that one
}

// AuditReader looks into the trail.
type AuditReader interface {
	// Search gives up to limit rows before a sequence number, newest first;
	// before 0 begins with the newest.
	Search(ctx context.Context, f AuditFilter, before int64, limit int) ([]AuditRow, error)
}
