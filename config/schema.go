package config

import "strings"

// kind is the form of a value.
type kind uint8

const (
	text    kind = iota // a scalar, as it is written
	secret              // a scalar that is never shown; also set by a file's path under the name with _file
	address             // a scalar whose password is never shown; also set by a file
	list                // scalars; in the environment and on the command line with commas
	number              // a whole number from 0
	onOff               // true or false
	link                // an http or https address
	object              // a mapping that the provider reads itself
)

// hasFile reports whether a value of this kind may stand in a file of its own.
func (k kind) hasFile() bool { return k == secret || k == address }

// entry is one key outside of channels.
type entry struct {
	key  string
	kind kind
	def  string
}

// schema is every key outside of channels, in the order in which they are printed.
func schema() []entry {
	return []entry{
		{"listen", text, "127.0.0.1:8080"},
		{"public_url", text, ""}, // http://<listen> where that is this machine only
		{"database", address, "sqlite:data/baro.db"},
		{"redis", address, ""},
		{"secrets.key", secret, ""},
		{"languages", list, "fr,bm,ff,ses,taq,ar,en"},
		{"default_language", text, "fr"},
		{"drafts", list, ""},
		{"timezone", text, "Africa/Bamako"},
		{"quiet_hours.from", text, "20:00"},
		{"quiet_hours.to", text, "07:00"},
		{"quiet_hours.friday", text, "12:30-14:30"},
		{"trusted_proxies", list, ""},
		// A person needs some seconds for a screen; thirty screens at once are a shared phone at a meeting. A channel's limit
		// protects the others on the same machine.
		{"rate_limits.ussd_phone", text, "60/1m burst 30"},
		{"rate_limits.ussd_channel", text, "5000/1s burst 10000"},
		{"rate_limits.sms_phone", text, "30/10m burst 10"},
		{"rate_limits.sms_channel", text, "5000/1s burst 10000"},
		{"retention.dialogue", text, "5m"},
		{"retention.messages", text, "30d"},
		{"retention.answers", text, "30d"},
		{"retention.contacts", text, "365d"},
		{"log.level", text, "info"},
		{"log.format", text, "text"},
	}
}

// common are the settings that every channel has.
func common() []setting {
	return []setting{
		{name: "provider", kind: text}, {name: "kind", kind: text}, {name: "code", kind: text}, {name: "commune", kind: text},
		{name: "profile", kind: text}, {name: "language", kind: text}, {name: "callback", kind: onOff},
		{name: "callback_cost", kind: text},
		{name: "secret", kind: secret}, {name: "allow", kind: list},
		{name: "rank", kind: number}, {name: "prefixes", kind: list}, {name: "prefix_tps", kind: list}, {name: "cost", kind: text}, {name: "cost_steps", kind: list},
		{name: "unconfirmed_after", kind: text},
	}
}

const channelsKey = "channels"

// channelKey splits channels.NAME.SETTING.
func channelKey(key string) (name, setting string, ok bool) {
	rest, ok := strings.CutPrefix(key, channelsKey+".")
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, ".")
}

// envName is the variable of a key.
func envName(key string) string {
	return envPrefix + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(key))
}

const (
	envPrefix     = "BARO_"
	envTestPrefix = "BARO_TEST_" // speaks to the project's tests
)
