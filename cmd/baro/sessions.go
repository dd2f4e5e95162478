package main

import (
	"math/rand/v2"

	"baro/store/session/failover"
	"baro/store/session/memory"
	"baro/store/session/redis"
)

// maxSessions bounds the dialogues one process keeps in memory.
const maxSessions = 200_000

// openSessions keeps dialogues in this process, or in Redis where one is configured. A single node goes on in process
// while its Redis is away; several end dialogues politely.
func (n *node) openSessions() error {
	local := memory.NewStore(maxSessions, n.set.now)
	n.sessions, n.limiter, n.sweep = local, memory.NewLimiter(maxSessions), local.Sweep
	if n.set.redis == "" {
		return nil
	}
	client, err := redis.Open(redis.Config{URL: n.set.redis, Now: n.set.now, Random: rand.Uint64})
	if err != nil {
		return err
	}
	n.closers = append(n.closers, client.Close)
	n.redis = client
	n.sessions = failover.New(client.Sessions(), local, func() bool { return n.publish.Alone() })
	n.limiter = &sparing{local: n.limiter, shared: client.Limiter()}
	return nil
}
