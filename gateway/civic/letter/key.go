package letter

import (
	"crypto/sha256"
	"fmt"

	"baro/gateway/identity"
)

// KeyOf gives the key under which a letter about something is sent to a number once: a UUID of our own making (RFC 9562
// §5.8) out of both.
func KeyOf(to identity.Pseudonym, about string) string {
	sum := sha256.Sum256(append(to[:], about...))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
