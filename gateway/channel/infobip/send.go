package infobip

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
)

// Groups of states; what is in none of them is on its way.
const (
	groupUndeliverable = 2
	groupDelivered     = 3
	groupExpired       = 4
	groupRejected      = 5
)

type batch struct {
	Messages []message `json:"messages"`
}

type message struct {
	Sender       string        `json:"sender"`
	Destinations []destination `json:"destinations"`
	Content      content       `json:"content"`
	Options      *options      `json:"options,omitempty"`
	Webhooks     *webhooks     `json:"webhooks,omitempty"`
}

type destination struct {
	To        string `json:"to"` // without its plus
	MessageID string `json:"messageId"`
}

type content struct {
	Text string `json:"text"`
}

type options struct {
	Validity validity `json:"validityPeriod"`
}

type validity struct {
	Amount int    `json:"amount"`
	Unit   string `json:"timeUnit"`
}

type webhooks struct {
	Delivery    delivery `json:"delivery"`
	ContentType string   `json:"contentType"`
}

type delivery struct {
	URL          string `json:"url"`
	Intermediate bool   `json:"intermediateReport"`
}

// Validity periods that are asked for, in minutes.
const (
	minValidity = 1
	maxValidity = 48 * 60
)

// Send hands one message over. Its id is ours, in the call, in the answer and in reports.
func (s *SMS) Send(ctx context.Context, m channel.MT) channel.Result {
	out := message{
		Sender: s.config.From, Content: content{m.Text},
		Destinations: []destination{{To: strings.TrimPrefix(m.To.E164(), "+"), MessageID: m.ID}},
	}
	if !m.ExpiresAt.IsZero() {
		minutes := int(m.ExpiresAt.Sub(s.config.Now()) / time.Minute)
		out.Options = &options{validity{min(max(minutes, minValidity), maxValidity), "MINUTES"}}
	}
	if s.config.StatusURL != "" {
		out.Webhooks = &webhooks{delivery{URL: s.config.StatusURL, Intermediate: true}, "application/json"}
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	err := enc.Encode(batch{[]message{out}})
	if err != nil {
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: errors.New("infobip: request not made")}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint, &body)
	if err != nil {
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: errors.New("infobip: request not made")}
	}
	req.Header.Set("Authorization", "App "+s.config.APIKey)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "baro")
	answer, err := s.client.Do(ctx, req)
	if err != nil {
		return httpsend.Lost(err)
	}
	if r := answer.ByStatus(s.config.Now()); r != nil {
		if r.Outcome == channel.RetryAfter && r.After == 0 {
			r.After = time.Second
		}
		return *r
	}
	return taken(answer.Body, m.ID)
}

// A status is what became of a message; its name is kept for the record.
type status struct {
	GroupID int    `json:"groupId"`
	Name    string `json:"name"`
}

// taken reads a success, which may still say that the one message was rejected.
func taken(body []byte, id string) channel.Result {
	var a struct {
		Messages []struct {
			MessageID string  `json:"messageId"`
			Status    *status `json:"status"`
			Details   struct {
				Count int `json:"messageCount"`
			} `json:"details"`
		} `json:"messages"`
	}
	if err := json.Unmarshal(body, &a); err != nil || len(a.Messages) != 1 || a.Messages[0].Status == nil {
		return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown, Err: errors.New("infobip: success that cannot be read")}
	}
	m := a.Messages[0]
	switch m.Status.GroupID {
	case groupUndeliverable, groupExpired, groupRejected:
		return channel.Result{Outcome: channel.Refused, Class: classOf(m.Status.Name), Err: fmt.Errorf("infobip: status group %d", m.Status.GroupID)}
	}
	return channel.Result{Outcome: channel.Accepted, ProviderID: id, Parts: max(m.Details.Count, 0)}
}

// classOf sorts the names of states that say why.
func classOf(name string) channel.Class {
	switch name = strings.ToUpper(name); {
	case strings.Contains(name, "NOT_ENOUGH_CREDITS"):
		return channel.ClassNoCredit
	case strings.Contains(name, "SENDER"):
		return channel.ClassSenderNotAllowed
	case strings.Contains(name, "DESTINATION"), strings.Contains(name, "NETWORK"):
		return channel.ClassBadNumber
	}
	return channel.ClassUnknown
}
