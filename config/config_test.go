package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"baro/config"
)

const secretPart = "k3-long_and.unguessable"

// write puts a file into a folder of the test's own and returns its path.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func known(words ...string) func(string) bool {
	return func(word string) bool {
		for _, w := range words {
			if w == word {
				return true
			}
		}
		return false
	}
}

// serve are the options of production with what it cannot do without.
func serve(t testing.TB, yaml string) config.Options {
	t.Helper()
	return config.Options{
		Mode: config.Serve, File: write(t, "baro.yaml", yaml),
		Env:      []string{"BARO_SECRETS_KEY=" + strings.Repeat("k", 32)},
		Language: known("fr", "bm", "ff", "ses", "taq", "ar", "en"), Profile: known("ussd", "ussd182", "sms", "sms-ascii"),
	}
}

func load(t testing.TB, o config.Options) (config.Config, []config.Warning) {
	t.Helper()
	c, warnings, err := config.Load(o)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return c, warnings
}

// problems loads and returns what is wrong, with the file's folder cut off.
func problems(t testing.TB, o config.Options) []string {
	t.Helper()
	_, _, err := config.Load(o)
	var all config.Problems
	if err != nil && !errors.As(err, &all) {
		t.Fatalf("not a list of problems: %v", err)
	}
	var out []string
	for _, p := range all {
		out = append(out, strings.ReplaceAll(p.String(), o.File, "baro.yaml"))
	}
	return out
}

func TestDefaults(t *testing.T) {
	c, warnings := load(t, serve(t, ""))
	bamako, err := time.LoadLocation("Africa/Bamako")
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Listen: "127.0.0.1:8080", PublicURL: "http://127.0.0.1:8080", Database: "sqlite:data/baro.db", Key: config.Secret(strings.Repeat("k", 32)),
		Languages: []string{"fr", "bm", "ff", "ses", "taq", "ar", "en"}, DefaultLanguage: "fr", Timezone: bamako,
		QuietHours: config.QuietHours{Daily: config.Span{From: 20 * 60, To: 7 * 60}, Friday: config.Span{From: 750, To: 870}},
		RateLimits: config.RateLimits{
			USSDPhone: config.Rate{Events: 60, Per: time.Minute, Burst: 30}, USSDChannel: config.Rate{Events: 5000, Per: time.Second, Burst: 10000},
			SMSPhone: config.Rate{Events: 30, Per: 10 * time.Minute, Burst: 10}, SMSChannel: config.Rate{Events: 5000, Per: time.Second, Burst: 10000},
		},
		Retention: config.Retention{Dialogue: 5 * time.Minute, Messages: 30 * 24 * time.Hour, Answers: 30 * 24 * time.Hour, Contacts: 365 * 24 * time.Hour},
		Log:       config.Log{Level: "info", Format: "text"},
	}
	got := c
	if !equal(got, want) {
		t.Errorf("got  %#v\nwant %#v", got, want)
	}
	if len(warnings) != 0 {
		t.Errorf("warnings: %v", warnings)
	}
}

// equal compares all exported fields; secrets by their content.
func equal(a, b config.Config) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range x.NumField() {
		if f := x.Type().Field(i); f.IsExported() && !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			return false
		}
	}
	return true
}

const full = `
listen: 0.0.0.0:9000
public_url: https://baro.example/
database: postgres://baro:pg-password@db/baro?sslmode=disable
redis: redis+sentinel://:redis-password@h1:26379,h2/master
languages: [fr, bm]
default_language: bm
drafts: [bm]
timezone: UTC
quiet_hours: {from: 21:30, to: 06:00, friday: ""}
trusted_proxies: [10.0.0.0/8, 127.0.0.1]
rate_limits: {ussd_phone: 10/1m, ussd_channel: off}
retention: {messages: 7d, contacts: 0}
log: {level: DEBUG, format: json}
channels:
  ussd: {provider: africastalking, kind: ussd, code: "*384*96#", commune: ML0417, secret: k3-long_and.unguessable, profile: ussd182, callback: yes}
  sms: {provider: twilio, account_sid: AC1, auth_token: twilio-token, from: "+15005550006", api_url: "http://127.0.0.1:4010/"}
  smsc: {provider: smpp, kind: sms, address: "127.0.0.1:2775", system_id: s, password: smpp-password, from: "36036", tps: 50, window: 0100}
  hub:
    provider: http
    kind: ussd
    code: "*384*96#"
    allow: [192.0.2.0/24, "2001:db8::1"]
    language: fr
    request: {method: POST, fields: {session: [id, 007]}}
    answer: {continue: '{"a":{{text}}}', status: 200}
    cancel: [^abort]
`

func TestFile(t *testing.T) {
	c, _ := load(t, serve(t, full))
	if c.Listen != "0.0.0.0:9000" || c.PublicURL != "https://baro.example" || c.DefaultLanguage != "bm" || c.Timezone != time.UTC ||
		c.Log != (config.Log{Level: "debug", Format: "json"}) || string(c.Redis) != "redis+sentinel://:redis-password@h1:26379,h2/master" {
		t.Errorf("got %+v", c)
	}
	if want := (config.QuietHours{Daily: config.Span{From: 21*60 + 30, To: 6 * 60}}); c.QuietHours != want || !c.QuietHours.Friday.Empty() {
		t.Errorf("quiet hours %+v", c.QuietHours)
	}
	if c.RateLimits.USSDPhone != (config.Rate{Events: 10, Per: time.Minute, Burst: 10}) || c.RateLimits.USSDChannel != (config.Rate{}) || c.RateLimits.SMSPhone.Burst != 10 {
		t.Errorf("rates %+v", c.RateLimits)
	}
	if c.Retention.Messages != 7*24*time.Hour || c.Retention.Contacts != 0 || c.Retention.Answers != 30*24*time.Hour {
		t.Errorf("retention %+v", c.Retention)
	}
	if want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}; !reflect.DeepEqual(c.TrustedProxies, want) {
		t.Errorf("proxies %v", c.TrustedProxies)
	}
	want := []config.Channel{
		{Name: "hub", Provider: "http", Kind: "ussd", Code: "*384*96#", Language: "fr",
			Allow: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::1/128")},
			Settings: map[string]any{
				"request": map[string]any{"method": "POST", "fields": map[string]any{"session": []any{"id", "007"}}},
				"answer":  map[string]any{"continue": `{"a":{{text}}}`, "status": "200"},
				"cancel":  []string{"^abort"},
			}},
		{Name: "sms", Provider: "twilio", Kind: "sms", Settings: map[string]any{
			"account_sid": "AC1", "auth_token": config.Secret("twilio-token"), "from": "+15005550006", "api_url": "http://127.0.0.1:4010"}},
		{Name: "smsc", Provider: "smpp", Kind: "sms", Settings: map[string]any{
			"address": "127.0.0.1:2775", "system_id": "s", "password": config.Secret("smpp-password"), "from": "36036", "tps": 50, "window": 100}},
		{Name: "ussd", Provider: "africastalking", Kind: "ussd", Code: "*384*96#", Commune: "ML0417", Profile: "ussd182", Callback: true,
			Secret: secretPart, Settings: map[string]any{}},
	}
	if !reflect.DeepEqual(c.Channels, want) {
		t.Errorf("channels\n got %#v\nwant %#v", c.Channels, want)
	}
	smsc := c.Channels[2]
	if smsc.Text("from") != "36036" || smsc.Number("tps") != 50 || string(smsc.Secretly("password")) != "smpp-password" || smsc.On("tls") || smsc.Text("none") != "" {
		t.Error("settings are not found by name")
	}
}

func TestJSONIsAccepted(t *testing.T) {
	c, _ := load(t, serve(t, `{"listen": "127.0.0.1:1", "channels": {"phone": {"provider": "smsgate", "token": "t"}}}`))
	if c.Listen != "127.0.0.1:1" || len(c.Channels) != 1 || c.Channels[0].Kind != "sms" {
		t.Errorf("got %+v", c)
	}
}

func TestStrongerLayersWin(t *testing.T) {
	token := write(t, "token", "from-a-file\n\r\n")
	o := serve(t, `
listen: 127.0.0.1:1
default_language: bm
languages: [fr, bm, en]
timezone:
channels:
  my-sms: {provider: twilio, account_sid: AC1, auth_token: inline, from: "+1"}
`)
	o.Defaults = map[string]string{"rate_limits.ussd_phone": "off", "log.level": "warn", "channels.demo.provider": "simulator", "channels.demo.kind": "sms", "channels.demo.secret": secretPart}
	o.Env = append(o.Env,
		"BARO_LISTEN=127.0.0.1:2", "BARO_LANGUAGES=fr, bm", "BARO_LOG_LEVEL=error", "BARO_REDIS=", "BARO_TEST_REQUIRE=redis", "OTHER=1",
		"BARO_CHANNELS_MY_SMS_AUTH_TOKEN_FILE="+token, "BARO_CHANNELS_MY_SMS_TPS=7",
		"BARO_CHANNELS_HUB_TWO_PROVIDER=http", "BARO_CHANNELS_HUB_TWO_KIND=ussd", "BARO_CHANNELS_HUB_TWO_CODE=*1#",
		"BARO_CHANNELS_HUB_TWO_SECRET="+secretPart, `BARO_CHANNELS_HUB_TWO_REQUEST={"body": "json"}`)
	o.Flags = map[string]string{"listen": "127.0.0.1:3"}
	c, warnings := load(t, o)
	if c.Listen != "127.0.0.1:3" || !reflect.DeepEqual(c.Languages, []string{"fr", "bm"}) || c.DefaultLanguage != "bm" || c.Log.Level != "error" ||
		c.RateLimits.USSDPhone != (config.Rate{}) || c.Timezone.String() != "Africa/Bamako" || c.Redis != "" {
		t.Errorf("got %+v", c)
	}
	if len(warnings) != 0 {
		t.Errorf("warnings: %v", warnings)
	}
	if len(c.Channels) != 3 {
		t.Fatalf("channels %+v", c.Channels)
	}
	demo, hub, sms := c.Channels[0], c.Channels[1], c.Channels[2]
	if demo.Name != "demo" || hub.Name != "hub_two" || hub.Code != "*1#" || !reflect.DeepEqual(hub.Settings["request"], map[string]any{"body": "json"}) {
		t.Errorf("got %+v, %+v", demo, hub)
	}
	if string(sms.Secretly("auth_token")) != "from-a-file" || sms.Number("tps") != 7 {
		t.Errorf("got %+v", sms)
	}
	var printed strings.Builder
	if err := c.Print(&printed); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"listen: 127.0.0.1:3  # --listen\n", "languages: [fr, bm]  # BARO_LANGUAGES\n", "default_language: bm  # " + o.File + ":3\n",
		"timezone: Africa/Bamako  # default\n", "  ussd_phone: \"off\"  # demo\n", "channels:\n  demo:\n", "  my-sms:\n    account_sid: AC1  # " + o.File + ":7\n",
		"    auth_token_file: " + token + "  # BARO_CHANNELS_MY_SMS_AUTH_TOKEN_FILE\n", "secrets:\n  key: '[redacted]'  # BARO_SECRETS_KEY\n",
	} {
		if !strings.Contains(printed.String(), line) {
			t.Errorf("print lacks %q:\n%s", line, printed.String())
		}
	}
}

func TestFirstFileThatExistsIsRead(t *testing.T) {
	second, third := write(t, "second.yaml", "listen: 127.0.0.1:2\n"), write(t, "third.yaml", "listen: 127.0.0.1:3\n")
	c, _ := load(t, config.Options{Search: []string{filepath.Join(t.TempDir(), "none.yaml"), second, third}})
	if c.Listen != "127.0.0.1:2" {
		t.Errorf("got %s", c.Listen)
	}
	if c, _ = load(t, config.Options{Search: []string{filepath.Join(t.TempDir(), "none.yaml")}}); c.Listen != "127.0.0.1:8080" {
		t.Errorf("without any file: got %s", c.Listen)
	}
	if _, _, err := config.Load(config.Options{File: filepath.Join(t.TempDir(), "none.yaml"), Search: []string{second}}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that was asked for and is not there: got %v", err)
	}
}

// What is secret appears neither printed, nor logged, nor marshalled, nor in a problem.
func TestSecretsAreNotTold(t *testing.T) {
	o := serve(t, full)
	c, _ := load(t, o)
	var out strings.Builder
	if err := c.Print(&out); err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("config", "config", c, "key", c.Key, "secret", c.Channels[3].Secret)
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&out, "%s %v %+v %#v %s %x %q", encoded, c, c, c, c.Key, c.Key, c.Database)
	_, _, err = config.Load(serve(t, strings.NewReplacer("postgres://", "mysql://", "redis+sentinel://", "memcache://", "code: \"*384*96#\"", "code: nonsense", "tps: 50", "tps: many").Replace(full)+"    wrong: a-wrong-secret\n"))
	fmt.Fprint(&out, err)
	for _, secret := range []string{"kkkkkkkk", "pg-password", "redis-password", secretPart, "twilio-token", "smpp-password", "a-wrong-secret", "6b6b6b6b"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%q is told in\n%s", secret, out.String())
		}
	}
	if !strings.Contains(out.String(), "postgres://baro:xxxxx@db/baro") {
		t.Error("the database's address is not shown without its password")
	}
}

func TestWhatIsPrintedReadsTheSame(t *testing.T) {
	first, _ := load(t, serve(t, "quiet_hours: {from: '21:30'}\ndrafts: [bm]\nchannels: {phone: {provider: smsgate, sim: 2, token_file: "+write(t, "token", "t")+"}}\n"))
	var out strings.Builder
	if err := first.Print(&out); err != nil {
		t.Fatal(err)
	}
	second, _ := load(t, serve(t, strings.ReplaceAll(out.String(), "  key: '[redacted]'", "  #")))
	if !equal(first, second) {
		t.Errorf("printed\n%s\nread as %+v", out.String(), second)
	}
}
