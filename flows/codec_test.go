package flows

import (
	"bytes"
	"math/rand"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"baro/locales"
)

func randomText(r *rand.Rand) string {
	letters := []rune("aé ɛŋ0*#\n\x00العߐ👍")
	out := make([]rune, r.Intn(12))
	for i := range out {
		out[i] = letters[r.Intn(len(letters))]
	}
	return string(out)
}

func randomValues(r *rand.Rand, most int) []Value {
	n := r.Intn(most + 1)
	if n == 0 {
		return nil
	}
	out := make([]Value, n)
	for i := range out {
		switch kind := Kind(r.Intn(int(Flag) + 1)); kind {
		case None:
		case Text, Label:
			out[i] = Value{Kind: kind, Text: randomText(r)}
		default:
			out[i] = Value{Kind: kind, Num: int64(r.Uint64())}
		}
	}
	return out
}

func randomFrames(r *rand.Rand, least, most int) []Frame {
	n := least + r.Intn(most-least+1)
	if n == 0 {
		return nil
	}
	out := make([]Frame, n)
	for i := range out {
		out[i] = Frame{Flow: uint16(r.Uint32()), Node: uint16(r.Uint32()), Vars: randomValues(r, 8)}
	}
	return out
}

func randomMarks(r *rand.Rand) []Mark {
	n := r.Intn(18)
	if n == 0 {
		return nil
	}
	out := make([]Mark, n)
	for i := range out {
		out[i] = Mark{Depth: uint8(r.Uint32()), Node: uint16(r.Uint32()), Page: uint8(r.Uint32())}
	}
	return out
}

func randomSession(r *rand.Rand) *Session {
	s := &Session{
		Step: r.Uint32(), Lang: locales.Lang(r.Intn(256)), HasLang: r.Intn(2) == 0, Commune: int64(r.Uint64()),
		Dialled: randomText(r), Asked: r.Intn(2) == 0, Callback: r.Intn(2) == 0, Instead: randomText(r), Subject: randomText(r), Homed: r.Intn(2) == 0,
		Frames: randomFrames(r, 1, 5), Trail: randomMarks(r), Page: uint8(r.Uint32()), More: r.Intn(2) == 0,
		Keys: uint16(r.Uint32()), Shown: randomValues(r, 6), Parked: randomFrames(r, 0, 4), Trailed: randomMarks(r),
	}
	r.Read(s.Release[:])
	for range r.Intn(4) {
		s.Deep = append(s.Deep, randomText(r))
	}
	return s
}

func TestSessionsComeBackAsTheyWent(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 3000 {
		s := randomSession(r)
		data := s.AppendBinary([]byte("before"))
		if !bytes.HasPrefix(data, []byte("before")) {
			t.Fatal("AppendBinary does not append")
		}
		back, err := DecodeSession(data[6:])
		if err != nil {
			t.Fatalf("%v: %+v", err, s)
		}
		if !reflect.DeepEqual(s, back) {
			t.Fatalf("went\n%+v\ncame\n%+v", s, back)
		}
	}
}

// Every field of a session has to be in its encoding: a new one that is forgotten there fails here.
func TestEveryFieldOfASessionIsEncoded(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	for _, v := range []any{Session{}, Frame{}, Mark{}} {
		typ := reflect.TypeOf(v)
		for i := range typ.NumField() {
			name, differs := typ.Field(i).Name, false
			for range 200 {
				a, b := randomSession(r), randomSession(r)
				into := reflect.ValueOf(part(a, typ)).Elem().Field(i)
				into.Set(reflect.ValueOf(part(b, typ)).Elem().Field(i))
				data := a.AppendBinary(nil)
				into.Set(reflect.Zero(into.Type()))
				if !bytes.Equal(data, a.AppendBinary(nil)) {
					differs = true
					break
				}
			}
			if !differs {
				t.Errorf("%s.%s is not encoded", typ.Name(), name)
			}
		}
	}
}

func part(s *Session, typ reflect.Type) any {
	switch typ {
	case reflect.TypeFor[Frame]():
		return &s.Frames[0]
	case reflect.TypeFor[Mark]():
		s.Trail = append(s.Trail, Mark{Depth: 1, Page: 1, Node: 1})
		return &s.Trail[0]
	}
	return s
}

func TestBytesThatAreNoSession(t *testing.T) {
	data := randomSession(rand.New(rand.NewSource(3))).AppendBinary(nil)
	for n := range data {
		if _, err := DecodeSession(data[:n]); err == nil {
			t.Errorf("the first %d of %d bytes pass for a session", n, len(data))
		}
	}
	other := bytes.Clone(data)
	other[0]++
	for name, bad := range map[string][]byte{
		"nothing": nil, "another format": other, "a byte too many": append(bytes.Clone(data), 0),
		"no frame": (&Session{}).AppendBinary(nil),
	} {
		if s, err := DecodeSession(bad); err != ErrSessionFormat || s != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDecodingIsOneAllocation(t *testing.T) {
	s := &Session{
		Frames: []Frame{{Flow: 1}, {Flow: 2, Vars: []Value{IntOf(4), {}, TextOf("")}}}, Trail: []Mark{{Depth: 1}},
		Shown: []Value{IntOf(1), IntOf(2), IntOf(3), IntOf(4), IntOf(5)},
	}
	data := s.AppendBinary(nil)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := DecodeSession(data); err != nil {
			t.Fatal(err)
		}
	}); n > 1 {
		t.Errorf("%v allocations", n)
	}
}

// Slices of a decoded session share one room; appending to one must not reach another.
func TestDecodedSlicesDoNotOverlap(t *testing.T) {
	s := &Session{Frames: []Frame{{Vars: []Value{IntOf(1)}}, {Vars: []Value{IntOf(2)}}}, Shown: []Value{IntOf(3)}}
	back, err := DecodeSession(s.AppendBinary(nil))
	if err != nil {
		t.Fatal(err)
	}
	_ = append(back.Frames[0].Vars, IntOf(9))
	_ = append(back.Frames[1].Vars, IntOf(9))
	_ = append(back.Shown, IntOf(9))
	if back.Frames[0].Vars[0].Num != 1 || back.Frames[1].Vars[0].Num != 2 || back.Shown[0].Num != 3 {
		t.Errorf("%+v", back)
	}
}

func TestCloneIsIndependent(t *testing.T) {
	r := rand.New(rand.NewSource(4))
	for range 300 {
		s := randomSession(r)
		before := s.AppendBinary(nil)
		c := s.Clone()
		if !reflect.DeepEqual(s, c) {
			t.Fatalf("cloned\n%+v\nto\n%+v", s, c)
		}
		for _, frames := range [][]Frame{c.Frames, c.Parked} {
			for i := range frames {
				frames[i].Node++
				for j := range frames[i].Vars {
					frames[i].Vars[j] = TextOf("changed")
				}
			}
		}
		for _, marks := range [][]Mark{c.Trail, c.Trailed} {
			for i := range marks {
				marks[i].Page++
			}
		}
		for i := range c.Shown {
			c.Shown[i] = TextOf("changed")
		}
		for i := range c.Deep {
			c.Deep[i] = "changed"
		}
		if !bytes.Equal(before, s.AppendBinary(nil)) {
			t.Fatalf("a change of the copy reached %+v", s)
		}
	}
}

func randomScreen(r *rand.Rand) Screen {
	s := Screen{
		Text: randomText(r), Input: Input(r.Intn(5)), Lang: "fr", Page: r.Intn(256), Pages: r.Intn(256),
	}
	for range r.Intn(6) {
		s.Choices = append(s.Choices, Choice{Key: randomText(r), Label: strings.Repeat(randomText(r), 20)})
	}
	for range r.Intn(4) {
		s.Nav = append(s.Nav, Choice{Key: "0", Label: randomText(r)})
	}
	return s
}

func TestScreensComeBackAsTheyWent(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	for range 2000 {
		s := randomScreen(r)
		data := s.AppendBinary(nil)
		back, err := DecodeScreen(data)
		if err != nil || !reflect.DeepEqual(s, back) {
			t.Fatalf("went\n%+v\ncame\n%+v: %v", s, back, err)
		}
		for n := range data {
			if _, err := DecodeScreen(data[:n]); err == nil {
				t.Fatalf("the first %d of %d bytes pass for a screen", n, len(data))
			}
		}
	}
}

func TestScreenAsAPhoneShowsIt(t *testing.T) {
	cases := []struct {
		screen Screen
		want   string
	}{
		{Screen{Text: "Mairie", Choices: []Choice{{"1", "Budget"}, {"2", "Avis"}}, Nav: []Choice{{"9", "Suite"}, {"0", "Fin"}}}, "Mairie\n1 Budget\n2 Avis\n9 Suite 0 Fin"},
		{Screen{Choices: []Choice{{"6", "Idees"}}, Nav: []Choice{{"0", "Retour"}}}, "6 Idees\n0 Retour"},
		{Screen{Text: "Depenses", Choices: []Choice{{"", "ecole 3 M"}}}, "Depenses\necole 3 M"},
		{Screen{Text: "Merci."}, "Merci."},
		{Screen{Nav: []Choice{{"0", "Retour"}}}, "0 Retour"},
	}
	for _, c := range cases {
		if got := c.screen.String(); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
		if got := string(c.screen.AppendText([]byte("CON "))); got != "CON "+c.want {
			t.Errorf("appended: %q", got)
		}
	}
}

// maxExpansion is how much memory one hostile byte may cost: a declared value, which is as large as a value is.
const maxExpansion = 128

// FuzzDecode feeds bytes to both decoders: they never panic, never take memory out of proportion, and what they accept
// means the same when it is written and read again.
func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewSource(6))
	for range 20 {
		s := randomScreen(r)
		f.Add(randomSession(r).AppendBinary(nil))
		f.Add(s.AppendBinary(nil))
	}
	f.Add([]byte{sessionFormat, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := DecodeSession(data); err == nil {
			again, err := DecodeSession(s.AppendBinary(nil))
			if err != nil || !reflect.DeepEqual(s, again) {
				t.Errorf("read %+v, then %+v: %v", s, again, err)
			}
		}
		if s, err := DecodeScreen(data); err == nil {
			again, err := DecodeScreen(s.AppendBinary(nil))
			if err != nil || !reflect.DeepEqual(s, again) {
				t.Errorf("read %+v, then %+v: %v", s, again, err)
			}
		}
	})
}

func TestHostileLengthsTakeNoMemory(t *testing.T) {
	head := make([]byte, 12)
	head[0] = sessionFormat
	for _, size := range []int{16, 1 << 10, 1 << 16} {
		for fill := range 256 {
			data := append(bytes.Clone(head), bytes.Repeat([]byte{byte(fill)}, size)...)
			for _, at := range []int{12, 13, 14, 15, 16, 17, 18} { // each count of the head in turn claims all that follows
				claim := bytes.Clone(data)
				copy(claim[at:], []byte{0xff, 0xff, 0x03})
				var before, after runtime.MemStats
				if size == 1<<16 && fill%64 == 0 {
					runtime.ReadMemStats(&before)
				}
				_, _ = DecodeSession(claim)
				_, _ = DecodeScreen(claim)
				if size == 1<<16 && fill%64 == 0 {
					runtime.ReadMemStats(&after)
					if got := after.TotalAlloc - before.TotalAlloc; got > uint64(maxExpansion*len(claim)) {
						t.Fatalf("%d bytes of %#x took %d bytes", len(claim), fill, got)
					}
				}
			}
		}
	}
}
