package kannel

import (
	"fmt"
	"strings"

	"baro/gateway/channel"
	"baro/gateway/identity"
)

// ussdService is the SMPP service_type of USSD.
const ussdService = "USSD"

// DecodeMO reads what an sms-service sends by get-url or post-url. Messages of senders that are no phone, and binary ones,
// give no MO and are answered like others: Kannel would only bring them back.
func (s *SMS) DecodeMO(r *channel.Request) ([]channel.MO, channel.Response, error) {
	c, err := read(r)
	if err != nil {
		return nil, channel.Response{}, err
	}
	if strings.EqualFold(c.service, ussdService) {
		return nil, channel.Response{}, fmt.Errorf("%w: USSD on a channel of kind sms", channel.ErrInvalid)
	}
	from, err := identity.Parse(c.from)
	if err != nil || c.binary() {
		return nil, taken(), nil
	}
	return []channel.MO{{Channel: s.name, ExternalID: c.id, From: from, To: c.to, Text: c.words()}}, taken(), nil
}
