package redis

import (
	"context"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"baro/store/session"
)

// Limiter counts events of all nodes together. It goes by the callers' clocks, which may differ by a little.
type Limiter struct {
	client *Client
	take   *goredis.Script
}

var _ session.Limiter = (*Limiter)(nil)

// takeScript is session.Rule.Take inside Redis, where reading and writing are one step. ARGV: now, cost, depth, in
// microseconds. It answers the backlog after an allowed event, or -1 - backlog when refused. A key is gone once its
// burst is full again, as that is the state of a key never seen.
const takeScript = `
local now, cost, depth = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local stored = tonumber(redis.call('GET', KEYS[1]) or 0)
local due = math.min(math.max(stored, now), now + depth)
local answer = -1 - (due - now)
if due + cost - now <= depth then
  due = due + cost
  answer = due - now
end
if due ~= stored then
  redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000))
end
return answer`

// Limiter returns the rate limiter of the client.
func (c *Client) Limiter() *Limiter {
	return &Limiter{client: c, take: goredis.NewScript(takeScript)}
}

// Allow implements session.Limiter. When Redis does not answer it returns an error and the caller decides.
func (l *Limiter) Allow(ctx context.Context, key string, rule session.Rule, now time.Time) (session.Decision, error) {
	if rule.Unlimited() {
		return session.Decision{Allowed: true}, nil
	}
	ctx, cancel := bound(ctx)
	defer cancel()
	backlog, err := l.take.Run(ctx, l.client.redis, []string{key}, now.UnixMicro(), rule.Cost(), rule.Depth()).Int64()
	if err != nil {
		return session.Decision{}, failure("rate limit", err)
	}
	if backlog < 0 {
		return rule.Decide(false, -1-backlog), nil
	}
	return rule.Decide(true, backlog), nil
}
