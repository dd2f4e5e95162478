package redis

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// Time limits of one command. The client's own defaults of 5 s would keep a person waiting past every network's patience
// when Redis hangs; with these a step fails within its deadline and the first command after a recovery succeeds.
const (
	dialTimeout   = 500 * time.Millisecond
	ioTimeout     = 800 * time.Millisecond
	maxRetries    = 2
	clusterReload = 2 * time.Second // with the default a third of all calls still failed 15 s after a fail-over
	ioBuffer      = 4 << 10         // sessions are some hundred bytes; the default is 32 KiB twice per connection
)

// topology tells which of the three clients a URL asks for.
type topology int

const (
	standalone topology = iota
	sentinel
	cluster
)

// target is a parsed URL.
type target struct {
	topology topology
	options  goredis.UniversalOptions
}

// parseURL reads
//
//	redis://[user:password@]host[:port][/db]
//	redis+sentinel://[user:password@]host[:port],…/master[?db=n&sentinel_username=…&sentinel_password=…]
//	redis+cluster://[user:password@]host[:port],…
//
// rediss for TLS, and pool_size=n with each. Errors never repeat the URL: it holds a password.
func parseURL(raw string) (target, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return target{}, errors.New("redis URL: no scheme")
	}
	var t target
	port := "6379"
	base, kind, _ := strings.Cut(scheme, "+")
	switch kind {
	case "":
	case "sentinel":
		t.topology, port = sentinel, "26379"
	case "cluster":
		t.topology = cluster
	default:
		return target{}, errors.New("redis URL: unknown scheme; redis, rediss, and either with +sentinel or +cluster")
	}
	switch base {
	case "redis":
	case "rediss":
		t.options.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	default:
		return target{}, errors.New("redis URL: unknown scheme; redis, rediss, and either with +sentinel or +cluster")
	}

	rest, rawQuery, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		user, password, _ := strings.Cut(authority[:at], ":")
		var err1, err2 error
		t.options.Username, err1 = url.PathUnescape(user)
		t.options.Password, err2 = url.PathUnescape(password)
		if err1 != nil || err2 != nil {
			return target{}, errors.New("redis URL: bad escape in user or password")
		}
		authority = authority[at+1:]
	}
	for host := range strings.SplitSeq(authority, ",") {
		addr, err := address(host, port)
		if err != nil {
			return target{}, err
		}
		t.options.Addrs = append(t.options.Addrs, addr)
	}
	if err := t.readPath(path); err != nil {
		return target{}, err
	}
	if err := t.readQuery(rawQuery); err != nil {
		return target{}, err
	}
	t.setLimits()
	return t, nil
}

func address(host, defaultPort string) (string, error) {
	if h, p, err := net.SplitHostPort(host); err == nil {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
			return "", errors.New("redis URL: bad port")
		}
		if h == "" {
			return "", errors.New("redis URL: a host is missing")
		}
		return host, nil
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if host == "" {
		return "", errors.New("redis URL: a host is missing")
	}
	return net.JoinHostPort(host, defaultPort), nil
}

func (t *target) readPath(path string) error {
	switch t.topology {
	case sentinel:
		if path == "" || strings.Contains(path, "/") {
			return errors.New("redis URL: Sentinel needs the name of the master as path")
		}
		t.options.MasterName = path
	case cluster:
		if path != "" {
			return errors.New("redis URL: a cluster has no databases, so no path")
		}
	case standalone:
		if len(t.options.Addrs) > 1 {
			return errors.New("redis URL: several hosts need redis+sentinel or redis+cluster")
		}
		if path != "" {
			return t.setDB(path)
		}
	}
	return nil
}

func (t *target) readQuery(raw string) error {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return errors.New("redis URL: bad query")
	}
	for name, values := range query {
		value := values[len(values)-1]
		switch {
		case name == "pool_size":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return errors.New("redis URL: pool_size needs a number above 0")
			}
			t.options.PoolSize = n
		case name == "db" && t.topology == sentinel:
			if err := t.setDB(value); err != nil {
				return err
			}
		case name == "sentinel_username" && t.topology == sentinel:
			t.options.SentinelUsername = value
		case name == "sentinel_password" && t.topology == sentinel:
			t.options.SentinelPassword = value
		default:
			return fmt.Errorf("redis URL: parameter %q is not known here", name)
		}
	}
	return nil
}

func (t *target) setDB(value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return errors.New("redis URL: the database is a number")
	}
	t.options.DB = n
	return nil
}

func (t *target) setLimits() {
	o := &t.options
	o.DialTimeout, o.DialerRetries = dialTimeout, 1
	o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = ioTimeout, ioTimeout, ioTimeout
	o.ContextTimeoutEnabled = true
	o.MaxRetries = maxRetries
	o.ReadBufferSize, o.WriteBufferSize = ioBuffer, ioBuffer
	o.PipelinePoolSize = -1 // nothing here is pipelined
	o.Protocol = 2          // no push messages are wanted, and RESP2 spares the check for them before each command
	o.DisableIdentity = true
}
