package redis

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"baro/store/session"
)

// Store keeps a record as one string: eight bytes of version, then the data. Loading is one GET and saving one script.
type Store struct {
	client *Client
	save   *goredis.Script
}

var _ session.Store = (*Store)(nil)

const versionSize = 8

// saveScript replaces the value whose version is ARGV[1] (empty: no value) by ARGV[2] for ARGV[3] milliseconds.
// A value that carries the new version already is this very call, retried by the client after its answer was lost:
// versions are random, so no other writer can have made it.
const saveScript = `
local version = redis.call('GETRANGE', KEYS[1], 0, 7)
if version ~= ARGV[1] and version ~= string.sub(ARGV[2], 1, 8) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`

// Sessions returns the session store of the client.
func (c *Client) Sessions() *Store {
	return &Store{client: c, save: goredis.NewScript(saveScript)}
}

// Load implements session.Store.
func (s *Store) Load(ctx context.Context, key string) (session.Record, error) {
	ctx, cancel := bound(ctx)
	defer cancel()
	value, err := s.client.redis.Get(ctx, key).Bytes()
	if errors.Is(err, goredis.Nil) {
		return session.Record{}, session.ErrNotFound
	}
	if err != nil {
		return session.Record{}, failure("load session", err)
	}
	if len(value) < versionSize {
		return session.Record{}, fmt.Errorf("load session: a value of %d bytes is no record", len(value))
	}
	return session.Record{Data: value[versionSize:], Version: binary.BigEndian.Uint64(value)}, nil
}

// Save implements session.Store.
func (s *Store) Save(ctx context.Context, key string, data []byte, expect uint64, ttl time.Duration) (uint64, error) {
	if ttl < session.MinTTL {
		return 0, session.ErrInvalid
	}
	ctx, cancel := bound(ctx)
	defer cancel()
	var old []byte
	if expect != 0 {
		old = binary.BigEndian.AppendUint64(nil, expect)
	}
	version := s.newVersion()
	value := make([]byte, 0, versionSize+len(data))
	value = append(binary.BigEndian.AppendUint64(value, version), data...)
	done, err := s.save.Run(ctx, s.client.redis, []string{key}, old, value, ttl.Milliseconds()).Int()
	if err != nil {
		return 0, failure("save session", err)
	}
	if done == 0 {
		return 0, session.ErrConflict
	}
	return version, nil
}

// Delete implements session.Store.
func (s *Store) Delete(ctx context.Context, key string) error {
	ctx, cancel := bound(ctx)
	defer cancel()
	return failure("delete session", s.client.redis.Del(ctx, key).Err())
}

func (s *Store) newVersion() uint64 {
	for {
		if v := s.client.random(); v != 0 {
			return v
		}
	}
}
