package identity

import (
	"errors"
	"fmt"
)

// Sealed is a value encrypted at rest: the id of its data key, and nonce ‖ ciphertext ‖ tag.
type Sealed struct {
	KeyID string
	Box   []byte
}

// padBlock is the granularity of sealed lengths in bytes. A language code is two or three letters long and tells of an
// ethnic group; without padding the length of its box would tell "fr" from "taq".
const padBlock = 16

const padMark = 0x80 // ISO/IEC 7816-4 padding: the mark, then zeros

// phonePurpose is the purpose under which SealNumber seals.
const phonePurpose = "phone"

var errTampered = errors.New("identity: sealed value does not open: changed, or sealed for another purpose")

// Seal encrypts plain with the active data key. The purpose (a column, say "contact.language") is authenticated: a box
// moved to another column does not open. The length of plain shows only in steps of 16 bytes.
func (k *Keyring) Seal(purpose string, plain []byte) (Sealed, error) {
	return k.SealPadded(purpose, plain, 0)
}

// SealPadded is Seal with a box at least as long as one for width bytes: where several texts are possible, the length of
// none tells which it is.
func (k *Keyring) SealPadded(purpose string, plain []byte, width int) (Sealed, error) {
	d := k.state.Load().active
	padded := make([]byte, (max(len(plain), width)/padBlock+1)*padBlock)
	padded[copy(padded, plain)] = padMark
	box, err := sealBox(d.aead, padded, sealData(purpose, d.id), k.rand)
	if err != nil {
		return Sealed{}, fmt.Errorf("seal %s: %w", purpose, err)
	}
	return Sealed{KeyID: d.id, Box: box}, nil
}

// Open decrypts what Seal made for the same purpose. It returns ErrUnknownKey for a data key this ring does not hold.
func (k *Keyring) Open(purpose string, s Sealed) ([]byte, error) {
	d, ok := k.state.Load().data[s.KeyID]
	if !ok {
		return nil, fmt.Errorf("open %s: key %q: %w", purpose, s.KeyID, ErrUnknownKey)
	}
	padded, err := openBox(d.aead, s.Box, sealData(purpose, d.id))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", purpose, err)
	}
	for i := len(padded) - 1; i >= 0; i-- {
		switch padded[i] {
		case 0:
			continue
		case padMark:
			return padded[:i:i], nil
		}
		break
	}
	return nil, fmt.Errorf("open %s: %w", purpose, errTampered)
}

// SealNumber seals a phone number.
func (k *Keyring) SealNumber(m MSISDN) (Sealed, error) {
	if m.IsZero() {
		return Sealed{}, fmt.Errorf("seal %s: %w", phonePurpose, ErrInvalid)
	}
	return k.Seal(phonePurpose, []byte(m.E164()))
}

// OpenNumber opens a phone number that SealNumber sealed. It does not ask the numbering plans again.
func (k *Keyring) OpenNumber(s Sealed) (MSISDN, error) {
	plain, err := k.Open(phonePurpose, s)
	if err != nil {
		return MSISDN{}, err
	}
	return trusted(plain)
}

// sealData is the associated data of a box: purpose and key id, kept apart by a NUL that neither contains.
func sealData(purpose, keyID string) []byte { return []byte(purpose + "\x00" + keyID) }
