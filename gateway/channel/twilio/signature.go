package twilio

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"baro/gateway/channel"
)

// signatureHeader holds base64(HMAC-SHA1(auth token, URL and parameters)).
const signatureHeader = "X-Twilio-Signature"

const bodyHash = "bodySHA256"

// authentic proves that Twilio made the request, over its raw URI and its raw body, and gives the parameters: of the
// body for a form, of the query for a GET, none for JSON. It returns channel.ErrForged or channel.ErrInvalid.
func (p *Provider) authentic(r *channel.Request) (url.Values, error) {
	given, err := base64.StdEncoding.DecodeString(r.Header(signatureHeader))
	if err != nil || len(given) != sha1.Size {
		return nil, fmt.Errorf("%w: no signature", channel.ErrForged)
	}
	_, rawQuery, _ := strings.Cut(r.URI, "?")
	query, queryErr := url.ParseQuery(rawQuery)
	var fields url.Values
	signed := ""
	switch {
	case r.Method == http.MethodGet:
		fields = query
		if queryErr != nil {
			return nil, fmt.Errorf("%w: query", channel.ErrInvalid)
		}
	case isForm(r):
		if fields, err = url.ParseQuery(string(r.Body)); err != nil {
			return nil, fmt.Errorf("%w: form", channel.ErrInvalid)
		}
		signed = concatenated(fields)
	default:
		want, err := hex.DecodeString(query.Get(bodyHash))
		sum := sha256.Sum256(r.Body)
		if err != nil || subtle.ConstantTimeCompare(want, sum[:]) != 1 {
			return nil, fmt.Errorf("%w: body", channel.ErrForged)
		}
	}
	for _, token := range p.config.AuthTokens {
		for _, origin := range p.origins {
			if hmac.Equal(given, sign(token, origin+r.URI+signed)) {
				return fields, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: signature", channel.ErrForged)
}

func sign(token, text string) []byte {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// concatenated is what a form adds to the signed URL: names in byte order, each before each of its values. Of equal
// values one is signed, and values stand in byte order, as the libraries for JavaScript and Python have it.
func concatenated(fields url.Values) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		values := slices.Clone(fields[name])
		slices.Sort(values)
		for _, value := range slices.Compact(values) {
			b.WriteString(name)
			b.WriteString(value)
		}
	}
	return b.String()
}

// isForm takes a body without a type for a form: Twilio always names the type of JSON.
func isForm(r *channel.Request) bool {
	header := r.Header("Content-Type")
	if header == "" {
		return true
	}
	kind, _, err := mime.ParseMediaType(header)
	return err == nil && kind == "application/x-www-form-urlencoded"
}

// spellings gives the origin with its port and without any: Twilio signs one or the other, whatever the URL said.
func spellings(u *url.URL) []string {
	host := u.Hostname()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	port := u.Port()
	if port == "" {
		port = "443"
		if u.Scheme == "http" {
			port = "80"
		}
	}
	head := u.Scheme + "://"
	if u.User != nil {
		head += u.User.String() + "@"
	}
	return []string{head + host, head + host + ":" + port}
}
