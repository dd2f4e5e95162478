package pdu

import "bytes"

// A FieldError names the field that could not be read, never what is in it, and the status that tells the peer.
type FieldError struct {
	Field  string
	Status Status
}

// Error implements error.
func (e *FieldError) Error() string { return "smpp: cannot read " + e.Field }

// reader takes fields off the front of a body. After the first error everything else is empty.
type reader struct {
	left []byte
	err  error
}

func (r *reader) fail(field string, s Status) {
	if r.err == nil {
		r.err = &FieldError{Field: field, Status: s}
	}
	r.left = nil
}

func (r *reader) octet(field string) byte {
	if len(r.left) == 0 {
		r.fail(field, InvalidCommandLen)
		return 0
	}
	b := r.left[0]
	r.left = r.left[1:]
	return b
}

// octets gives nil when there are not enough.
func (r *reader) octets(n int) []byte {
	if n == 0 || n > len(r.left) {
		return nil
	}
	b := r.left[:n:n]
	r.left = r.left[n:]
	return b
}

// text reads a C-octet string of at most longest octets before its NUL.
func (r *reader) text(field string, longest int) string {
	n := bytes.IndexByte(r.left[:min(len(r.left), longest+1)], 0)
	if n < 0 {
		r.fail(field, InvalidCommandLen)
		return ""
	}
	s := string(r.left[:n])
	r.left = r.left[n+1:]
	return s
}

func (r *reader) address(field string) Address {
	a := Address{TON: r.octet(field), NPI: r.octet(field)}
	a.Addr = r.text(field, maxAddress)
	return a
}

func text(dst []byte, s string) []byte { return append(append(dst, s...), 0) }

func address(dst []byte, a Address) []byte { return text(append(dst, a.TON, a.NPI), a.Addr) }
