package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var errRange = errors.New("out of range")

// parseClock reads 07:30; 24:00 is the end of the day.
func parseClock(s string) (Clock, error) {
	hours, minutes, ok := strings.Cut(s, ":")
	h, errH := strconv.ParseUint(hours, 10, 8)
	m, errM := strconv.ParseUint(minutes, 10, 8)
	switch {
	case !ok || errH != nil || errM != nil || len(minutes) != 2:
		return 0, errors.New("want a time of day like 07:30")
	case m > 59 || h > 24 || h == 24 && m > 0:
		return 0, fmt.Errorf("a time of day from 00:00 to 24:00: %w", errRange)
	}
	return Clock(h*60 + m), nil
}

// parseSpan reads 12:30-14:30, and nothing for no time at all.
func parseSpan(s string) (Span, error) {
	if s == "" {
		return Span{}, nil
	}
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		return Span{}, errors.New("want two times like 12:30-14:30")
	}
	var span Span
	var err error
	if span.From, err = parseClock(strings.TrimSpace(from)); err != nil {
		return Span{}, err
	}
	if span.To, err = parseClock(strings.TrimSpace(to)); err != nil {
		return Span{}, err
	}
	if span.To <= span.From {
		return Span{}, errors.New("the second time must be later on the same day")
	}
	return span, nil
}

// parsePeriod reads 30d or what Go calls a duration, and 0.
func parsePeriod(s string) (time.Duration, error) {
	const day = 24 * time.Hour
	var d time.Duration
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return 0, errors.New("want a whole number of days like 30d")
		}
		d = time.Duration(n) * day
	} else {
		var err error
		if d, err = time.ParseDuration(s); err != nil {
			return 0, errors.New("want a time like 90s, 5m, 12h or 30d")
		}
	}
	if d < 0 {
		return 0, fmt.Errorf("a time before it began: %w", errRange)
	}
	return d, nil
}

// parseRate reads "60/1m burst 30", "60/1m" and "off".
func parseRate(s string) (Rate, error) {
	if s == "off" {
		return Rate{}, nil
	}
	m := regexp.MustCompile(`^(\d{1,9})/(\w+)(?: burst (\d{1,9}))?$`).FindStringSubmatch(s)
	if m == nil {
		return Rate{}, errors.New("want a rate like 60/1m, 60/1m burst 30, or off")
	}
	per, err := parsePeriod(m[2])
	if err != nil {
		return Rate{}, err
	}
	r := Rate{Per: per}
	r.Events, _ = strconv.Atoi(m[1]) // nine digits are a number
	if r.Burst = r.Events; m[3] != "" {
		r.Burst, _ = strconv.Atoi(m[3])
	}
	if r.Events == 0 || r.Per == 0 || r.Burst == 0 {
		return Rate{}, fmt.Errorf("a rate of nothing shuts everybody out, off limits nothing: %w", errRange)
	}
	return r, nil
}

// parsePrefix reads a CIDR block, or one address.
func parsePrefix(s string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(s); err == nil && addr.Zone() == "" {
		return netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return netip.Prefix{}, fmt.Errorf("%q is no address and no CIDR block", s)
	case p.Masked() != p:
		return netip.Prefix{}, fmt.Errorf("%q has bits behind its length, %s was meant?", s, p.Masked())
	}
	return p, nil
}

// parseListen checks host:port. A name would be looked up at each start and may point elsewhere.
func parseListen(s string) (host string, port int, err error) {
	host, portText, err := net.SplitHostPort(s)
	if err != nil {
		return "", 0, errors.New("want host:port like 127.0.0.1:8080")
	}
	n, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return "", 0, errors.New("a port is a number from 0 to 65535")
	}
	if _, err := netip.ParseAddr(host); err != nil && host != "" && host != "localhost" {
		return "", 0, errors.New("the host is an IP address, localhost, or nothing for all")
	}
	return host, int(n), nil
}

// loopback reports whether a host is this machine only.
func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// parseOrigin checks an address that consists of scheme and host. Errors do not repeat it.
func parseOrigin(s string) (*url.URL, error) {
	u, err := parseLink(s)
	switch {
	case err != nil:
		return nil, err
	case u.Path != "" && u.Path != "/", u.RawQuery != "", u.Fragment != "", u.ForceQuery:
		return nil, errors.New("want scheme and host only: hooks are found below it")
	}
	u.Path = ""
	return u, nil
}

// parseLink checks an http or https address without credentials.
func parseLink(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return nil, errors.New("want an address that begins with http:// or https:// and a host")
	case u.User != nil:
		return nil, errors.New("credentials have no place in an address: they have settings of their own")
	}
	if port := u.Port(); port != "" {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return nil, errors.New("a port is a number from 0 to 65535")
		}
	}
	return u, nil
}

// checkDatabase and checkRedis name no part of the address: it may hold a password.
func checkDatabase(s string) error {
	if path, ok := strings.CutPrefix(s, "sqlite:"); ok {
		if path == "" {
			return errors.New("sqlite: needs a path, as in sqlite:data/baro.db")
		}
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return errors.New("want sqlite:PATH or postgres://user:password@host/database")
	}
	if strings.Trim(u.Path, "/") == "" || u.Host == "" && u.Query().Get("host") == "" {
		return errors.New("a postgres address names a host and a database")
	}
	return nil
}

func checkRedis(s string) error {
	if s == "" {
		return nil
	}
	// Several hosts with ports are no URL to net/url: scheme and rest are looked at by hand.
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !slices.Contains([]string{"redis", "rediss", "redis+sentinel", "redis+cluster"}, scheme) {
		return errors.New("want redis://, rediss://, redis+sentinel://h1,h2/master or redis+cluster://h1,h2")
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	hosts, path, _ := strings.Cut(rest, "/")
	for host := range strings.SplitSeq(hosts, ",") {
		if strings.TrimSpace(host) == "" {
			return errors.New("a host is missing")
		}
	}
	if scheme == "redis+sentinel" && strings.Trim(path, "/") == "" {
		return errors.New("a sentinel address ends in the master's name, as in redis+sentinel://h1,h2/master")
	}
	return nil
}
