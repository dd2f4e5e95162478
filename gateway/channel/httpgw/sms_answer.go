package httpgw

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
	"baro/gateway/channel/wire"
)

// An answered is how the answer to a send is read.
type answered struct {
	reads    string // json, xml, form, text; none: the status is all
	good     []int  // statuses of success; empty: 200 to 299
	fields   map[string][]string
	okEquals []string // what field ok has to hold; nil: anything
	patterns map[string]*regexp.Regexp
	codes    map[string]verdict
	statuses map[string]verdict
}

// A verdict is what a code of the gateway means.
type verdict struct {
	outcome channel.Outcome
	class   channel.Class
	after   time.Duration
}

// answerFields are the names of what an answer tells: a field or, in a text, what a pattern's first group holds.
func answerFields() []string { return []string{"ok", "id", "parts", "code"} }

func compileAnswered(s *settings) (a answered) {
	const at = "send.answer"
	a.reads = s.oneOf(at+".body", "json", "json", "xml", "form", "text", "none")
	for _, text := range s.list(at + ".status") {
		status, err := strconv.Atoi(text)
		if err != nil || status < 200 || status > 299 {
			s.wrong(at+".status", "statuses from 200 to 299 are expected")
		}
		a.good = append(a.good, status)
	}
	a.fields, a.patterns = map[string][]string{}, map[string]*regexp.Regexp{}
	for _, name := range answerFields() {
		key := at + "." + name
		places := s.list(key)
		if a.reads != "text" {
			a.fields[name] = places
			continue
		}
		if pattern := s.text(key, ""); pattern != "" {
			compiled, err := regexp.Compile(pattern)
			if err != nil || name != "ok" && compiled.NumSubexp() != 1 {
				s.wrong(key, "a pattern is expected, with one group but for ok")
				continue
			}
			a.patterns[name] = compiled
		}
	}
	a.okEquals = s.list(at + ".equals")
	if a.reads != "none" && len(a.fields["ok"])+len(a.fields["id"]) == 0 && a.patterns["ok"] == nil && a.patterns["id"] == nil {
		s.wrong(at, "ok or id is needed to tell a success, or body: none")
	}
	a.codes, a.statuses = compileVerdicts(s, at+".classes"), compileVerdicts(s, at+".statuses")
	return a
}

func compileVerdicts(s *settings, key string) map[string]verdict {
	out := map[string]verdict{}
	for _, code := range s.below(key) {
		v, ok := parseVerdict(s.text(key+"."+code, ""))
		if !ok {
			s.wrong(key+"."+code, "accepted, unknown_fate, a class or retry with a class and a time is expected, the classes are %s", classNames())
		}
		out[strings.ToLower(code)] = v
	}
	return out
}

// parseVerdict reads "no_credit", "retry provider_down 30s", "accepted" or "unknown_fate".
func parseVerdict(words string) (v verdict, ok bool) {
	parts := strings.Fields(words)
	v.outcome = channel.Refused
	switch {
	case len(parts) == 0:
		return v, false
	case parts[0] == "accepted":
		return verdict{outcome: channel.Accepted}, len(parts) == 1
	case parts[0] == "unknown_fate":
		return verdict{outcome: channel.Unknown, class: channel.ClassProviderDown}, len(parts) == 1
	case parts[0] == "retry" && len(parts) >= 2:
		v.outcome, v.after, parts = channel.RetryAfter, time.Second, parts[1:]
		if len(parts) == 2 {
			d, err := time.ParseDuration(parts[1])
			if err != nil || d < time.Second || d > time.Hour {
				return v, false
			}
			v.after, parts = d, parts[:1]
		}
	}
	v.class = channel.Class(parts[0])
	return v, len(parts) == 1 && slices.Contains(classes(), v.class)
}

func (v verdict) result(a httpsend.Answer, now time.Time, what string) channel.Result {
	r := channel.Result{Outcome: v.outcome, Class: v.class, After: v.after}
	if v.outcome == channel.RetryAfter {
		r.After = max(a.After(now), v.after)
	}
	if v.outcome != channel.Accepted {
		r.Err = fmt.Errorf("http: answered %d, %s", a.Status, what)
	}
	return r
}

// judge sorts an answer. A 5xx says nothing about the message, whatever stands in it, unless the data say so of its status.
func (a answered) judge(answer httpsend.Answer, now time.Time) channel.Result {
	if v, ok := a.statuses[strconv.Itoa(answer.Status)]; ok {
		r := v.result(answer, now, "a status with a rule")
		if told, err := a.read(answer.Body); err == nil && v.outcome == channel.Accepted {
			r.ProviderID = told.id()
		}
		return r
	}
	byStatus := answer.ByStatus(now)
	if byStatus != nil && (answer.Status < 400 || answer.Status >= 500) {
		return *byStatus
	}
	unread := channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown, Err: errors.New("http: success that cannot be read")}
	told, err := a.read(answer.Body)
	if err != nil {
		if byStatus != nil {
			return *byStatus
		}
		return unread
	}
	if code := strings.ToLower(wire.Word(told.code)); code != "" && (byStatus != nil || !told.ok) {
		if v, known := a.codes[code]; known {
			return v.result(answer, now, "code "+code)
		}
	}
	switch {
	case byStatus != nil:
		return *byStatus
	case len(a.good) > 0 && !slices.Contains(a.good, answer.Status):
		return unread
	case told.ok:
		return channel.Result{Outcome: channel.Accepted, ProviderID: told.id(), Parts: told.parts}
	case told.denied || told.code != "":
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassUnknown, Err: errors.New("http: refused with a code of no class")}
	}
	return unread
}

// A told is what an answer says.
type told struct {
	ok     bool // by its own rule
	denied bool // the field of the rule is there and says otherwise
	given  string
	code   string
	parts  int
}

func (t told) id() string {
	if id := strings.TrimSpace(t.given); wire.Plain(id, maxMessageID) {
		return id
	}
	return ""
}

func (a answered) read(body []byte) (t told, err error) {
	switch a.reads {
	case "none":
		return told{ok: true}, nil
	case "text":
		text, ok := wire.Text(string(body))
		if !ok {
			return t, wire.Invalid("answer")
		}
		t.given, t.code = a.group("id", text), a.group("code", text)
		t.parts, _ = strconv.Atoi(a.group("parts", text))
		if p := a.patterns["ok"]; p != nil {
			t.ok = p.MatchString(text)
		} else {
			t.ok = t.given != ""
		}
		return t, nil
	}
	doc, err := parse(a.reads, &channel.Request{Method: http.MethodPost, Body: body})
	if err != nil {
		return t, err
	}
	in := incoming{doc: doc, fields: a.fields}
	t.given, t.code = in.get("id"), in.get("code")
	t.parts, _ = strconv.Atoi(in.get("parts"))
	t.parts = max(t.parts, 0)
	if len(a.fields["ok"]) == 0 {
		t.ok = t.given != ""
		return t, nil
	}
	value, there := in.find("ok")
	t.ok = there && (len(a.okEquals) == 0 || slices.ContainsFunc(a.okEquals, func(want string) bool { return strings.EqualFold(want, strings.TrimSpace(value)) }))
	t.denied = there && !t.ok
	return t, nil
}

func (a answered) group(name, text string) string {
	if p := a.patterns[name]; p != nil {
		if found := p.FindStringSubmatch(text); len(found) == 2 {
			return found[1]
		}
	}
	return ""
}
