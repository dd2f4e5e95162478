package smpp

import (
	"strconv"
	"strings"
)

// plainID is an id as text, without what message centres add or leave out at will: case, zeros in front, blanks.
func plainID(id string) string {
	id = strings.ToLower(strings.Trim(id, " \x00\t\r\n"))
	short := strings.TrimLeft(id, "0")
	if short == "" && id != "" {
		return "0"
	}
	return short
}

// toDecimal reads a plain id as hexadecimal; "" when it is none.
func toDecimal(id string) string {
	n, err := strconv.ParseUint(id, 16, 64)
	if err != nil {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

// toHex reads a plain id as decimal; "" when it is none.
func toHex(id string) string {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return ""
	}
	return strconv.FormatUint(n, 16)
}

// idFormat knows how ids of answers and of receipts belong together.
type idFormat string

// submitted is the id of an answer as it is kept.
func (f idFormat) submitted(id string) string { return f.canonical(id, f == IDHexDec) }

// receipted is the id of a receipt as it is looked for.
func (f idFormat) receipted(id string) string { return f.canonical(id, f == IDDecHex) }

func (f idFormat) canonical(id string, hex bool) string {
	if f == IDString {
		return strings.Trim(id, " \x00\t\r\n")
	}
	plain := plainID(id)
	if d := toDecimal(plain); hex && d != "" {
		return d
	}
	return plain
}

// readings are the ids that may mean the same as a kept one, the likeliest first.
func (f idFormat) readings(id string) []string {
	if f != IDAuto {
		return []string{id}
	}
	all := []string{id}
	for _, other := range []string{toHex(id), toDecimal(id)} {
		if other != "" && other != id {
			all = append(all, other)
		}
	}
	return all
}
