package store

import "time"

// PlaceID is the key of a place. Where a method calls it commune it is the
// place of level commune that owns the record.
type PlaceID int64

// Pseudonym is the keyed hash that stands for a phone number. It cannot be
// turned back into the number; the same number has the same pseudonym.
type Pseudonym [32]byte

// Voter is the pseudonym of a number within one consultation. Voters of two
// consultations cannot be compared.
type Voter [32]byte

// Sealed is an encrypted value and the id of the data key that opens it. A nil
// Box means that nothing is kept.
type Sealed struct {
	KeyID string
	Box   []byte
}

// Texts holds one text per language tag.
type Texts map[string]string

// Point is a position in decimal degrees, WGS 84.
type Point struct {
	Lat, Lon float64
}

// Date is a civil date, "2006-01-02"; "" means not known.
type Date string

// Valid tells whether d is empty or a real day of the calendar.
func (d Date) Valid() bool {
	if d == "" {
		return true
	}
	_, err := time.Parse(time.DateOnly, string(d))
	return err == nil
}

// Act says who changes a record and why; it becomes the audit row written in
// the transaction of the change.
type Act struct {
	Actor     string // user name, "system" or the name of a job; never a number
	Reason    string
	RequestID string
}
