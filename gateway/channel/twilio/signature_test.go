package twilio

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"baro/gateway/channel"
	"baro/gateway/channel/channeltest/standin"
	"baro/locales/charset"
)

const account = "AC00000000000000000000000000000001"

type vector struct {
	ID, Method, URL, Body, Token, Signature string
	ContentType                             string `json:"content_type"`
	Valid                                   bool
}

func vectors(t testing.TB) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Count   int
		Vectors []vector
	}
	if err := json.Unmarshal(raw, &file); err != nil || len(file.Vectors) != file.Count || file.Count == 0 {
		t.Fatalf("vectors: %v, %d of %d", err, len(file.Vectors), file.Count)
	}
	return file.Vectors
}

func profile(t testing.TB) charset.Profile {
	t.Helper()
	p, ok := charset.FindProfile("sms")
	if !ok {
		t.Fatal("no profile named sms")
	}
	return p
}

// split gives the origin a channel is configured with and the raw URI its server receives.
func split(t testing.TB, target string) (origin, uri string) {
	t.Helper()
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok {
		t.Fatalf("no scheme in %q", target)
	}
	host, uri, ok := strings.Cut(rest, "/")
	if !ok {
		t.Fatalf("no path in %q", target)
	}
	return scheme + "://" + host, "/" + uri
}

func verifier(t testing.TB, origin string, tokens ...string) *Provider {
	t.Helper()
	p, err := New(Config{Channel: "sms", AccountSID: account, AuthTokens: tokens, From: "+15005550006", PublicURL: origin, Profile: profile(t)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// call writes the request line by hand: no client's tidying up of URLs stands between the vector and the socket.
func callRaw(t testing.TB, origin, method, uri, contentType, signature, body string) int {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(origin, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: forged.example\r\nX-Forwarded-Host: forged.example\r\nX-Twilio-Signature: %s\r\nContent-Length: %d\r\nConnection: close\r\n",
		method, uri, signature, len(body))
	if contentType != "" {
		head += "Content-Type: " + contentType + "\r\n"
	}
	if _, err := io.WriteString(conn, head+"\r\n"+body); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// proofOnly serves nothing but the check of the signature.
func proofOnly(t testing.TB, p *Provider) string {
	t.Helper()
	return standin.Hook(t, func(r *channel.Request) (channel.Response, error) {
		_, err := p.authentic(r)
		return silence(), err
	})
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			origin, uri := split(t, v.URL)
			hook := proofOnly(t, verifier(t, origin, v.Token))
			want := http.StatusForbidden
			if v.Valid {
				want = http.StatusOK
			}
			if got := callRaw(t, hook, v.Method, uri, v.ContentType, v.Signature, v.Body); got != want {
				t.Errorf("answered %d, want %d", got, want)
			}
		})
	}
}

// Every single byte of what is signed counts: changed anywhere in URI, body or signature, the request is refused.
func TestOneByteChangedIsRefused(t *testing.T) {
	for _, v := range vectors(t) {
		if !v.Valid {
			continue
		}
		origin, uri := split(t, v.URL)
		p := verifier(t, origin, v.Token)
		try := func(what string, i int, uri, body, signature string) {
			r := request(v.Method, uri, v.ContentType, signature, body)
			if _, err := p.authentic(r); err == nil && !sameMeaning(v, body) {
				t.Errorf("%s: %s changed at %d is believed", v.ID, what, i)
			} else if err != nil && !errors.Is(err, channel.ErrForged) && !errors.Is(err, channel.ErrInvalid) {
				t.Errorf("%s: %v", v.ID, err)
			}
		}
		for i := range len(uri) {
			try("URI", i, changed(uri, i), v.Body, v.Signature)
		}
		for i := range len(v.Body) {
			try("body", i, uri, changed(v.Body, i), v.Signature)
		}
		for i := range len(v.Signature) - 2 { // the last character before "=" holds two unused bits
			try("signature", i, uri, v.Body, changed(v.Signature, i))
		}
		try("token", 0, uri, v.Body, "")
	}
}

// sameMeaning is true where the changed body decodes to the same signed text: upper and lower case hexadecimal digits,
// and the boundary of name and value, which the scheme does not mark.
func sameMeaning(v vector, body string) bool {
	before, err1 := url.ParseQuery(v.Body)
	after, err2 := url.ParseQuery(body)
	return err1 == nil && err2 == nil && concatenated(before) == concatenated(after) && body != v.Body
}

func changed(s string, i int) string {
	b := []byte(s)
	b[i] ^= 1
	return string(b)
}

func request(method, uri, contentType, signature, body string) *channel.Request {
	path, rawQuery, _ := strings.Cut(uri, "?")
	query, _ := url.ParseQuery(rawQuery)
	return &channel.Request{
		Method: method, URI: uri, Path: path, Query: query, Body: []byte(body),
		Header: func(name string) string {
			switch name {
			case signatureHeader:
				return signature
			case "Content-Type":
				return contentType
			}
			return ""
		},
	}
}

func TestRotationTakesEitherToken(t *testing.T) {
	for _, v := range vectors(t)[:1] {
		origin, uri := split(t, v.URL)
		r := request(v.Method, uri, v.ContentType, v.Signature, v.Body)
		for tokens, want := range map[[2]string]error{
			{v.Token, "next"}: nil, {"next", v.Token}: nil, {"one", "other"}: channel.ErrForged,
		} {
			if _, err := verifier(t, origin, tokens[:]...).authentic(r); !errors.Is(err, want) {
				t.Errorf("tokens %v: %v, want %v", tokens, err, want)
			}
		}
	}
}

func TestOriginIsConfiguredNotClaimed(t *testing.T) {
	v := vectors(t)[0]
	_, uri := split(t, v.URL)
	hook := proofOnly(t, verifier(t, "https://another.example", v.Token))
	if got := callRaw(t, hook, v.Method, uri, v.ContentType, v.Signature, v.Body); got != http.StatusForbidden {
		t.Errorf("a signature for another origin: answered %d", got)
	}
}

func FuzzAuthentic(f *testing.F) {
	for _, v := range vectors(f) {
		_, uri := split(f, v.URL)
		f.Add(v.Method, uri, v.ContentType, v.Signature, v.Body)
	}
	p := verifier(f, "https://sms.example.ml", "a token nobody signs with")
	f.Fuzz(func(t *testing.T, method, uri, contentType, signature, body string) {
		for _, decode := range []func(*channel.Request) error{
			func(r *channel.Request) error { _, _, err := p.DecodeMO(r); return err },
			func(r *channel.Request) error { _, _, err := p.DecodeReceipts(r); return err },
		} {
			if err := decode(request(method, uri, contentType, signature, body)); !errors.Is(err, channel.ErrForged) && !errors.Is(err, channel.ErrInvalid) {
				t.Errorf("believed: %v", err)
			}
		}
	})
}
