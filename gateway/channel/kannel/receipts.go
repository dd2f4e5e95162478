package kannel

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"baro/gateway/channel"
)

// ourIDParameter carries our message id in the dlr-url.
const ourIDParameter = "m"

// Types of delivery reports (%d): the bits of dlr-mask, one in each report.
const (
	reportDelivered = 1
	reportFailed    = 2
	reportBuffered  = 4 // the phone is off; the SMSC goes on trying
	reportAccepted  = 8 // by the SMSC
	reportRejected  = 16
	reportOnTheWay  = 32 // an intermediate notification
)

// DecodeReceipts reads a delivery report. It names the message by our id; the SMSC's is there for the record, and missing
// where the SMSC refused.
func (s *SMS) DecodeReceipts(r *channel.Request) ([]channel.Receipt, channel.Response, error) {
	q := r.Query
	if len(r.Body) > 0 && !q.Has("type") {
		form, err := url.ParseQuery(string(r.Body))
		if err != nil {
			return nil, channel.Response{}, invalid("body")
		}
		for name, values := range q {
			form[name] = values
		}
		q = form
	}
	receipt := channel.Receipt{Channel: s.name}
	if id := strings.TrimSpace(q.Get("fid")); plain(id, maxID) {
		receipt.ProviderID = id
	}
	if id, err := uuid.Parse(q.Get(ourIDParameter)); err == nil {
		receipt.OurID = id.String()
	}
	if receipt.OurID == "" && receipt.ProviderID == "" {
		return nil, channel.Response{}, invalid(ourIDParameter)
	}
	receipt.State, receipt.Class, receipt.Code = reported(q.Get("type"), q.Get("reply"))
	return []channel.Receipt{receipt}, taken(), nil
}

// reported is what a report's type means; of a failure the SMSC's own receipt or answer says more. The reply is not kept:
// a receipt repeats the beginning of the message.
func reported(kind, reply string) (channel.ReceiptState, channel.Class, string) {
	bit, err := strconv.Atoi(strings.TrimSpace(kind))
	if err != nil {
		return channel.ReceiptPending, "", ""
	}
	code := strconv.Itoa(bit)
	switch bit {
	case reportDelivered:
		return channel.ReceiptDelivered, "", code
	case reportBuffered, reportAccepted, reportOnTheWay:
		return channel.ReceiptSent, "", code
	case reportFailed:
		stat, errorCode := receiptWords(reply)
		code = strings.TrimRight(code+" "+stat+" "+errorCode, " ")
		switch stat {
		case "EXPIRED":
			return channel.ReceiptExpired, "", code
		case "UNKNOWN":
			return channel.ReceiptPending, "", code
		}
		return channel.ReceiptFailed, channel.ClassUnknown, code
	case reportRejected:
		status, known := nackStatus(reply)
		if !known {
			return channel.ReceiptFailed, channel.ClassUnknown, code
		}
		return channel.ReceiptFailed, statusClass(status), code + " 0x" + strconv.FormatUint(status, 16)
	}
	return channel.ReceiptPending, "", code
}

// receiptStat and receiptErr find their words in the text of an SMPP receipt (SMPP 3.4, appendix B), in any order and
// before its text, which is somebody's message and may say "stat:" too.
var (
	receiptStat = regexp.MustCompile(`(?i)\bstat:([a-z]{1,10})\b`)
	receiptErr  = regexp.MustCompile(`(?i)\berr:([0-9a-z]{1,8})\b`)
)

func receiptWords(reply string) (stat, code string) {
	if at := strings.Index(strings.ToLower(reply), "text:"); at >= 0 {
		reply = reply[:at]
	}
	if m := receiptStat.FindStringSubmatch(reply); m != nil {
		stat = strings.ToUpper(m[1])
	}
	if m := receiptErr.FindStringSubmatch(reply); m != nil {
		code = m[1]
	}
	return stat, code
}

// nackStatus reads the command_status in "NACK/0x0000000b/Invalid Destination Address" or "NACK/11/…".
func nackStatus(reply string) (uint64, bool) {
	rest, ok := strings.CutPrefix(reply, "NACK/")
	if !ok {
		return 0, false
	}
	number, _, _ := strings.Cut(rest, "/")
	status, err := strconv.ParseUint(number, 0, 32)
	return status, err == nil
}

// statusClass sorts a command_status (SMPP 3.4, table 5-2).
func statusClass(status uint64) channel.Class {
	switch status {
	case 0x0b, 0x50, 0x51: // destination: address, type, plan
		return channel.ClassBadNumber
	case 0x0a, 0x48, 0x49: // source
		return channel.ClassSenderNotAllowed
	case 0x14, 0x58: // queue full, throttled: Kannel has given up trying
		return channel.ClassRateLimited
	case 0x08, 0x64:
		return channel.ClassProviderDown
	}
	return channel.ClassUnknown
}
