package flows

import "time"

// Kind says how a Value is written for people.
type Kind uint8

// The kinds of values. What a manifest declares for a field must agree with what its source delivers.
const (
	None     Kind = iota // absent: an optional argument, a variable not yet saved
	Int                  // a whole number, written in ASCII digits
	Text                 // a proper name or a text of the commune, converted to the channel's letters
	Label                // the id of a catalogue message, written in the reader's language
	Money                // whole FCFA, shortened from ten million on ("95 M FCFA")
	Amount               // whole FCFA, always in full ("1 250 000 FCFA")
	Price                // whole FCFA in full with the short unit ("500 F")
	Percent              // tenths of a percent ("12,5 %")
	Date                 // days since 1970-01-01, written dd/mm/yyyy
	Day                  // days since 1970-01-01, written dd/mm
	Clock                // minutes since midnight, written 9h or 9h30
	Distance             // metres, written "800 m" or "6 km"
	Flag                 // 0 or 1: conditions only, never written
	List                 // parts joined by a comma
	Parts                // parts joined by a blank: sentences
)

// A Value is one piece of data on its way between a source, a session and a screen.
type Value struct {
	Kind  Kind
	Num   int64
	Text  string
	Parts []Part
}

// A Part is one item of a List or Parts value: a message with its own fields.
type Part struct {
	Message string
	Fields  Record
}

// A Field is one named value of a Record.
type Field struct {
	Name  string
	Value Value
}

// A Record is what a source says of one thing: a short list of named values, searched from the front.
type Record []Field

// Get returns the value of a field, or a None value.
func (r Record) Get(name string) Value {
	for i := range r {
		if r[i].Name == name {
			return r[i].Value
		}
	}
	return Value{}
}

// A Row is one line of a list: the key a flow saves when the line is chosen, and what the line shows.
type Row struct {
	Key    Value
	Fields Record
}

// True reports whether a condition on the value holds: a number other than zero, a text or parts that are not empty.
func (v Value) True() bool { return v.Num != 0 || v.Text != "" || len(v.Parts) > 0 }

// IntOf is a whole number.
func IntOf(n int64) Value { return Value{Kind: Int, Num: n} }

// TextOf is a name or a text written by people.
func TextOf(s string) Value { return Value{Kind: Text, Text: s} }

// LabelOf refers to a message of the catalogue by its id.
func LabelOf(id string) Value { return Value{Kind: Label, Text: id} }

// MoneyOf is an amount of whole FCFA that may be shortened.
func MoneyOf(fcfa int64) Value { return Value{Kind: Money, Num: fcfa} }

// AmountOf is an amount of whole FCFA written in full.
func AmountOf(fcfa int64) Value { return Value{Kind: Amount, Num: fcfa} }

// PriceOf is what something costs.
func PriceOf(fcfa int64) Value { return Value{Kind: Price, Num: fcfa} }

// PercentOf is a share in tenths of a percent.
func PercentOf(tenths int64) Value { return Value{Kind: Percent, Num: tenths} }

// DateOf is the day of t, in t's own location, written with its year.
func DateOf(t time.Time) Value { return Value{Kind: Date, Num: dayNumber(t)} }

// DayOf is the day of t, in t's own location, written without its year.
func DayOf(t time.Time) Value { return Value{Kind: Day, Num: dayNumber(t)} }

// ClockOf is a time of day in minutes since midnight.
func ClockOf(minutes int64) Value { return Value{Kind: Clock, Num: minutes} }

// DistanceOf is a distance in metres.
func DistanceOf(metres int64) Value { return Value{Kind: Distance, Num: metres} }

// FlagOf is a condition.
func FlagOf(on bool) Value {
	if on {
		return Value{Kind: Flag, Num: 1}
	}
	return Value{Kind: Flag}
}

// ListOf is a list of parts, joined by commas.
func ListOf(parts ...Part) Value { return Value{Kind: List, Parts: parts} }

// PartsOf is a row of sentences, each shown only when it is there.
func PartsOf(parts ...Part) Value { return Value{Kind: Parts, Parts: parts} }

func dayNumber(t time.Time) int64 {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}
