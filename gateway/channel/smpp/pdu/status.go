package pdu

import "fmt"

// Status is a command_status (SMPP 3.4 §5.1.3).
type Status uint32

// The statuses that are told apart.
const (
	OK                  Status = 0x00
	InvalidLength       Status = 0x01 // of the message
	InvalidCommandLen   Status = 0x02
	InvalidCommand      Status = 0x03
	WrongBindState      Status = 0x04
	AlreadyBound        Status = 0x05
	SystemError         Status = 0x08
	InvalidSource       Status = 0x0A
	InvalidDestination  Status = 0x0B
	BindFailed          Status = 0x0D
	InvalidPassword     Status = 0x0E
	InvalidSystemID     Status = 0x0F
	QueueFull           Status = 0x14
	InvalidServiceType  Status = 0x15
	InvalidESMClass     Status = 0x43
	SubmitFailed        Status = 0x45
	InvalidSourceTON    Status = 0x48
	InvalidSourceNPI    Status = 0x49
	InvalidDestTON      Status = 0x50
	InvalidDestNPI      Status = 0x51
	Throttled           Status = 0x58
	InvalidSchedule     Status = 0x61
	InvalidExpiry       Status = 0x62
	TemporaryAppError   Status = 0x64
	PermanentAppError   Status = 0x65
	RejectedMessage     Status = 0x66
	InvalidOptional     Status = 0xC0
	InvalidOptionalEnd  Status = 0xC4 // 0xC0 to 0xC4 are about optional parameters
	DeliveryFailure     Status = 0xFE
	UnknownError        Status = 0xFF
	InvalidDataCoding   Status = 0x104
	vendorFirst, vendor Status = 0x400, 0x4FF
)

// String is the number as specifications write it.
func (s Status) String() string { return fmt.Sprintf("0x%02X", uint32(s)) }

// Vendor is true for the range that each message centre fills as it likes.
func (s Status) Vendor() bool { return s >= vendorFirst && s <= vendor }
