// Package pdu reads and writes the protocol data units of SMPP 3.4 that a gateway needs. It trusts nothing that comes in:
// a unit is framed by its length first, so that one that cannot be read costs an answer and not the connection.
package pdu

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Command is a command_id (SMPP 3.4 §5.1.2.1). An answer has the request's id with the highest bit set.
type Command uint32

// The commands of SMPP 3.4 that are spoken here.
const (
	BindReceiver      Command = 0x00000001
	BindTransmitter   Command = 0x00000002
	SubmitSM          Command = 0x00000004
	DeliverSM         Command = 0x00000005
	Unbind            Command = 0x00000006
	BindTransceiver   Command = 0x00000009
	Outbind           Command = 0x0000000B
	EnquireLink       Command = 0x00000015
	AlertNotification Command = 0x00000102
	DataSM            Command = 0x00000103
	GenericNack       Command = 0x80000000

	answer Command = 0x80000000
)

// Resp is the command of the answer to c.
func (c Command) Resp() Command { return c | answer }

// IsResp is true for answers, generic_nack among them.
func (c Command) IsResp() bool { return c&answer != 0 }

// Sizes in octets. MaxLength leaves room for a message_payload of 65,535 octets.
const (
	HeaderLength = 16
	MaxLength    = 70_000

	// MaxSequence is the highest sequence_number of a request; 0 is none (§3.2).
	MaxSequence = 0x7FFFFFFF
)

// ErrFrame says that the stream is lost: the length of the next unit makes no sense, so nobody can tell where it ends.
var ErrFrame = errors.New("smpp: command_length out of bounds")

// A PDU is one unit with its body still unread.
type PDU struct {
	Command  Command
	Status   Status
	Sequence uint32
	Body     []byte
}

// Read takes one unit from the stream. ErrFrame and errors of the reader end the connection; the body is the caller's.
func Read(r io.Reader) (PDU, error) {
	var head [HeaderLength]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return PDU{}, err
	}
	length := binary.BigEndian.Uint32(head[:])
	if length < HeaderLength || length > MaxLength {
		return PDU{}, ErrFrame
	}
	p := PDU{
		Command:  Command(binary.BigEndian.Uint32(head[4:])),
		Status:   Status(binary.BigEndian.Uint32(head[8:])),
		Sequence: binary.BigEndian.Uint32(head[12:]),
	}
	if length == HeaderLength {
		return p, nil
	}
	p.Body = make([]byte, length-HeaderLength)
	if _, err := io.ReadFull(r, p.Body); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return PDU{}, fmt.Errorf("read a body: %w", err)
	}
	return p, nil
}

// Append writes a unit whose body is ready.
func Append(dst []byte, p PDU) []byte {
	dst, start := begin(dst, p.Command, p.Status, p.Sequence)
	return finish(append(dst, p.Body...), start)
}

// begin writes a header whose length finish fills in.
func begin(dst []byte, c Command, s Status, sequence uint32) (out []byte, start int) {
	start = len(dst)
	dst = append(dst, 0, 0, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, uint32(c))
	dst = binary.BigEndian.AppendUint32(dst, uint32(s))
	return binary.BigEndian.AppendUint32(dst, sequence), start
}

func finish(dst []byte, start int) []byte {
	binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start))
	return dst
}
