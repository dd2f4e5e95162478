package browser

import (
	"crypto/subtle"
	"errors"
	"strconv"
	"strings"
	"time"

	"baro/gateway/channel"
)

// tokenParam is the query parameter of a link's token.
const tokenParam = "t"

// Bounds of tokens, in bytes.
const (
	maxToken  = 128
	minSigned = 16
)

// errOld says that a link is ours and cannot be followed any more.
var errOld = errors.New("browser: old link")

// A link is what a token says: the place of the screen it stood on, the key it stands for — none for a form — and when it
// was made. Whose it is goes into the signature alone.
type link struct {
	place string
	key   string
	at    int64 // minutes since 1970
}

// token writes a link as PLACE.KEY.MINUTE.SIGNATURE. Nothing in it needs an escape in a URL.
func (p *Provider) token(place, key string, c caller) string {
	minute := strconv.FormatInt(p.Now().Unix()/60, 36)
	return place + "." + key + "." + minute + "." + p.sign(place, key, minute, c)
}

func (p *Provider) sign(place, key, minute string, c caller) string {
	return p.Sign(p.Channel, c.session, c.number.E164(), place, key, minute)[:minSigned]
}

// open checks and reads a token.
func (p *Provider) open(raw string, c caller) (link, error) {
	parts := strings.Split(raw, ".")
	if len(raw) > maxToken || len(parts) != 4 {
		return link{}, channel.ErrForged
	}
	place, key, minute, signature := parts[0], parts[1], parts[2], parts[3]
	if subtle.ConstantTimeCompare([]byte(signature), []byte(p.sign(place, key, minute, c))) != 1 {
		return link{}, channel.ErrForged
	}
	at, err := strconv.ParseInt(minute, 36, 64)
	if err != nil {
		return link{}, channel.ErrForged
	}
	if p.Now().Sub(time.Unix(at*60, 0)) > p.Life {
		return link{}, errOld
	}
	return link{place: place, key: key, at: at}, nil
}
