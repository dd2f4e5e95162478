package identity

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func number(t testing.TB, raw string) MSISDN {
	t.Helper()
	m, err := Parse(raw)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return m
}

func TestMasked(t *testing.T) {
	for raw, want := range map[string]string{
		"+22370123401":   "+223 70 •• •• 01",
		"+33612345678":   "+33 61 •• •• • 78",
		"+2250701020304": "+225 07 •• •• •• 04",
		"+15005550006":   "+1 50 •• •• •• 06",
	} {
		if got := number(t, raw).Masked(); got != want {
			t.Errorf("Masked(%s) = %q, want %q", raw, got, want)
		}
	}
	short, err := trusted([]byte("+2907123"))
	if err != nil {
		t.Fatal(err)
	}
	if got := short.Masked(); got != "+290 •• ••" {
		t.Errorf("a short number keeps no digits; got %q", got)
	}
}

// No way of printing a number, or something that holds one, gives more of it than the mask.
func TestNumberNeverLeaks(t *testing.T) {
	const secret = "70123401"
	m := number(t, "+223"+secret)
	type holder struct {
		Public MSISDN
		hidden MSISDN
		Ptr    *MSISDN
	}
	h := holder{Public: m, hidden: m, Ptr: &m}
	out := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%o", "%b", "%c", "%U", "%e", "%t"} {
		out["number "+verb] = fmt.Sprintf(verb, m)
		out["pointer "+verb] = fmt.Sprintf(verb, &m)
		out["struct "+verb] = fmt.Sprintf(verb, h)
		out["slice "+verb] = fmt.Sprintf(verb, []MSISDN{m})
		out["map "+verb] = fmt.Sprintf(verb, map[MSISDN]any{m: h})
	}
	for name, f := range map[string]func(any) ([]byte, error){"json": json.Marshal, "xml": xml.Marshal, "yaml": yaml.Marshal} {
		b, err := f(holder{Public: m, hidden: m})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		out[name] = string(b)
	}
	keyed, err := json.Marshal(map[MSISDN]int{m: 1})
	if err != nil {
		t.Error(err)
	}
	out["json key"] = string(keyed)

	var log bytes.Buffer
	for name, hd := range map[string]slog.Handler{"text": slog.NewTextHandler(&log, nil), "json": slog.NewJSONHandler(&log, nil)} {
		log.Reset()
		slog.New(hd).Info("x", "n", m, "h", h, "p", &m, "list", []MSISDN{m})
		out["slog "+name] = log.String()
	}
	for how, text := range out {
		bare := strings.NewReplacer(" ", "", `"`, "", ".", "").Replace(text)
		if strings.Contains(bare, secret) || strings.Contains(bare, fmt.Sprintf("%x", secret)) {
			t.Errorf("%s shows the number: %s", how, text)
		}
	}

	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(m); err == nil {
		t.Error("gob must refuse a number")
	}
}
