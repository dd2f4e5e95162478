package charset

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestEncodeGSM7(t *testing.T) {
	tests := []struct{ text, septets string }{
		{"", ""},
		{"@£$", "\x00\x01\x02"},
		{"Ça va\n", "\x09a va\n"},
		{"_Δ§", "\x11\x10\x5f"},
		{"¡¿àñ", "\x40\x60\x7f\x7d"},
		{"5€ [a]", "5\x1b\x65 \x1b\x3ca\x1b\x3e"},
		{"\f^{}\\[~]|€", "\x1b\x0a\x1b\x14\x1b\x28\x1b\x29\x1b\x2f\x1b\x3c\x1b\x3d\x1b\x3e\x1b\x40\x1b\x65"},
	}
	for _, tt := range tests {
		got, err := EncodeGSM7(tt.text)
		if err != nil || string(got) != tt.septets {
			t.Errorf("EncodeGSM7(%q) = %x, %v; want %x", tt.text, got, err, tt.septets)
		}
		if back := DecodeGSM7(got); back != tt.text {
			t.Errorf("%q came back as %q", tt.text, back)
		}
	}
}

func TestEncodeGSM7NamesTheCharacterNotTheText(t *testing.T) {
	_, err := EncodeGSM7("code 4711 ɛ")
	var unencodable *UnencodableError
	if !errors.As(err, &unencodable) {
		t.Fatalf("error is %v", err)
	}
	if unencodable.Rune != 'ɛ' || unencodable.Offset != 10 {
		t.Errorf("reports %U at %d", unencodable.Rune, unencodable.Offset)
	}
	if strings.Contains(err.Error(), "4711") {
		t.Errorf("error shows the text: %v", err)
	}
}

// Every character of Unicode is either in the alphabet, and then survives the
// way there and back at the length Units says, or is refused.
func TestEveryCharacterOfUnicode(t *testing.T) {
	inside := 0
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if utf16.IsSurrogate(r) {
			continue
		}
		text := string(r)
		septets, err := EncodeGSM7(text)
		e, units := Units(text)
		if (err == nil) != (e == GSM7) {
			t.Fatalf("%U: encoding is %v, but the error is %v", r, e, err)
		}
		if err == nil {
			inside++
			if len(septets) != units || DecodeGSM7(septets) != text {
				t.Errorf("%U: %x, %d units", r, septets, units)
			}
		}
		if back := DecodeUCS2(EncodeUCS2(text)); back != text {
			t.Fatalf("%U came back from UCS-2 as %+q", r, back)
		}
	}
	if inside != 127+10 {
		t.Errorf("%d characters, want 127 and 10 in the extension table", inside)
	}
}

func TestDecodeGSM7(t *testing.T) {
	tests := []struct{ septets, text string }{
		{"\x1be", "€"},
		{"\x1bA", "A"}, // no such extension: the letter of the default alphabet
		{"a\x1b", "a "},
		{"a\x1b\x1bb", "a b"},
		{"\x1b\x80", "\ufffd"},
		{"\xe9t\xe9", "\ufffdt\ufffd"},
		{"\x09", "Ç"},
	}
	for _, tt := range tests {
		if got := DecodeGSM7([]byte(tt.septets)); got != tt.text {
			t.Errorf("DecodeGSM7(%x) = %q, want %q", tt.septets, got, tt.text)
		}
	}
}

func TestEncodeUCS2(t *testing.T) {
	tests := []struct {
		text   string
		octets []byte
	}{
		{"", []byte{}},
		{"aɛ", []byte{0, 'a', 0x02, 0x5b}},
		{"😀", []byte{0xd8, 0x3d, 0xde, 0x00}},
		{"a\xff", []byte{0, 'a', 0xff, 0xfd}},
	}
	for _, tt := range tests {
		if got := EncodeUCS2(tt.text); !bytes.Equal(got, tt.octets) {
			t.Errorf("EncodeUCS2(%+q) = %x, want %x", tt.text, got, tt.octets)
		}
	}
}

func TestDecodeUCS2ReplacesBrokenPairs(t *testing.T) {
	tests := []struct {
		octets []byte
		text   string
	}{
		{[]byte{0xd8, 0x3d}, "\ufffd"},
		{[]byte{0xd8, 0x3d, 0, 'a'}, "\ufffda"},
		{[]byte{0xde, 0x00, 0, 'a'}, "\ufffda"},
		{[]byte{0, 'a', 0}, "a\ufffd"},
		{[]byte{0xd8, 0x3d, 0xd8, 0x3d, 0xde, 0x00}, "\ufffd😀"},
	}
	for _, tt := range tests {
		if got := DecodeUCS2(tt.octets); got != tt.text {
			t.Errorf("DecodeUCS2(%x) = %+q, want %+q", tt.octets, got, tt.text)
		}
	}
}
