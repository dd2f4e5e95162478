package identity

// maliMobile reports whether eight national digits lie in a range of mobile subscribers.
//
// Plan as of November 2026, by the first two digits:
//
//	50–53   Telecel (ATEL)
//	60–69   Moov Africa Malitel
//	70–79   Orange
//	82–85   Orange; 81 and 86–89 are taken as well: ranges open faster than lists are brought up to date, and a wrong
//	        refusal shuts a resident out while a wrong acceptance costs one failed message
//	80      free-phone and service numbers, no person
//	90–99   Orange and Moov Africa Malitel
//
// 2x and 4x are land lines. Ranges do not tell the operator reliably, so none is derived from them.
func maliMobile(national []byte) bool {
	if len(national) != maliDigits {
		return false
	}
	switch first, second := national[0], national[1]; first {
	case '6', '7', '9':
		return true
	case '8':
		return second != '0'
	case '5':
		return second <= '3'
	}
	return false
}
