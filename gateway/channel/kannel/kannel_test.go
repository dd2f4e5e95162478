package kannel_test

import (
	"strings"
	"testing"
	"time"

	"baro/gateway/channel/httpsend"
	"baro/gateway/channel/kannel"
	"baro/locales/charset"
)

const (
	password = "sendsms-s3cret"
	ourID    = "018f2b7e-0000-7000-8000-000000000001"
)

func config(t testing.TB, profile string) kannel.Config {
	t.Helper()
	p, ok := charset.FindProfile(profile)
	if !ok {
		t.Fatalf("no profile named %s", profile)
	}
	return kannel.Config{
		Channel: "kannel", SendURL: "http://127.0.0.1:1/cgi-bin/sendsms", Username: "baro", Password: password, From: "36036",
		StatusURL: "https://baro.example/hooks/kannel/s3cret/status", Profile: p, HTTP: httpsend.Options{Timeout: 2 * time.Second},
	}
}

func smsChannel(t testing.TB, change func(*kannel.Config)) *kannel.SMS {
	t.Helper()
	c := config(t, "sms")
	if change != nil {
		change(&c)
	}
	s, err := kannel.NewSMS(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func ussdChannel(t testing.TB, change func(*kannel.Config)) *kannel.USSD {
	t.Helper()
	c := config(t, "ussd")
	c.From, c.StatusURL, c.Code = "", "", "*384*96#"
	if change != nil {
		change(&c)
	}
	u, err := kannel.NewUSSD(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.Close)
	return u
}

func TestNewReportsEveryFaultAndNoSecret(t *testing.T) {
	c := kannel.Config{SendURL: "ftp://u:hunter2@x", Password: "", StatusURL: "https://baro.example/%d", Code: "a b", From: "a b"}
	_, errSMS := kannel.NewSMS(c)
	_, errUSSD := kannel.NewUSSD(c)
	for _, key := range []string{"send_url", "username", "password", "from", "status URL"} {
		if errSMS == nil || !strings.Contains(errSMS.Error(), key) {
			t.Errorf("sms: nothing about %s: %v", key, errSMS)
		}
	}
	for _, key := range []string{"send_url", "username", "password", "from", "code"} {
		if errUSSD == nil || !strings.Contains(errUSSD.Error(), key) {
			t.Errorf("ussd: nothing about %s: %v", key, errUSSD)
		}
	}
	if strings.Contains(errSMS.Error()+errUSSD.Error(), "hunter2") {
		t.Error("a secret in the error")
	}
}

// sampleTexts are what must pass through Kannel unharmed in both directions, in as many parts as it takes.
func sampleTexts() map[string]string {
	return map[string]string{
		"alphabet":      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
		"extension":     "^{}\\[~]|€",
		"blanks":        "  deux  blancs et %b %I &text=x+y  ",
		"bambara":       "I ni sɔgɔma! Kɔmini ka wari bɛ bɔ: ɲɛ, ŋa — ɛɔɲŋ ƐƆƝŊ",
		"french":        "Réunion à l’école « Jè » : reçu, août, cœur, où, 5 000 €",
		"arabic":        "اجتماع البلدية يوم الجمعة في الساعة ٩",
		"nko":           "ߒߞߏ ߞߊ߲ ߠߊߞߎߡߊ",
		"adlam":         "𞤊𞤵𞤤𞤬𞤵𞤤𞤣𞤫 𞤆𞤵𞤤𞤢𞤪",
		"emoji":         "ok 👍🏾 merci",
		"squeezed":      "dit “oui” et “ ”",
		"long":          strings.Repeat("Budget 2026: routes, école, santé. ", 12),
		"long letters":  strings.Repeat("ɲɛsigi ŋana ", 30),
		"ten parts":     strings.Repeat("0123456789", 153),
		"long pairs":    strings.Repeat("𞤊", 120),
		"one character": "1",
	}
}
