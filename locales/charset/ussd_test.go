package charset

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

// The octets follow from the rule of 3GPP TS 23.038 §6.1.2.3.
func TestPackUSSD(t *testing.T) {
	tests := []struct{ text, octets string }{
		{"", ""},
		{"*100#", "aa180c3602"},
		{"1234567", "31d98c56b3dd1a"},
		{"12345678", "31d98c56b3dd70"},
		{"1234567@", "31d98c56b3dd00"},
		{"1234567\r", "31d98c56b3dd1a0d"},
	}
	for _, tt := range tests {
		want, err := hex.DecodeString(tt.octets)
		if err != nil {
			t.Fatal(err)
		}
		got, err := PackUSSD(tt.text)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("PackUSSD(%q) = %x, %v; want %x", tt.text, got, err, want)
		}
	}
}

func TestUnpackUSSDGivesBackEveryLength(t *testing.T) {
	for _, letter := range []string{"@", "a", "à", "€"} {
		for n := range 183 {
			text := strings.Repeat(letter, n)
			if _, units := Units(text); units > 182 {
				break
			}
			octets, err := PackUSSD(text)
			if err != nil {
				t.Fatalf("%d times %s: %v", n, letter, err)
			}
			if got := UnpackUSSD(octets); got != text {
				t.Errorf("%d times %s came back as %q", n, letter, got)
			}
		}
	}
}

func TestPackUSSDRefuses(t *testing.T) {
	if octets, err := PackUSSD(strings.Repeat("a", 182)); err != nil || len(octets) != 160 {
		t.Errorf("182 septets: %d octets, %v", len(octets), err)
	}
	for _, text := range []string{strings.Repeat("a", 183), strings.Repeat("€", 92), "ɛ"} {
		if octets, err := PackUSSD(text); err == nil {
			t.Errorf("%q was packed into %d octets", text, len(octets))
		}
	}
}

func TestUnpackUSSDTakesAnything(t *testing.T) {
	for n := range 20 {
		for _, octet := range []byte{0x00, 0x1b, 0x36, 0xff} {
			UnpackUSSD(bytes.Repeat([]byte{octet}, n))
		}
	}
	if got := UnpackUSSD([]byte{0x31, 0xd9, 0x8c, 0x56, 0xb3, 0xdd, 0x1a}); got != "1234567" {
		t.Errorf("padding shows: %q", got)
	}
}
