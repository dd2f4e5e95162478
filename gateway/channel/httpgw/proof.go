package httpgw

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/url"
	"strings"

	"baro/gateway/channel"
)

// A proof is what a request must bring beside the secret path and the source address, which the server checks.
type proof struct {
	basic     string // of the Authorization header
	header    [2]string
	query     [2]string
	signature string // header of an HMAC over the raw body
	key       string
	sum       func() hash.Hash
	inBase64  bool
}

func compileProof(s *settings, basic string) (p proof) {
	if basic != "" {
		if !strings.Contains(basic, ":") {
			s.wrong("basic", "user:password is expected")
		}
		p.basic = "Basic " + base64.StdEncoding.EncodeToString([]byte(basic))
	}
	pair := func(key string) [2]string {
		name, value := s.text(key+".name", ""), s.text(key+".value", "")
		if (name == "") != (value == "") {
			s.wrong(key, "name and value are expected")
		}
		return [2]string{name, value}
	}
	p.header, p.query = pair("header"), pair("query")
	p.signature, p.key = s.text("hmac.header", ""), s.text("hmac.key", "")
	if (p.signature == "") != (p.key == "") {
		s.wrong("hmac", "header and key are expected")
	}
	p.sum, p.inBase64 = compileHMAC(s, "hmac")
	return p
}

// compileHMAC reads how a signature is made.
func compileHMAC(s *settings, key string) (sum func() hash.Hash, inBase64 bool) {
	sum = sha256.New
	if s.oneOf(key+".algorithm", "sha256", "sha256", "sha1") == "sha1" {
		sum = sha1.New
	}
	return sum, s.oneOf(key+".encoding", "hex", "hex", "base64") == "base64"
}

// proves compares in constant time.
func (p proof) proves(r *channel.Request) bool {
	same := func(got, want string) bool { return subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1 }
	if p.basic != "" && !same(r.Header("Authorization"), p.basic) {
		return false
	}
	if p.header[0] != "" && !same(r.Header(p.header[0]), p.header[1]) {
		return false
	}
	if p.query[0] != "" {
		_, raw, _ := strings.Cut(r.URI, "?")
		values, _ := url.ParseQuery(raw)
		if !same(values.Get(p.query[0]), p.query[1]) {
			return false
		}
	}
	if p.signature == "" {
		return true
	}
	mac := hmac.New(p.sum, []byte(p.key))
	mac.Write(r.Body)
	var given []byte
	var err error
	if p.inBase64 {
		given, err = base64.StdEncoding.DecodeString(r.Header(p.signature))
	} else {
		given, err = hex.DecodeString(r.Header(p.signature))
	}
	return err == nil && hmac.Equal(given, mac.Sum(nil))
}
