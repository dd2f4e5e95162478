package table

import "testing"

// Workbooks store numbers in binary or with an exponent; both must come out as the amount somebody typed.
func TestStoredNumbersAreWrittenPlainly(t *testing.T) {
	for stored, want := range map[string]string{
		"1.56E7": "15600000", "1.5600000000000001E7": "15600000", "283370000": "283370000", "0.30000000000000004": "0.3",
		"12.5": "12.5", "-3.5E5": "-350000", "1.5E+20": "1.5E+20", "12E4 rue": "12E4 rue", "15.600.000": "15.600.000", "": "", "01": "01",
	} {
		if got := plainNumber(stored); got != want {
			t.Errorf("plainNumber(%q) = %q, want %q", stored, got, want)
		}
	}
}
