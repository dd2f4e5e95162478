package inbound

import (
	"encoding/binary"
	"errors"
	"time"

	"baro/flows"
)

// A dialogue is a session with what its wire shape needs: how far the provider's history was read, the last answers'
// fingerprints, and the last screen for repeats. Histories themselves are not kept: they may hold a PIN.
type dialogue struct {
	life    [8]byte // random per opening: steps of two openings of one provider session never meet
	ended   bool
	at      time.Time // of the last answer
	histLen int       // bytes of the history read so far
	hist    [16]byte  // keyed hash of that history
	recent  []uint64  // beginnings of the fingerprints of earlier requests, newest last
	screen  []byte    // the last screen, encoded
	session []byte
}

// dialogueFormat is the first byte of an encoded dialogue; another format is a lost dialogue.
const dialogueFormat = 1

// maxRecent bounds how many earlier requests are recognised as late repeats.
const maxRecent = 8

var errDialogueFormat = errors.New("inbound: not a dialogue of this format")

func (d *dialogue) append(dst []byte) []byte {
	dst = append(dst, dialogueFormat, 0)
	if d.ended {
		dst[len(dst)-1] = 1
	}
	dst = append(dst, d.life[:]...)
	dst = binary.AppendVarint(dst, d.at.UnixMilli())
	dst = binary.AppendUvarint(dst, uint64(d.histLen))
	dst = append(dst, d.hist[:]...)
	dst = append(dst, byte(len(d.recent)))
	for _, r := range d.recent {
		dst = binary.LittleEndian.AppendUint64(dst, r)
	}
	dst = binary.AppendUvarint(dst, uint64(len(d.screen)))
	dst = append(dst, d.screen...)
	return append(dst, d.session...)
}

func decodeDialogue(data []byte) (*dialogue, error) {
	if len(data) < 10 || data[0] != dialogueFormat {
		return nil, errDialogueFormat
	}
	d := &dialogue{ended: data[1] == 1}
	copy(d.life[:], data[2:])
	rest := data[10:]
	at, n := binary.Varint(rest)
	if n <= 0 {
		return nil, errDialogueFormat
	}
	rest = rest[n:]
	length, n := binary.Uvarint(rest)
	if n <= 0 || len(rest) < n+17 {
		return nil, errDialogueFormat
	}
	rest = rest[n:]
	d.at, d.histLen = time.UnixMilli(at), int(length)
	copy(d.hist[:], rest)
	count := int(rest[16])
	rest = rest[17:]
	if count > maxRecent || len(rest) < 8*count {
		return nil, errDialogueFormat
	}
	d.recent = make([]uint64, count, maxRecent)
	for i := range d.recent {
		d.recent[i] = binary.LittleEndian.Uint64(rest[8*i:])
	}
	rest = rest[8*count:]
	size, n := binary.Uvarint(rest)
	if n <= 0 || uint64(len(rest)-n) < size {
		return nil, errDialogueFormat
	}
	d.screen, d.session = rest[n:n+int(size)], rest[n+int(size):]
	return d, nil
}

// answered notes the screen that answers the request with this fingerprint.
func (d *dialogue) answered(s *flows.Screen, fingerprint [16]byte, histLen int, at time.Time) {
	if len(d.recent) == maxRecent {
		copy(d.recent, d.recent[1:])
		d.recent = d.recent[:maxRecent-1]
	}
	if d.hist != ([16]byte{}) {
		d.recent = append(d.recent, binary.LittleEndian.Uint64(d.hist[:]))
	}
	d.hist, d.histLen, d.at, d.ended = fingerprint, histLen, at, s.End()
	d.screen = s.AppendBinary(nil)
}

func (d *dialogue) seen(fingerprint [16]byte) bool {
	short := binary.LittleEndian.Uint64(fingerprint[:])
	for _, r := range d.recent {
		if r == short {
			return true
		}
	}
	return false
}

func (d *dialogue) lastScreen() (flows.Screen, error) { return flows.DecodeScreen(d.screen) }
