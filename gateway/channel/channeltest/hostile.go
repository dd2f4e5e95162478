package channeltest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"baro/gateway/channel"
)

// hostile makes requests that no provider should send and some do: the good one cut, doubled, overgrown, spoiled by bytes.
// The generator is seeded: the same requests each time.
func (u USSD) hostile() map[string]*channel.Request {
	out := make(map[string]*channel.Request)
	good := func() *channel.Request {
		return u.Write(Step{Session: "session-1", Phone: "+22370000001", Code: "*384*96#", Inputs: []string{"1", "secret-typed"}})
	}
	body := string(good().Body)
	spoil := func(name, changed string) {
		r := good()
		r.Body = []byte(changed)
		if r.Method == "GET" {
			r.URI = r.Path + "?" + changed
		}
		out[name] = r
	}
	if good().Method == "GET" {
		_, body, _ = strings.Cut(good().URI, "?")
	}
	for n := range len(body) {
		spoil(fmt.Sprintf("cut after %d bytes", n), body[:n])
	}
	spoil("twice", body+"&"+body)
	spoil("separators", strings.Repeat("&=;%", 500))
	spoil("many fields", strings.Repeat("a=b&", 20_000)+body)
	spoil("nothing but percent signs", strings.Repeat("%", 60_000))
	spoil("NULs", strings.ReplaceAll(body, "1", "\x00"))
	spoil("bytes of no alphabet", body+"\x81\x8d\xff\xfe")
	spoil("braces", strings.Repeat("{\"a\":", 10_000))
	spoil("entities", `<!DOCTYPE a [<!ENTITY b "`+strings.Repeat("c", 1000)+`">]><a>&b;&b;</a>`)
	for _, part := range []string{"session-1", "70000001", "384", "secret-typed"} {
		if strings.Contains(body, part) {
			spoil("long "+part[:3], strings.Replace(body, part, part+strings.Repeat("7", 60_000), 1))
			spoil("without "+part[:3], strings.Replace(body, part, "", 1))
			spoil("NUL in "+part[:3], strings.Replace(body, part, part[:1]+"%00"+part[1:], 1))
			spoil("Latin-1 in "+part[:3], strings.Replace(body, part, part[:1]+"%E9"+part[1:], 1))
			spoil("no alphabet in "+part[:3], strings.Replace(body, part, part[:1]+"%81%FF"+part[1:], 1))
			spoil("line break in "+part[:3], strings.Replace(body, part, part[:1]+"%0D%0A"+part[1:], 1))
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		b := []byte(body)
		for range 1 + random.IntN(6) {
			b[random.IntN(len(b))] = byte(random.UintN(256))
		}
		spoil(fmt.Sprintf("random %d", n), string(b))
	}
	nothing := good()
	nothing.Body, nothing.URI = nil, nothing.Path
	out["nothing at all"] = nothing
	return out
}
