package smpp

import (
	"fmt"
	"hash/fnv"
	"sync"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/smpp/pdu"
)

// registered asks for a receipt of success and of failure (SMPP 3.4 §5.2.17).
const registered = 1

// maxParts is as many as a header can number.
const maxParts = 255

// references counts messages per phone, so that no two texts on their way to one phone share a reference. Phones share
// counters, which does no harm; 256 messages to one phone are on their way before a reference comes again.
type references struct {
	mu       *sync.Mutex
	counters []uint16
}

func newReferences(rand func() float64) references {
	r := references{new(sync.Mutex), make([]uint16, 4096)}
	for i := range r.counters {
		r.counters[i] = uint16(rand() * 65536) // a restart must not begin with the references just used
	}
	return r
}

func (r references) next(phone string) uint16 {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(phone)) // never fails
	i := int(sum.Sum32()) % len(r.counters)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counters[i]++
	return r.counters[i]
}

// submission is a message as it goes out: one submit_sm for each text.
func (c *Config) submission(m channel.MT, texts []string, ref uint16, n int) (pdu.Message, error) {
	out := pdu.Message{
		Source:     pdu.Address{TON: c.Source.TON, NPI: c.Source.NPI, Addr: c.From},
		Dest:       c.phone(m.To.E164()),
		Registered: registered, Validity: validity(m.ExpiresAt, c.Now()),
	}
	var octets []byte
	out.Coding, octets = c.encode(texts[n])
	if len(texts) > 1 && out.Coding == codingDefault {
		for _, other := range texts { // one part that needs UCS-2 takes the others with it
			if _, ok := c.encodeDefault(other); !ok {
				out.Coding, octets = codingUCS2, encodeUCS2(texts[n])
				break
			}
		}
	}
	if len(texts) > 1 {
		total, part := byte(len(texts)), byte(n+1)
		switch c.Long {
		case LongUDH8:
			out.ESMClass = pdu.ESMHeader
			octets = append([]byte{5, 0, 3, byte(ref), total, part}, octets...)
		case LongSAR:
			out.TLVs = pdu.TLVs{pdu.Uint16TLV(pdu.SARReference, ref), pdu.OctetTLV(pdu.SARTotal, total), pdu.OctetTLV(pdu.SARSequence, part)}
		default:
			out.ESMClass = pdu.ESMHeader
			octets = append([]byte{6, 8, 4, byte(ref >> 8), byte(ref), total, part}, octets...)
		}
	}
	if len(octets) > pdu.MaxShort || c.Long == LongPayload && len(octets) > payloadFrom {
		out.TLVs = append(out.TLVs, pdu.TLV{Tag: pdu.MessagePayload, Value: octets})
	} else {
		out.Short = octets
	}
	if err := out.Check(); err != nil {
		return pdu.Message{}, fmt.Errorf("write a part: %w", err)
	}
	return out, nil
}

// payloadFrom is the longest message that surely is a single SMS, whatever its coding.
const payloadFrom = 140

// phone is a subscriber's number as the operator wants it; international numbers go without "+".
func (c *Config) phone(e164 string) pdu.Address {
	if len(e164) > 0 && e164[0] == '+' {
		e164 = e164[1:]
	}
	return pdu.Address{TON: c.Destination.TON, NPI: c.Destination.NPI, Addr: e164}
}

// validity is a relative validity_period (SMPP 3.4 §7.1.1.2), "" for the operator's own.
func validity(expires, now time.Time) string {
	if expires.IsZero() {
		return ""
	}
	const longest = 30 * 24 * time.Hour // months differ in length, so days are all that is written
	left := min(max(expires.Sub(now), time.Minute), longest).Truncate(time.Second)
	day := left / (24 * time.Hour)
	hour, minute, second := left/time.Hour%24, left/time.Minute%60, left/time.Second%60
	return fmt.Sprintf("0000%02d%02d%02d%02d000R", day, hour, minute, second)
}
