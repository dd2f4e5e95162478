package africastalking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
	"baro/gateway/channel/wire"
)

// afterTrouble is the wait after a trouble of the provider's own that it reports for one recipient.
const afterTrouble = 30 * time.Second

// report is the answer to a send. It comes with 201 also when everybody was refused; statusCode has been seen as a number,
// and its type is not promised.
type report struct {
	Data *struct {
		Message    string `json:"Message"`
		Recipients []struct {
			StatusCode json.RawMessage `json:"statusCode"`
			Status     string          `json:"status"`
			MessageID  string          `json:"messageId"`
		} `json:"Recipients"`
	} `json:"SMSMessageData"`
}

// Send hands one message over by the form API. The provider takes no id of ours: a call whose fate is not known stays
// unknown for ever.
func (s *SMS) Send(ctx context.Context, m channel.MT) channel.Result {
	form := s.fixed + "&to=" + url.QueryEscape(m.To.E164()) + "&message=" + url.QueryEscape(m.Text)
	answer, err := s.client.Do(ctx, &http.Request{
		Method: http.MethodPost, URL: s.endpoint, Header: s.header, Body: io.NopCloser(strings.NewReader(form)), ContentLength: int64(len(form)),
	})
	if err != nil {
		return httpsend.Lost(err)
	}
	if r := answer.ByStatus(s.config.Now()); r != nil {
		if r.Outcome == channel.RetryAfter && r.After == 0 {
			r.After = time.Second
		}
		return *r
	}
	return read201(answer.Body)
}

// read201 sorts the answer for the one recipient.
func read201(body []byte) channel.Result {
	var r report
	if err := json.Unmarshal(body, &r); err != nil || r.Data == nil || len(r.Data.Recipients) > 1 {
		return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown, Err: errors.New("africastalking: success that cannot be read")}
	}
	if len(r.Data.Recipients) == 0 {
		return refusedAll(r.Data.Message)
	}
	recipient := r.Data.Recipients[0]
	code, err := strconv.Atoi(strings.Trim(string(recipient.StatusCode), `"`))
	if err != nil {
		return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown, Err: errors.New("africastalking: success without a status code")}
	}
	result := byCode(code)
	if result.Outcome != channel.Accepted {
		result.Err = fmt.Errorf("africastalking: recipient status %d", code)
		return result
	}
	if id := recipient.MessageID; id != "None" && wire.Plain(id, maxMessageID) {
		result.ProviderID = id
	}
	return result
}

// refusedAll sorts an answer without recipients: nobody was taken, and the reason is the message's first word, where it
// gives one.
func refusedAll(message string) channel.Result {
	r := channel.Result{Outcome: channel.Refused, Class: channel.ClassUnknown, Err: errors.New("africastalking: no recipient taken")}
	known := map[string]int{
		"riskhold": 401, "invalidsenderid": 402, "invalidphonenumber": 403, "unsupportednumbertype": 404,
		"insufficientbalance": 405, "userinblacklist": 406, "donotdisturbrejection": 409,
	}
	if code, ok := known[strings.ToLower(strings.TrimSpace(message))]; ok {
		r.Class = byCode(code).Class
	}
	return r
}

// byCode sorts a recipient's statusCode.
func byCode(code int) channel.Result {
	refused := func(c channel.Class) channel.Result { return channel.Result{Outcome: channel.Refused, Class: c} }
	switch code {
	case 100, 101, 102:
		return channel.Result{Outcome: channel.Accepted}
	case 401:
		return refused(channel.ClassBlockedContent)
	case 402:
		return refused(channel.ClassSenderNotAllowed)
	case 403, 404:
		return refused(channel.ClassBadNumber)
	case 405:
		return refused(channel.ClassNoCredit)
	case 406, 409:
		return refused(channel.ClassOptedOut)
	case 407:
		return refused(channel.ClassUnreachableForever)
	case 500:
		return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassProviderDown, After: afterTrouble}
	case 501:
		// One network's gateway: messages to others need not wait.
		return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassUnreachableNow, After: afterTrouble}
	}
	return refused(channel.ClassUnknown)
}
