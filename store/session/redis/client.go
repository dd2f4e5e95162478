// Package redis keeps sessions and rate limits in Redis, for several nodes behind one load balancer: standalone, behind
// Sentinel, or as a cluster.
package redis

import (
	"context"
	"errors"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"baro/store/session"
)

// Config is what Open needs.
type Config struct {
	URL    string           // see the configuration reference: redis://, rediss://, redis+sentinel://, redis+cluster://
	Now    func() time.Time // for the breaker only; records age by Redis' own clock
	Random func() uint64    // makes versions of records; must be safe for concurrent use
}

// Client is a pool of connections that Store and Limiter share.
type Client struct {
	redis  goredis.UniversalClient
	random func() uint64
}

// PoolStats are figures of the connection pool since the start, for metrics; over all nodes of a cluster.
type PoolStats struct {
	Hits, Misses, Timeouts uint32 // connections taken from the pool, newly made, waited for in vain
	Total, Idle, Stale     uint32 // connections now open, now unused, closed because they were broken or old
}

// defaultDeadline bounds a command whose context has no deadline of its own.
const defaultDeadline = 2 * time.Second

// Open makes a client. It connects when it is first used, so that a node starts while Redis is down.
func Open(cfg Config) (*Client, error) {
	t, err := parseURL(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("open session store: %w", err)
	}
	c := &Client{random: cfg.Random}
	switch t.topology {
	case cluster:
		opts := t.options.Cluster()
		opts.ClusterStateReloadInterval = clusterReload
		opts.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
		cc := goredis.NewClusterClient(opts)
		cc.OnNewNode(func(node *goredis.Client) { node.AddHook(newBreaker(cfg.Now)) })
		c.redis = cc
	case sentinel:
		cl := goredis.NewFailoverClient(t.options.Failover())
		cl.AddHook(newBreaker(cfg.Now))
		c.redis = cl
	case standalone:
		opts := t.options.Simple()
		opts.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
		cl := goredis.NewClient(opts)
		cl.AddHook(newBreaker(cfg.Now))
		c.redis = cl
	}
	return c, nil
}

// Ping reports whether Redis answers; on a cluster whether every master does.
func (c *Client) Ping(ctx context.Context) error {
	ctx, cancel := bound(ctx)
	defer cancel()
	if cc, ok := c.redis.(*goredis.ClusterClient); ok {
		return failure("ping", cc.ForEachMaster(ctx, func(ctx context.Context, node *goredis.Client) error {
			return node.Ping(ctx).Err()
		}))
	}
	return failure("ping", c.redis.Ping(ctx).Err())
}

// PoolStats returns the present figures.
func (c *Client) PoolStats() PoolStats {
	s := c.redis.PoolStats()
	return PoolStats{
		Hits: s.Hits, Misses: s.Misses, Timeouts: s.Timeouts,
		Total: s.TotalConns, Idle: s.IdleConns, Stale: s.StaleConns,
	}
}

// Close gives the connections back.
func (c *Client) Close() error {
	if err := c.redis.Close(); err != nil {
		return fmt.Errorf("close session store: %w", err)
	}
	return nil
}

func bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, defaultDeadline)
}

// failure wraps what went wrong with Redis or on the way to it; nil stays nil.
func failure(op string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, session.ErrUnavailable) {
		return fmt.Errorf("%s: %w", op, err)
	}
	return fmt.Errorf("%s: %w: %w", op, session.ErrUnavailable, err)
}
