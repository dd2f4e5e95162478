package console

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Refusals of the frame.
var (
	errHost   = errors.New("console: the host is not ours")
	errMethod = errors.New("console: no such method here")
	errForged = errors.New("console: the form does not come from one of our pages")
	errForm   = errors.New("console: the form cannot be read")
)

// ownHost tells whether the name in the request is the one people are told. Other names may be somebody's trick on our
// pages (DNS rebinding) or on the links in them. Where that is a loopback address every loopback name and port will do.
func (c *Console) ownHost(host string) bool {
	if strings.EqualFold(host, c.origin.Host) {
		return true
	}
	return loopback(c.origin.Host) && loopback(host)
}

func loopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	addr, err := netip.ParseAddr(name)
	return strings.EqualFold(name, "localhost") || err == nil && addr.IsLoopback()
}

// meant tells whether a POST was meant by whoever sent it: the browser names no other site as its origin, and the form
// carries the token of its own cookie. Either alone would do in a browser of today; old ones send no Origin.
func (c *Console) meant(r *Request, token string) bool {
	switch r.in.Header("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	if origin := r.in.Header("Origin"); origin != "" && !c.ownOrigin(origin, r.in.Host) {
		return false
	}
	return r.token != "" && !r.fresh && unmask(token, formKey(r.token))
}

func (c *Console) ownOrigin(origin, host string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != c.origin.Scheme {
		return false
	}
	return strings.EqualFold(u.Host, c.origin.Host) || strings.EqualFold(u.Host, host) // host is ours, see ownHost
}

// formKey is what the forms of a cookie's owner carry.
func formKey(token string) []byte {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("form"))
	return mac.Sum(nil)
}

// mask hides a key behind fresh noise, so that a compressed page tells nothing of it by its length (BREACH).
func mask(key []byte) (string, error) {
	noise := make([]byte, 2*len(key))
	if _, err := rand.Read(noise[:len(key)]); err != nil {
		return "", fmt.Errorf("mask a form's token: %w", err)
	}
	for i, k := range key {
		noise[len(key)+i] = noise[i] ^ k
	}
	return base64.RawURLEncoding.EncodeToString(noise), nil
}

func unmask(masked string, key []byte) bool {
	b, err := base64.RawURLEncoding.DecodeString(masked)
	if err != nil || len(b) != 2*len(key) {
		return false
	}
	for i := range key {
		b[i] ^= b[len(key)+i]
	}
	return hmac.Equal(b[:len(key)], key)
}

// visitorPrefix tells the token of somebody who is not signed in from that of a session, which has no such letter.
const visitorPrefix = "~"

func newVisitor() (string, error) {
	b := make([]byte, 24)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("draw a visitor's token: %w", err)
	}
	return visitorPrefix + base64.RawURLEncoding.EncodeToString(b), nil
}

// ownPath tells whether an address may be gone to after a sign-in: a path that one of our pages has, and nothing that a
// browser could read as another host.
func (c *Console) ownPath(path string) bool {
	if path == "/phone" {
		return true
	}
	if !strings.HasPrefix(path, "/console") || strings.ContainsAny(path, "\\\r\n\t?#%@:") || strings.Contains(path, "//") {
		return false
	}
	_, _, ok := c.find("GET", path)
	return ok
}
