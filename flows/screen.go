package flows

// A Screen is what one request shows, as structure: adapters turn it into text, links or XML. Its strings are already
// in the channel's letters.
type Screen struct {
	Text    string   // the facts or the question; may be empty on a later page
	Choices []Choice // the items of this page
	Nav     []Choice // call back, more, back, home
	Input   Input    // what the person is expected to type
	Lang    string   // the language it is really shown in
	Page    int      // from 1
	Pages   int

	// Place names the screen within its dialogue, for networks whose requests have to tell which screen they answer. It is
	// not part of the encoding, and empty elsewhere.
	Place string
}

// A Choice is one key with its label. Without a key it is a line to read.
type Choice struct {
	Key   string
	Label string
}

// Input is what a screen expects.
type Input uint8

// The inputs of screens.
const (
	InputNone   Input = iota // the dialogue is over
	InputKey                 // one of the keys shown
	InputText                // free text
	InputNumber              // a number
	InputPIN                 // a secret: never kept, never logged
)

// End reports whether the dialogue is over after this screen.
func (s *Screen) End() bool { return s.Input == InputNone }

// AppendText appends the screen as a phone shows it: text, one line an item, the navigation keys on the last line.
func (s *Screen) AppendText(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, s.Text...)
	for _, c := range s.Choices {
		dst = newline(dst, start)
		if c.Key != "" {
			dst = append(append(dst, c.Key...), ' ')
		}
		dst = append(dst, c.Label...)
	}
	for i, c := range s.Nav {
		if i == 0 {
			dst = newline(dst, start)
		} else {
			dst = append(dst, ' ')
		}
		dst = append(append(append(dst, c.Key...), ' '), c.Label...)
	}
	return dst
}

// String is AppendText as a string.
func (s *Screen) String() string { return string(s.AppendText(make([]byte, 0, 192))) }

func newline(dst []byte, start int) []byte {
	if len(dst) == start {
		return dst
	}
	return append(dst, '\n')
}

// AppendBinary appends the screen's encoding, by which a repeated request is answered with the same screen.
func (s *Screen) AppendBinary(dst []byte) []byte {
	dst = append(dst, byte(s.Input), byte(s.Page), byte(s.Pages))
	dst = appendString(dst, s.Lang)
	dst = appendString(dst, s.Text)
	dst = appendChoices(dst, s.Choices)
	return appendChoices(dst, s.Nav)
}

// DecodeScreen reads what AppendBinary wrote.
func DecodeScreen(data []byte) (Screen, error) {
	if len(data) < 3 {
		return Screen{}, ErrSessionFormat
	}
	s := Screen{Input: Input(data[0]), Page: int(data[1]), Pages: int(data[2])}
	d := decoder{buf: data[3:]}
	s.Lang, s.Text = d.string(), d.string()
	s.Choices, s.Nav = d.choices(), d.choices()
	if d.bad || len(d.buf) != 0 {
		return Screen{}, ErrSessionFormat
	}
	return s, nil
}

func appendChoices(dst []byte, choices []Choice) []byte {
	dst = append(dst, byte(len(choices)))
	for _, c := range choices {
		dst = appendString(appendString(dst, c.Key), c.Label)
	}
	return dst
}

func (d *decoder) choices() []Choice {
	n := int(d.byte())
	if n == 0 || n > len(d.buf) {
		d.bad = d.bad || n > len(d.buf)
		return nil
	}
	out := make([]Choice, n)
	for i := range out {
		out[i] = Choice{Key: d.string(), Label: d.string()}
	}
	return out
}
