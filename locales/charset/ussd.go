package charset

import "fmt"

// maxUSSDOctets is maxUSSD-StringLength (3GPP TS 29.002 §17.7.4): 182 septets
// once packed.
const maxUSSDOctets = 160

// carriageReturn is its own code in the default alphabet.
const carriageReturn = 0x0D

// PackUSSD packs text into octets, eight septets into seven (3GPP TS 23.038
// §6.1.2.3). Seven spare bits at the end are filled with CR, for zero bits
// would read as @; a text that itself ends in CR on an octet boundary gets a
// second one. The error is an *[UnencodableError], or says that the text is
// longer than 160 octets: USSD knows no parts.
func PackUSSD(text string) ([]byte, error) {
	septets, err := EncodeGSM7(text)
	if err != nil {
		return nil, fmt.Errorf("pack ussd: %w", err)
	}
	n := len(septets)
	if n%8 == 7 || n > 0 && n%8 == 0 && septets[n-1] == carriageReturn {
		septets = append(septets, carriageReturn)
	}
	octets := make([]byte, (len(septets)*7+7)/8)
	if len(octets) > maxUSSDOctets {
		return nil, fmt.Errorf("pack ussd: %d septets need %d octets, the limit is %d", n, len(octets), maxUSSDOctets)
	}
	for i, septet := range septets {
		at, shift := i*7/8, i*7%8
		octets[at] |= septet << shift
		if shift > 1 {
			octets[at+1] |= septet >> (8 - shift)
		}
	}
	return octets, nil
}

// UnpackUSSD reads packed septets. A CR that ends on an octet boundary is
// padding and removed; the second CR that [PackUSSD] adds to a text ending in
// CR stays, as the standard has it, and shows as nothing on a phone.
func UnpackUSSD(octets []byte) string {
	septets := make([]byte, len(octets)*8/7)
	for i := range septets {
		at, shift := i*7/8, i*7%8
		septet := octets[at] >> shift
		if shift > 1 {
			septet |= octets[at+1] << (8 - shift)
		}
		septets[i] = septet & 0x7F
	}
	n := len(septets)
	if n > 0 && n%8 == 0 && septets[n-1] == carriageReturn {
		septets = septets[:n-1]
	}
	return DecodeGSM7(septets)
}
