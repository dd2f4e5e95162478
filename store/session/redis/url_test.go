package redis

import (
	"slices"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

func TestParseURL(t *testing.T) {
	for raw, want := range map[string]struct {
		topology topology
		addrs    []string
		options  goredis.UniversalOptions
		tls      bool
	}{
		"redis://h":                     {standalone, []string{"h:6379"}, goredis.UniversalOptions{}, false},
		"redis://h/":                    {standalone, []string{"h:6379"}, goredis.UniversalOptions{}, false},
		"redis://u:p%40ss@h:7000/3":     {standalone, []string{"h:7000"}, goredis.UniversalOptions{Username: "u", Password: "p@ss", DB: 3}, false},
		"redis://:p@ss@[::1]":           {standalone, []string{"[::1]:6379"}, goredis.UniversalOptions{Password: "p@ss"}, false},
		"rediss://[::1]:1?pool_size=7":  {standalone, []string{"[::1]:1"}, goredis.UniversalOptions{PoolSize: 7}, true},
		"redis+sentinel://a,b:1/master": {sentinel, []string{"a:26379", "b:1"}, goredis.UniversalOptions{MasterName: "master"}, false},
		"redis+cluster://a,b,c:7":       {cluster, []string{"a:6379", "b:6379", "c:7"}, goredis.UniversalOptions{}, false},
		"rediss+cluster://:p@a/":        {cluster, []string{"a:6379"}, goredis.UniversalOptions{Password: "p"}, true},
		"redis+sentinel://:p@a/m?db=2&sentinel_username=s&sentinel_password=t": {sentinel, []string{"a:26379"},
			goredis.UniversalOptions{Password: "p", MasterName: "m", DB: 2, SentinelUsername: "s", SentinelPassword: "t"}, false},
	} {
		got, err := parseURL(raw)
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		g, w := got.options, want.options
		if got.topology != want.topology || !slices.Equal(g.Addrs, want.addrs) || (g.TLSConfig != nil) != want.tls ||
			g.Username != w.Username || g.Password != w.Password || g.DB != w.DB || g.PoolSize != w.PoolSize ||
			g.MasterName != w.MasterName || g.SentinelUsername != w.SentinelUsername || g.SentinelPassword != w.SentinelPassword {
			t.Errorf("%s: %d %+v", raw, got.topology, g)
		}
		if g.DialTimeout != 500*time.Millisecond || g.ReadTimeout != 800*time.Millisecond || g.WriteTimeout != 800*time.Millisecond ||
			!g.ContextTimeoutEnabled || g.MaxRetries != 2 || g.DialerRetries != 1 {
			t.Errorf("%s: time limits are not set", raw)
		}
	}
}

func TestParseURLRefuses(t *testing.T) {
	for _, raw := range []string{
		"", "secret", "http://:secret@h", "redis+ring://:secret@h", "redis://", "redis://:secret@", "redis://:secret@a,b",
		"redis://:secret@h/x", "redis://:secret@h/-1", "redis://:secret@h:0", "redis://:secret@h:x", "redis://:secret@:1",
		"redis+sentinel://:secret@h", "redis+sentinel://:secret@h/", "redis+sentinel://:secret@h/a/b", "redis+cluster://:secret@h/1",
		"redis+cluster://:secret@a,,b", "redis://:secret@h?x=secret", "redis://:secret@h?db=1", "redis://:secret@h?pool_size=0",
		"redis://:secret%zz@h", "redis+sentinel://h/m?db=secret", "redis://h?%zz=secret",
	} {
		_, err := parseURL(raw)
		if err == nil {
			t.Errorf("%s accepted", raw)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error repeats the secret: %v", raw, err)
		}
	}
}
