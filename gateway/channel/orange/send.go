package orange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
	"baro/gateway/channel/wire"
	"baro/locales/charset"
)

// afterTrouble is the wait after a trouble of Orange's own that was told before the message was taken.
const afterTrouble = 5 * time.Second

// maxResource is the longest resource id that is kept.
const maxResource = 128

// An outbound is the request for one message; the answer repeats it with the resource's address.
type outbound struct {
	Request outboundRequest `json:"outboundSMSMessageRequest"`
}

type outboundRequest struct {
	Address    string       `json:"address"`
	Sender     string       `json:"senderAddress"`
	SenderName string       `json:"senderName,omitempty"`
	Text       outboundText `json:"outboundSMSTextMessage"`
}

type outboundText struct {
	Message string `json:"message"`
}

// Send hands one message over. Orange takes no id of ours: what may have been taken is never sent again. The one call that
// is repeated is one whose token the gateway refused as expired, before it looked at the message.
func (s *SMS) Send(ctx context.Context, m channel.MT) channel.Result {
	parts := []string{m.Text}
	if s.config.OneSegment && charset.Count(m.Text).Parts > 1 {
		parts = charset.Split(m.Text, charset.Ref8)
	}
	var last channel.Result
	for i, text := range parts {
		r := s.sendPart(ctx, m, text)
		if r.Outcome == channel.Accepted {
			last = r
			continue
		}
		if i == 0 {
			return r
		}
		// Some of it is with the person already. To send it again would repeat that; the rest is lost.
		return channel.Result{
			Outcome: channel.Unknown, ProviderID: last.ProviderID, Class: r.Class,
			Err: fmt.Errorf("orange: part %d of %d not taken: %w", i+1, len(parts), r.Err),
		}
	}
	last.Parts = len(parts) // the receipt that counts is that of the last part
	if len(parts) == 1 {
		last.Parts = 0
	}
	return last
}

func (s *SMS) sendPart(ctx context.Context, m channel.MT, text string) channel.Result {
	token, failed := s.tokens.get(ctx, "")
	if failed != nil {
		return *failed
	}
	r, expired := s.call(ctx, m, text, token)
	if !expired {
		return r
	}
	if token, failed = s.tokens.get(ctx, token); failed != nil {
		return *failed
	}
	r, _ = s.call(ctx, m, text, token)
	return r
}

func (s *SMS) call(ctx context.Context, m channel.MT, text, token string) (r channel.Result, expired bool) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	err := enc.Encode(outbound{outboundRequest{
		Address: "tel:" + m.To.E164(), Sender: s.sender, SenderName: s.config.SenderName, Text: outboundText{text},
	}})
	if err != nil {
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: errors.New("orange: request not made")}, false
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint.String(), bytes.NewReader(body.Bytes()))
	if err != nil {
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: errors.New("orange: request not made")}, false
	}
	req.URL = s.endpoint
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "baro")
	answer, err := s.client.Do(ctx, req)
	if err != nil {
		return httpsend.Lost(err), false
	}
	return s.sort(answer)
}

// sort reads an answer. expired is a 401 by which the gateway says that it is about the token.
func (s *SMS) sort(a httpsend.Answer) (r channel.Result, expired bool) {
	byStatus := a.ByStatus(s.config.Now())
	if byStatus == nil {
		return created(a.Body), false
	}
	f := readFault(a.Body)
	switch {
	case a.Status == http.StatusUnauthorized:
		return *byStatus, f.code == codeExpired || f.code == codeInvalid
	case f.id != "" && a.Status >= 400 && a.Status < 500:
		return f.result(byStatus.After), false
	case byStatus.Outcome == channel.RetryAfter && byStatus.After == 0:
		byStatus.After = time.Second
	}
	return *byStatus, false
}

// created reads a success: the id is the last part of the resource's address.
func created(body []byte) channel.Result {
	var a struct {
		Request *struct {
			ResourceURL string `json:"resourceURL"`
		} `json:"outboundSMSMessageRequest"`
	}
	if err := json.Unmarshal(body, &a); err != nil || a.Request == nil {
		return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown, Err: errors.New("orange: success that cannot be read")}
	}
	path := strings.TrimRight(a.Request.ResourceURL, "/")
	id := path[strings.LastIndexByte(path, '/')+1:]
	if !wire.Plain(id, maxResource) {
		id = ""
	}
	return channel.Result{Outcome: channel.Accepted, ProviderID: id}
}
