package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"baro/config"
)

// Each rule of the schema: a setting that breaks it, and what is said.
func TestRules(t *testing.T) {
	short := write(t, "short", "k")
	empty := write(t, "empty", "\n")
	for _, c := range []struct{ yaml, want string }{
		{"listen: 8080", "baro.yaml:1: listen: want host:port like 127.0.0.1:8080"},
		{"listen: 127.0.0.1:70000", "baro.yaml:1: listen: a port is a number from 0 to 65535"},
		{"listen: baro.example:80\npublic_url: https://a.example", "baro.yaml:1: listen: the host is an IP address, localhost, or nothing for all"},
		{"listen: [a]", "baro.yaml:1: listen: must be a single value"},
		{"listen: 0.0.0.0:80", "not set: public_url: providers call this address and signatures are checked against it"},
		{"public_url: baro.example", "baro.yaml:1: public_url: want an address that begins with http:// or https:// and a host"},
		{"public_url: http://baro.example", "baro.yaml:1: public_url: must be https: numbers and messages travel over it (http only for this machine)"},
		{"public_url: https://baro.example/path", "baro.yaml:1: public_url: want scheme and host only: hooks are found below it"},
		{"public_url: https://a:b@baro.example", "baro.yaml:1: public_url: credentials have no place in an address: they have settings of their own"},
		{"public_url: https://baro.example:99999", "baro.yaml:1: public_url: a port is a number from 0 to 65535"},
		{"database: mysql://a/b", "baro.yaml:1: database: want sqlite:PATH or postgres://user:password@host/database"},
		{"database: 'sqlite:'", "baro.yaml:1: database: sqlite: needs a path, as in sqlite:data/baro.db"},
		{"database: postgres://host", "baro.yaml:1: database: a postgres address names a host and a database"},
		{"redis: localhost:6379", "baro.yaml:1: redis: want redis://, rediss://, redis+sentinel://h1,h2/master or redis+cluster://h1,h2"},
		{"redis: redis+sentinel://h1,h2", "baro.yaml:1: redis: a sentinel address ends in the master's name, as in redis+sentinel://h1,h2/master"},
		{"redis: redis+cluster://h1,,h2", "baro.yaml:1: redis: a host is missing"},
		{"languages: fr", "baro.yaml:1: languages: must be a list, as in [a, b]"},
		{"languages: []", "baro.yaml:1: languages: at least one is needed"},
		{"languages: [fr, [bm]]", "baro.yaml:1: languages: must be a list of single values"},
		{"languages: [fr, xx]", `baro.yaml:1: languages: there are no texts in "xx"`},
		{"languages: [fr, bm, fr]", `baro.yaml:1: languages: "fr" is named twice`},
		{"default_language: de", `baro.yaml:1: default_language: "de" is not one of languages`},
		{"drafts: [xx]\nlanguages: [fr, xx]", `baro.yaml:1: drafts: there are no texts in "xx"`},
		{"timezone: Bamako", "baro.yaml:1: timezone: want a name of the time zone database like Africa/Bamako"},
		{"quiet_hours: {from: 8pm}", "baro.yaml:1: quiet_hours.from: want a time of day like 07:30"},
		{"quiet_hours: {to: '25:00'}", "baro.yaml:1: quiet_hours.to: a time of day from 00:00 to 24:00: out of range"},
		{"quiet_hours: {friday: '12:30'}", "baro.yaml:1: quiet_hours.friday: want two times like 12:30-14:30"},
		{"quiet_hours: {friday: '14:30-12:30'}", "baro.yaml:1: quiet_hours.friday: the second time must be later on the same day"},
		{"quiet_hours: always", "baro.yaml:1: quiet_hours: must be a mapping of keys"},
		{"trusted_proxies: [proxy.example]", `baro.yaml:1: trusted_proxies: "proxy.example" is no address and no CIDR block`},
		{"trusted_proxies: [10.0.0.1/8]", `baro.yaml:1: trusted_proxies: "10.0.0.1/8" has bits behind its length, 10.0.0.0/8 was meant?`},
		{"rate_limits: {ussd_phone: many}", "baro.yaml:1: rate_limits.ussd_phone: want a rate like 60/1m, 60/1m burst 30, or off"},
		{"rate_limits: {sms_phone: 0/1m}", "baro.yaml:1: rate_limits.sms_phone: a rate of nothing shuts everybody out, off limits nothing: out of range"},
		{"retention: {messages: 30}", "baro.yaml:1: retention.messages: want a time like 90s, 5m, 12h or 30d"},
		{"retention: {answers: 1.5d}", "baro.yaml:1: retention.answers: want a whole number of days like 30d"},
		{"retention: {contacts: -1h}", "baro.yaml:1: retention.contacts: a time before it began: out of range"},
		{"retention: {dialogue: 0}", "baro.yaml:1: retention.dialogue: a dialogue needs some time, and cannot be kept for ever"},
		{"log: {level: loud}", "baro.yaml:1: log.level: one of debug, info, warn, error"},
		{"log: {format: xml}", "baro.yaml:1: log.format: one of text, json"},

		{"listn: a", "baro.yaml:1: listn: unknown key, did you mean listen?"},
		{"chanels: {}", "baro.yaml:1: chanels: unknown key, did you mean channels?"},
		{"log: {colour: red}", "baro.yaml:1: log.colour: unknown key"},
		{"something:", "baro.yaml:1: something: unknown key"},
		{"listen: 127.0.0.1:1\nlisten: 127.0.0.1:2", "baro.yaml:2: listen: is set twice, first in line 1"},
		{"languages: &a [fr]\ndrafts: *a", "baro.yaml:1: languages: anchors and aliases are not supported"},
		{"listen: a\n b: c: d", "baro.yaml:2: not YAML: mapping values are not allowed in this context"},
		{"[a, b]", "baro.yaml:1: must be a mapping of keys"},
		{"? [a]\n: b", "baro.yaml:1: a key must be a word"},
		{"log: {level: info}\n---\nlog: {level: info}", "baro.yaml:2: a second document: one file, one document"},

		{"channels: {Ussd: {provider: smsgate}}", "baro.yaml:1: channels.Ussd: a channel's name has up to 32 of a-z, 0-9, - and _, and begins with a letter or digit"},
		{"channels: {a: {kind: sms}}", "not set: channels.a.provider: one of africastalking, simulator, twilio, orange, orangeussd, myriad, infobip, kannel, smpp, smsgate, rapidpro, http"},
		{"channels: {a: {provider: nexmo}}", "baro.yaml:1: channels.a.provider: unknown provider: one of africastalking, simulator, twilio, orange, orangeussd, myriad, infobip, kannel, smpp, smsgate, rapidpro, http"},
		{"channels: {a: {provider: smsgate, token: t, kind: ussd}}", "baro.yaml:1: channels.a.kind: the provider smsgate has sms"},
		{"channels: {a: {provider: africastalking, code: '*1#'}}", "baro.yaml:1: channels.a.kind: the provider africastalking needs one of ussd, sms"},
		{"channels: {a: {provider: smsgate, token: t, window: 1}}", "baro.yaml:1: channels.a.window: the provider smsgate has no such setting"},
		{"channels: {a: {provider: smsgate, tokn: t}}", "baro.yaml:1: channels.a.tokn: unknown key, did you mean token?"},
		{"channels: {a: {provider: smsgate}}", "baro.yaml:1: channels.a.token: the provider smsgate needs token or username"},
		{"channels: {a: {provider: smsgate, token: t, sim: one}}", "baro.yaml:1: channels.a.sim: want a whole number"},
		{"channels: {a: {provider: twilio, account_sid: AC, auth_token: t}}", "baro.yaml:1: channels.a.from: the provider twilio needs from or messaging_service_sid"},
		{"channels: {a: {provider: twilio, account_sid: AC, auth_token: t, from: '+1', api_url: 'ftp://a'}}", "baro.yaml:1: channels.a.api_url: want an address that begins with http:// or https:// and a host"},
		{"channels: {a: {provider: twilio, account_sid: AC, auth_token: t, from: '+1', default_keywords: maybe}}", "baro.yaml:1: channels.a.default_keywords: want true or false"},
		{"channels: {a: {provider: simulator, kind: ussd, secret: " + secretPart + "}}", "baro.yaml:1: channels.a.code: a USSD channel has a service code, as in *384*96#"},
		{"channels: {a: {provider: simulator, kind: ussd, code: '384', secret: " + secretPart + "}}", "baro.yaml:1: channels.a.code: want a service code like *384*96#"},
		{"channels: {a: {provider: simulator, kind: sms}}", "baro.yaml:1: channels.a.secret: the provider simulator signs nothing: set secret, or allow with its addresses"},
		{"channels: {a: {provider: simulator, kind: sms, secret: short}}", "baro.yaml:1: channels.a.secret: can be guessed: 16 characters or more"},
		{"channels: {a: {provider: simulator, kind: sms, secret: 'with/slash/and/more/letters'}}", "baro.yaml:1: channels.a.secret: is a part of a path: up to 128 of A-Z, a-z, 0-9 and . _ ~ -"},
		{"channels: {a: {provider: simulator, kind: sms, allow: [operator]}}", `baro.yaml:1: channels.a.allow: "operator" is no address and no CIDR block`},
		{"channels: {a: {provider: simulator, kind: sms, secret: " + secretPart + ", profile: wide}}", `baro.yaml:1: channels.a.profile: there is no profile "wide"`},
		{"channels: {a: {provider: simulator, kind: sms, secret: " + secretPart + ", language: xx}}", `baro.yaml:1: channels.a.language: "xx" is not one of languages`},
		{"channels: {a: {provider: http, kind: ussd, code: '*1#', secret: " + secretPart + ", request: POST}}", "baro.yaml:1: channels.a.request: must be a mapping of keys"},
		{"channels: {a: {provider: smsgate, token: t, token_file: f}}", "baro.yaml:1: channels.a.token: is set both inline and as token_file: keep one"},
		{"channels: {a: {provider: smsgate, token_file: " + empty + "}}", "baro.yaml:1: channels.a.token_file: " + empty + " is empty"},
		{"channels: {a-b: {provider: smsgate, token: t}, a_b: {provider: smsgate, token: t}}", "baro.yaml:1: channels.a_b: cannot be told from channel a-b in variables"},
		{"channels: [a]", "baro.yaml:1: channels: must be a mapping of keys"},
		{"channels: {a: smsgate}", "baro.yaml:1: channels.a: must be a mapping of keys"},
	} {
		got := problems(t, serve(t, c.yaml))
		if !strings.Contains("\n"+strings.Join(got, "\n")+"\n", "\n"+c.want+"\n") {
			t.Errorf("%s\n got %q\nwant %q", c.yaml, got, c.want)
		}
		if len(got) > 2 {
			t.Errorf("%s: one mistake, %d complaints: %q", c.yaml, len(got), got)
		}
	}
	o := serve(t, "")
	o.Env = nil
	if got := problems(t, o); !reflect.DeepEqual(got, []string{"not set: secrets.key_file: phone numbers are encrypted with keys derived from it: a file of 32 bytes or more"}) {
		t.Errorf("no key: got %q", got)
	}
	o.Env = []string{"BARO_SECRETS_KEY_FILE=" + short}
	if got := problems(t, o); !reflect.DeepEqual(got, []string{"BARO_SECRETS_KEY_FILE: secrets.key: needs from 32 to 4096 bytes"}) {
		t.Errorf("short key: got %q", got)
	}
	o.Env = []string{"BARO_SECRETS_KEY_FILE=/no/such/file"}
	if got := problems(t, o); len(got) != 1 || !strings.HasPrefix(got[0], "BARO_SECRETS_KEY_FILE: secrets.key_file: open /no/such/file") {
		t.Errorf("missing key file: got %q", got)
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	o := serve(t, "listen: x\nlanguages: [fr, xx]\nwrong: 1\nchannels:\n  a: {provider: nexmo}\n  b: {provider: simulator, kind: sms}\n")
	o.Env = []string{"BARO_LOG_LEVEL=loud"}
	o.Flags = map[string]string{"timezone": "Mars", "nothing": "1"}
	want := []string{
		"baro.yaml:1: listen: want host:port like 127.0.0.1:8080",
		`baro.yaml:2: languages: there are no texts in "xx"`,
		"baro.yaml:3: wrong: unknown key",
		"baro.yaml:5: channels.a.provider: unknown provider: one of africastalking, simulator, twilio, orange, orangeussd, myriad, infobip, kannel, smpp, smsgate, rapidpro, http",
		"baro.yaml:6: channels.b.secret: the provider simulator signs nothing: set secret, or allow with its addresses",
		"--nothing: nothing: unknown key",
		"--timezone: timezone: want a name of the time zone database like Africa/Bamako",
		"BARO_LOG_LEVEL: log.level: one of debug, info, warn, error",
		"not set: secrets.key_file: phone numbers are encrypted with keys derived from it: a file of 32 bytes or more",
	}
	if got := problems(t, o); !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWarnings(t *testing.T) {
	wide := write(t, "key", strings.Repeat("k", 40)+"\n")
	if err := os.Chmod(wide, 0o644); err != nil {
		t.Fatal(err)
	}
	o := serve(t, "secrets: {key_file: "+wide+"}\nlanguages: [fr]\ndrafts: [bm]\nretention: {dialogue: 10m}\nchannels: {a: {provider: smsgate, token: t}}\npublic_url: https://a_b.example\n")
	o.Env = []string{"BARO_LISTNE=x", "BARO_CHANNELS_A_WINDOW=1", "BARO_CHANNELS_A_NONSENSE=1"}
	c, warnings := load(t, o)
	if string(c.Key) != strings.Repeat("k", 40) {
		t.Error("newlines at the end of a key file belong to the key")
	}
	var got []string
	for _, w := range warnings {
		got = append(got, strings.ReplaceAll(strings.ReplaceAll(w.String(), o.File, "baro.yaml"), wide, "KEY"))
	}
	want := []string{
		"baro.yaml:1: secrets.key_file: others than its owner may use KEY, mode 0600 is enough",
		`baro.yaml:3: drafts: "bm" is not one of languages, so its drafts are not shown`,
		"baro.yaml:4: retention.dialogue: shared phones: dialogues should not outlive 5m",
		"baro.yaml:6: public_url: some providers refuse hosts with an underscore",
		"BARO_CHANNELS_A_NONSENSE: unknown variable, ignored",
		"BARO_CHANNELS_A_WINDOW: channels.a.window: the provider smsgate has no such setting, ignored",
		"BARO_LISTNE: unknown variable, ignored",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What production insists on, a demonstration on this machine does without.
func TestModes(t *testing.T) {
	const yaml = "listen: 0.0.0.0:8080\nchannels: {ussd: {provider: africastalking, kind: ussd, code: '*384*96#'}}\n"
	for _, mode := range []config.Mode{config.Demo, config.Tool} {
		o := serve(t, yaml)
		o.Mode, o.Env = mode, nil
		if c, _ := load(t, o); c.PublicURL != "http://127.0.0.1:8080" {
			t.Errorf("mode %d: public_url %s", mode, c.PublicURL)
		}
	}
	o := serve(t, yaml)
	o.Env = nil
	if got := problems(t, o); len(got) != 3 {
		t.Errorf("serve: got %q", got)
	}
	o = serve(t, yaml+"public_url: http://127.0.0.1:8080\n")
	o.Env = append(o.Env, "BARO_CHANNELS_USSD_ALLOW=192.0.2.0/24")
	if c, _ := load(t, o); c.PublicURL != "http://127.0.0.1:8080" || len(c.Channels[0].Allow) != 1 {
		t.Errorf("serve on this machine: got %+v", c)
	}
}

func TestFilesAreBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "baro.yaml")
	if err := os.WriteFile(path, []byte(strings.Repeat("# nothing\n", 200_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := config.Load(config.Options{File: path}); err == nil || !strings.Contains(err.Error(), "1 MB") {
		t.Errorf("got %v", err)
	}
}

// An operator's typing mistake must never end in a panic.
func FuzzLoad(f *testing.F) {
	f.Add(full)
	f.Add("channels: {a: {provider: http, request: {a: [b, {c: d}]}}}")
	f.Add("a: &a [*a]")
	f.Add("? {a: b}\n: - c\n<<: x")
	f.Fuzz(func(t *testing.T, yaml string) {
		c, _, err := config.Load(serve(t, yaml))
		if err != nil {
			return
		}
		var out strings.Builder
		if err := c.Print(&out); err != nil {
			t.Fatal(err)
		}
	})
}
