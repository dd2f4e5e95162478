package config

import (
	"errors"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// build turns values into settings. What cannot be read is reported and left empty.
func (l *loader) build() Config {
	var c Config
	c.Listen = l.text("listen")
	c.PublicURL = l.text("public_url")
	c.Database = l.secret("database")
	c.Redis = l.secret("redis")
	c.Key = l.secret("secrets.key")
	c.Languages = l.list("languages")
	c.DefaultLanguage = l.text("default_language")
	c.Drafts = l.list("drafts")
	c.TrustedProxies = l.prefixes("trusted_proxies")
	c.QuietHours = QuietHours{Daily: l.daily(), Friday: read(l, "quiet_hours.friday", parseSpan)}
	c.RateLimits = RateLimits{
		USSDPhone: read(l, "rate_limits.ussd_phone", parseRate), USSDChannel: read(l, "rate_limits.ussd_channel", parseRate),
		SMSPhone: read(l, "rate_limits.sms_phone", parseRate), SMSChannel: read(l, "rate_limits.sms_channel", parseRate),
	}
	c.Retention = Retention{
		Dialogue: read(l, "retention.dialogue", parsePeriod), Messages: read(l, "retention.messages", parsePeriod),
		Answers: read(l, "retention.answers", parsePeriod), Contacts: read(l, "retention.contacts", parsePeriod),
	}
	c.Log = Log{Level: l.oneOf("log.level", "debug", "info", "warn", "error"), Format: l.oneOf("log.format", "text", "json")}
	zone, err := time.LoadLocation(l.text("timezone"))
	if err != nil || l.text("timezone") == "" {
		l.wrong(l.values["timezone"], "timezone", "want a name of the time zone database like Africa/Bamako")
	}
	c.Timezone = zone
	for _, name := range l.channelNames() {
		if ch, ok := l.channel(name); ok {
			c.Channels = append(c.Channels, ch)
		}
	}
	return c
}

// daily reads the quiet hours of every day; both empty are none.
func (l *loader) daily() Span {
	if l.text("quiet_hours.from") == "" && l.text("quiet_hours.to") == "" {
		return Span{}
	}
	span := Span{From: read(l, "quiet_hours.from", parseClock), To: read(l, "quiet_hours.to", parseClock)}
	span.From, span.To = span.From%(24*60), span.To%(24*60)
	return span
}

// channel reads one channel. Without a provider that is known nothing can be said about its other settings.
func (l *loader) channel(name string) (ch Channel, ok bool) {
	head := channelsKey + "." + name + "."
	at, set := l.values[head+"provider"]
	if !set {
		l.missing(head+"provider", "one of %s", strings.Join(providerNames(), ", "))
		return ch, false
	}
	p, known := findProvider(l.text(head + "provider"))
	if !known {
		l.wrong(at, head+"provider", "unknown provider: one of %s", strings.Join(providerNames(), ", "))
		return ch, false
	}
	ch = Channel{Name: name, Provider: p.name, Settings: make(map[string]any)}
	for _, key := range slices.Sorted(maps.Keys(l.values)) {
		word, mine := strings.CutPrefix(key, head)
		if !mine {
			continue
		}
		s, _, has := p.find(word)
		switch {
		case !has && l.values[key].layer == fromEnv:
			l.warn(l.values[key], key, "the provider %s has no such setting, ignored", p.name)
			delete(l.values, key)
		case !has:
			l.wrong(l.values[key], key, "the provider %s has no such setting", p.name)
		case slices.ContainsFunc(p.settings, func(own setting) bool { return own.name == s.name }):
			ch.Settings[s.name] = l.setting(key, s.kind)
		}
	}
	ch.Kind = l.kindOf(head, p)
	ch.Code, ch.Commune = l.text(head+"code"), l.text(head+"commune")
	ch.Profile, ch.Language = l.text(head+"profile"), l.text(head+"language")
	ch.Callback, _ = l.setting(head+"callback", onOff).(bool)
	ch.CallbackCost = l.cost(head + "callback_cost")
	ch.Secret = l.secret(head + "secret")
	ch.Allow = l.prefixes(head + "allow")
	ch.Way = l.way(head, ch.Kind)
	l.needed(ch, p, at)
	return ch, true
}

// cost reads "free" or whole francs; nil when it is not set.
func (l *loader) cost(key string) *int64 {
	text := l.text(key)
	if text == "" {
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if text == "free" {
		n, err = 0, nil
	}
	if err != nil || n < 0 {
		l.wrong(l.values[key], key, "want free, or whole francs CFA")
		return nil
	}
	return &n
}

func (l *loader) kindOf(head string, p provider) string {
	key := head + "kind"
	if _, set := l.values[key]; !set {
		if len(p.kinds) == 1 {
			return p.kinds[0]
		}
		l.wrong(l.values[head+"provider"], key, "the provider %s needs one of %s", p.name, strings.Join(p.kinds, ", "))
		return ""
	}
	kind := l.text(key)
	if !slices.Contains(p.kinds, kind) {
		l.wrong(l.values[key], key, "the provider %s has %s", p.name, strings.Join(p.kinds, ", "))
		return ""
	}
	return kind
}

// needed reports the settings that the provider cannot do without.
func (l *loader) needed(ch Channel, p provider, at value) {
	for _, s := range p.settings {
		if s.need == "" || s.need != "any" && s.need != ch.Kind {
			continue
		}
		has := func(name string) bool { _, set := ch.Settings[name]; return set }
		if has(s.name) || s.or != "" && has(s.or) {
			continue
		}
		name := s.name
		if s.or != "" {
			name += " or " + s.or
		}
		l.wrong(at, channelsKey+"."+ch.Name+"."+s.name, "the provider %s needs %s", p.name, name)
	}
}

// setting reads a value of any kind; nil when it is not set.
func (l *loader) setting(key string, k kind) any {
	v, set := l.values[key]
	if !set {
		return nil
	}
	switch k {
	case secret, address:
		return l.secret(key)
	case list:
		return l.list(key)
	case number:
		return read(l, key, func(s string) (int, error) {
			n, err := strconv.ParseUint(s, 10, 31)
			if err != nil {
				return 0, errNumber
			}
			return int(n), nil
		})
	case onOff:
		return read(l, key, func(s string) (bool, error) {
			switch strings.ToLower(s) {
			case "true", "yes", "on":
				return true, nil
			case "false", "no", "off":
				return false, nil
			}
			return false, errOnOff
		})
	case link:
		return read(l, key, func(s string) (string, error) { _, err := parseLink(s); return strings.TrimSuffix(s, "/"), err })
	case object:
		return l.object(key, v)
	}
	return l.text(key)
}

// object takes a mapping as it is written: scalars stay text, so that 0 and 007 are what was meant.
func (l *loader) object(key string, v value) map[string]any {
	node := v.node
	if v.layer != fromFile { // one variable holds a whole mapping, in YAML or JSON
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(node.Value), &doc); err != nil || len(doc.Content) == 0 || hasAlias(&doc) {
			l.wrong(v, key, "want a mapping in YAML or JSON")
			return nil
		}
		node = doc.Content[0]
	}
	if node.Kind != yaml.MappingNode {
		l.wrong(v, key, "must be a mapping of keys")
		return nil
	}
	m, _ := plain(node, 0).(map[string]any)
	return m
}

var (
	errNumber = errors.New("want a whole number")
	errOnOff  = errors.New("want true or false")
)

// maxDepth is deeper than any setting goes.
const maxDepth = 16

func plain(node *yaml.Node, depth int) any {
	switch {
	case depth > maxDepth:
		return nil
	case node.Kind == yaml.SequenceNode:
		out := make([]any, len(node.Content))
		for i, item := range node.Content {
			out[i] = plain(item, depth+1)
		}
		return out
	case node.Kind == yaml.MappingNode:
		out := make(map[string]any, len(node.Content)/2)
		for i := 0; i+1 < len(node.Content); i += 2 {
			out[node.Content[i].Value] = plain(node.Content[i+1], depth+1)
		}
		return out
	}
	return node.Value
}

// text is a scalar as it is written, "" when it is not set.
func (l *loader) text(key string) string {
	v, set := l.values[key]
	if !set {
		return ""
	}
	if v.node.Kind != yaml.ScalarNode {
		l.wrongOnce(v, key, "must be a single value")
		return ""
	}
	return strings.TrimSpace(v.node.Value)
}

// secret is a scalar, or the content of the file that it names.
func (l *loader) secret(key string) Secret {
	v, set := l.values[key]
	if !set || !v.file {
		return Secret(l.text(key))
	}
	path := l.text(key)
	s, wide, err := readSecret(path)
	if err != nil {
		l.wrong(v, key+"_file", "%v", err)
		return ""
	}
	if wide {
		l.warn(v, key+"_file", "others than its owner may use %s, mode 0600 is enough", path)
	}
	return s
}

// list is a sequence of scalars; outside of files it is written with commas.
func (l *loader) list(key string) []string {
	v, set := l.values[key]
	if !set {
		return nil
	}
	var items []string
	switch {
	case v.node.Kind == yaml.SequenceNode:
		for _, item := range v.node.Content {
			if item.Kind != yaml.ScalarNode {
				l.wrongOnce(v, key, "must be a list of single values")
				return nil
			}
			items = append(items, strings.TrimSpace(item.Value))
		}
	case v.node.Kind == yaml.ScalarNode && (v.layer != fromFile || v.node.Value == ""):
		for item := range strings.SplitSeq(v.node.Value, ",") {
			if item = strings.TrimSpace(item); item != "" {
				items = append(items, item)
			}
		}
	default:
		l.wrongOnce(v, key, "must be a list, as in [a, b]")
	}
	return items
}

func (l *loader) prefixes(key string) []netip.Prefix {
	var out []netip.Prefix
	for _, item := range l.list(key) {
		p, err := parsePrefix(item)
		if err != nil {
			l.wrong(l.values[key], key, "%v", err)
			continue
		}
		out = append(out, p)
	}
	return out
}

func (l *loader) oneOf(key string, words ...string) string {
	word := strings.ToLower(l.text(key))
	if !slices.Contains(words, word) {
		l.wrong(l.values[key], key, "one of %s", strings.Join(words, ", "))
	}
	return word
}

// read parses a scalar; a mistake is reported at its place.
func read[T any](l *loader, key string, parse func(string) (T, error)) T {
	v, err := parse(l.text(key))
	if err != nil {
		l.wrong(l.values[key], key, "%v", err)
	}
	return v
}

// wrongOnce is for keys that are read more than once.
func (l *loader) wrongOnce(v value, key, text string) {
	if !slices.ContainsFunc(l.problems, func(p Problem) bool { return p.Key == key && p.Text == text }) {
		l.wrong(v, key, "%s", text)
	}
}
