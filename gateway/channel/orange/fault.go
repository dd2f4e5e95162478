package orange

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"baro/gateway/channel"
)

// Codes of the gateway in front of the API, with a 401.
const (
	codeInvalid = 41 // credentials nobody knows
	codeExpired = 42 // credentials that were good
)

// A fault is what an error answer says: an exception of GSMA OneAPI, or a code of the gateway.
type fault struct {
	id   string // SVC0004, POL0001; empty: none was given
	code int
}

// readFault never fails: what is no error of Orange's says nothing.
func readFault(body []byte) fault {
	type exception struct {
		ID string `json:"messageId"`
	}
	var a struct {
		Code    json.Number `json:"code"`
		Request struct {
			Service *exception `json:"serviceException"`
			Policy  *exception `json:"policyException"`
		} `json:"requestError"`
	}
	if json.Unmarshal(body, &a) != nil {
		return fault{}
	}
	code, _ := a.Code.Int64()
	f := fault{code: int(code)}
	for _, e := range []*exception{a.Request.Service, a.Request.Policy} {
		if e != nil && f.id == "" {
			f.id = knownForm(e.ID)
		}
	}
	return f
}

// knownForm keeps an id that looks like one: it gets into logs.
func knownForm(id string) string {
	id = strings.ToUpper(strings.TrimSpace(id))
	if len(id) != 7 || !strings.HasPrefix(id, "SVC") && !strings.HasPrefix(id, "POL") || strings.Trim(id[3:], "0123456789") != "" {
		return ""
	}
	return id
}

// result sorts an exception. A policy exception does not say whether credit or rate is at its end; credit is the one that
// somebody has to act on.
func (f fault) result(after time.Duration) channel.Result {
	r := channel.Result{Outcome: channel.Refused, Class: channel.ClassUnknown, Err: fmt.Errorf("orange: refused with %s", f.id)}
	switch f.id {
	case "SVC0002", "SVC0003", "SVC0280", "POL0003":
		r.Class = channel.ClassConfig
	case "SVC0004":
		r.Class = channel.ClassBadNumber
	case "SVC1000":
		r.Outcome, r.Class, r.After = channel.RetryAfter, channel.ClassProviderDown, max(after, afterTrouble)
	case "POL0001":
		r.Class = channel.ClassNoCredit
	}
	return r
}
