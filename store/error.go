package store

import (
	"errors"
	"fmt"
)

// Code is the closed set of reasons for which the store refuses or fails.
type Code string

const (
	// CodeInvalid: the record cannot be kept as it is (a field is out of range,
	// something it refers to does not exist).
	CodeInvalid Code = "invalid"
	// CodeNotFound: there is no such record in this commune.
	CodeNotFound Code = "not_found"
	// CodeConflict: the record exists already, or it is no longer in the state
	// that the change expects.
	CodeConflict Code = "conflict"
	// CodeDenied: the record exists, but its rules forbid this act now, for
	// example an answer after the closing date.
	CodeDenied Code = "denied"
	// CodeUnavailable: the database cannot be reached, is full or is closing;
	// the same call may succeed later.
	CodeUnavailable Code = "unavailable"
	// CodeInternal: everything else; a defect until shown otherwise.
	CodeInternal Code = "internal"
)

// Error carries a Code, the operation that met it and the cause. Its text holds
// no field values: numbers and bodies must not reach a log through an error.
type Error struct {
	Code Code
	Op   string
	Err  error
}

// NewError is an Error whose cause is a plain sentence.
func NewError(code Code, op, reason string) *Error {
	return &Error{Code: code, Op: op, Err: errors.New(reason)}
}

func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("%s: %s", e.Op, e.Code)
	}
	return fmt.Sprintf("%s: %s: %v", e.Op, e.Code, e.Err)
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf gives the code of the outermost Error in err's chain: "" for nil and
// CodeInternal for an error that carries none.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}
