package twilio

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"baro/gateway/channel"
)

// ourIDParameter carries our message id in the status callback's URL. The URL is signed, so the id is ours.
const ourIDParameter = "m"

// DecodeReceipts reads a status callback. They come in any order, twice, and with states unknown today; those are
// pending receipts.
func (p *Provider) DecodeReceipts(r *channel.Request) ([]channel.Receipt, channel.Response, error) {
	f, err := p.ours(r)
	if err != nil {
		return nil, channel.Response{}, err
	}
	receipt := channel.Receipt{Channel: p.config.Channel, ProviderID: sid(f)}
	if id, err := uuid.Parse(r.Query.Get(ourIDParameter)); err == nil {
		receipt.OurID = id.String()
	}
	if receipt.ProviderID == "" && receipt.OurID == "" {
		return nil, channel.Response{}, fmt.Errorf("%w: field MessageSid", channel.ErrInvalid)
	}
	status := f.Get("MessageStatus")
	if status == "" {
		status = f.Get("SmsStatus")
	}
	receipt.Code = clip(readable(status), 32)
	receipt.State = state(status)
	if receipt.State == channel.ReceiptFailed {
		receipt.Class = channel.ClassUnknown
		if code, err := strconv.Atoi(f.Get("ErrorCode")); err == nil {
			receipt.Class, receipt.Code = deliveryClass(code), receipt.Code+" "+strconv.Itoa(code)
		}
	}
	if strings.EqualFold(status, "partially_delivered") {
		receipt.Class = channel.ClassPartial // sent, and not to be read as all there
	}
	return []channel.Receipt{receipt}, silence(), nil
}

// state is what a MessageStatus says. "sent" may stay the last word for ever where the operator reports nothing back.
func state(status string) channel.ReceiptState {
	switch strings.ToLower(status) {
	case "sent", "partially_delivered":
		return channel.ReceiptSent
	case "delivered", "read":
		return channel.ReceiptDelivered
	case "undelivered", "failed", "canceled":
		return channel.ReceiptFailed
	}
	return channel.ReceiptPending
}
