package sqldb

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
)

// bellEvery is how often one node rings for the same work at most. PostgreSQL
// takes one lock for all commits that notify, so ringing for every message
// would line them up; the node that rings also looks by itself, and the others
// look every second anyway.
const bellEvery = 100 * time.Millisecond

// bellRetry is the wait before a lost connection is made again.
const bellRetry = time.Second

// Bell wakes other nodes on PostgreSQL (LISTEN and NOTIFY).
type Bell struct {
	db   *DB
	pool *sql.DB
	mu   sync.Mutex
	rung map[string]time.Time
}

// Bell gives the bell of a PostgreSQL database, and nil on SQLite, which has
// one process.
func (db *DB) Bell() *Bell {
	pg, ok := db.engine.(*postgres)
	if !ok {
		return nil
	}
	return &Bell{db: db, pool: pg.db, rung: map[string]time.Time{}}
}

// Ring tells the other nodes that there is work of a name. In a transaction it
// is heard after the commit, or never.
func (b *Bell) Ring(ctx context.Context, name string) error {
	now := b.db.now()
	b.mu.Lock()
	recent := now.Sub(b.rung[name]) < bellEvery && !now.Before(b.rung[name])
	if !recent {
		b.rung[name] = now
	}
	b.mu.Unlock()
	if recent {
		return nil
	}
	_, err := list(ctx, b.db, "ring", "bell_ring", func(row scanner) (none struct{}, err error) {
		var void any
		return none, row.Scan(&void)
	}, name)
	return err
}

// Heard gives the names that were rung for, until ctx ends and the channel
// closes. A lost connection is made again; what was rung meanwhile is found by
// the next look.
func (b *Bell) Heard(ctx context.Context) <-chan string {
	heard := make(chan string, 64)
	go func() {
		defer close(heard)
		for ctx.Err() == nil {
			_ = b.listen(ctx, heard)
			pause := time.NewTimer(bellRetry)
			select {
			case <-ctx.Done():
				pause.Stop()
			case <-pause.C:
			}
		}
	}()
	return heard
}

func (b *Bell) listen(ctx context.Context, heard chan<- string) error {
	conn, err := b.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(driver any) error {
		pg := driver.(*stdlib.Conn).Conn()
		if _, err := pg.Exec(ctx, "LISTEN baro_work"); err != nil {
			return err
		}
		for {
			n, err := pg.WaitForNotification(ctx)
			if err != nil {
				return err
			}
			select {
			case heard <- n.Payload:
			default: // somebody is awake already
			}
		}
	})
}
