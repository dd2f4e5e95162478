package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	twilio "github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
)

// maxBody is the most characters the Messages resource takes; more is error 21617.
const maxBody = 1600

// Bounds of ValidityPeriod in seconds; Twilio advises more than five.
const (
	minValidity = 6
	maxValidity = 36000
)

var errTooLong = errors.New("twilio: more than 1600 characters")

// Send hands one message over. Twilio takes no id of ours that would make a repeat harmless, so a call whose fate is not
// known is channel.Unknown; the status callback, which carries our id, may tell later.
func (p *Provider) Send(ctx context.Context, m channel.MT) channel.Result {
	if utf8.RuneCountInString(m.Text) > maxBody {
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: errTooLong}
	}
	c := &call{ctx: ctx, provider: p}
	// Not api.NewApiServiceWithClient: its handler reads TWILIO_EDGE and TWILIO_REGION.
	service := api.NewApiService(&twilio.RequestHandler{Client: c})
	made, err := service.CreateMessage(p.params(m))
	if err != nil {
		return p.failure(c, err)
	}
	return created(c, made)
}

func (p *Provider) params(m channel.MT) *api.CreateMessageParams {
	params := (&api.CreateMessageParams{}).SetTo(m.To.E164()).SetBody(m.Text).SetSmartEncoded(false)
	if p.config.From != "" {
		params.SetFrom(p.config.From)
	}
	if p.config.MessagingServiceSID != "" {
		params.SetMessagingServiceSid(p.config.MessagingServiceSID)
	}
	if p.config.StatusURL != "" {
		mark := "?"
		if strings.Contains(p.config.StatusURL, "?") {
			mark = "&"
		}
		params.SetStatusCallback(p.config.StatusURL + mark + ourIDParameter + "=" + url.QueryEscape(m.ID))
	}
	if !m.ExpiresAt.IsZero() {
		left := int(m.ExpiresAt.Sub(p.config.Now()) / time.Second)
		params.SetValidityPeriod(min(max(left, minValidity), maxValidity))
	}
	return params
}

// created reads a success. It needs the message's sid; without one nobody can say whether the message exists.
func created(c *call, made *api.ApiV2010Message) channel.Result {
	if made.Sid == nil || !plain(*made.Sid, 64) || *made.Sid == "" {
		return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown, Err: errors.New("twilio: success without a sid")}
	}
	r := channel.Result{Outcome: channel.Accepted, ProviderID: *made.Sid}
	if made.NumSegments != nil {
		if n, err := strconv.Atoi(*made.NumSegments); err == nil && n > 0 && n < 256 {
			r.Parts = n
		}
	}
	if made.Status != nil && state(*made.Status) == channel.ReceiptFailed {
		r.Outcome, r.Class = channel.Refused, channel.ClassUnknown
		if made.ErrorCode != nil {
			r.Class = deliveryClass(*made.ErrorCode)
		}
		r.Err = fmt.Errorf("twilio: created as %q", clip(*made.Status, 32))
	}
	return r
}

// failure sorts everything else by what went over the wire; the library's own error knows less.
func (p *Provider) failure(c *call, err error) channel.Result {
	switch {
	case c.lost != nil:
		return httpsend.Lost(c.lost)
	case !c.answered:
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: fmt.Errorf("twilio: request not made: %w", err)}
	}
	now := p.config.Now()
	byStatus := c.answer.ByStatus(now)
	if byStatus == nil {
		// A success that does not parse; the decoder's message may quote what the answer repeats of the text.
		return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown, Err: errors.New("twilio: success that cannot be read")}
	}
	if byStatus.Outcome == channel.Unknown {
		return *byStatus
	}
	code := errorCode(c.answer.Body)
	r, known := refusal(code)
	if !known {
		r = *byStatus
	}
	if r.Outcome == channel.RetryAfter {
		r.After = max(r.After, c.answer.After(now))
		if r.After == 0 {
			r.After = afterThrottle
		}
	}
	r.Err = fmt.Errorf("twilio: answered %d, code %d", c.answer.Status, code)
	return r
}

// errorCode reads {"code": 21610, …}, also where the code is a string; 0 without one. The message beside it repeats
// numbers and is not read.
func errorCode(body []byte) int {
	var e struct {
		Code json.RawMessage `json:"code"`
	}
	if json.Unmarshal(body, &e) != nil {
		return 0
	}
	code, err := strconv.Atoi(strings.Trim(string(e.Code), `"`))
	if err != nil {
		return 0
	}
	return code
}
