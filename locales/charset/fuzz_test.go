package charset

import (
	"testing"
	"unicode/utf8"
)

func seed(f *testing.F, add func(text string)) {
	for _, v := range segmentVectors(f) {
		add(v.Text)
	}
	for _, text := range []string{
		"", "\x1b€", "\xff\xc3", "e\u0301", "a\r\nb\r", "İıß", "\u202e12\u202c", "ggn tchi ti", "goui",
		"👨\u200d👩\u200d👧\u200d👦🇲🇱🇲", "\u0301\u0301", "각\u1100\u1161", "Å\u212b\u2126", "\u0600\u0628",
	} {
		add(text)
	}
}

func FuzzSplit(f *testing.F) {
	seed(f, func(text string) { f.Add(text) })
	f.Fuzz(func(t *testing.T, text string) {
		checkSplit(t, text, Ref8)
		checkSplit(t, text, Ref16)
		checkSplit(t, text+text+text, Ref8)
	})
}

func FuzzConvert(f *testing.F) {
	seed(f, func(text string) { f.Add(text, "bm", uint8(1), true) })
	for _, lang := range []string{"", "fr", "ff-Adlm", "ses", "taq", "myk", "dts", "bmq", "_"} {
		f.Add("Ɓeydu ɛ̃ š ʔ [€] `", lang, uint8(0), false)
		f.Add("e\u200d\u0301 \u200fشكرا", lang, uint8(2), true)
	}
	f.Fuzz(func(t *testing.T, text, lang string, letters uint8, extension bool) {
		checkConvert(t, text, lang, Letters(letters%3), extension)
		for _, p := range Profiles() {
			p.Fits(text)
		}
		ToneWarnings(text, lang)
	})
}

func FuzzFold(f *testing.F) {
	seed(f, func(text string) { f.Add(text) })
	f.Fuzz(func(t *testing.T, text string) { checkFold(t, text) })
}

func FuzzPack(f *testing.F) {
	seed(f, func(text string) { f.Add(text) })
	f.Fuzz(func(t *testing.T, text string) {
		DecodeUCS2([]byte(text))
		if utf8.ValidString(text) && DecodeUCS2(EncodeUCS2(text)) != text {
			t.Fatalf("%+q does not survive UCS-2", text)
		}
		UnpackUSSD([]byte(text))
		DecodeGSM7([]byte(text))
		octets, err := PackUSSD(text)
		e, units := Units(text)
		if err != nil {
			if e == GSM7 && units < 182 {
				t.Fatalf("%+q: %v", text, err)
			}
			return
		}
		got := UnpackUSSD(octets)
		if n := len(text); n > 0 && text[n-1] == '\r' {
			if units%8 == 0 {
				got = got[:len(got)-1]
			}
		}
		if e != GSM7 || got != text {
			t.Fatalf("%+q came back as %+q", text, got)
		}
	})
}
