package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/smsgate"
	"baro/gateway/outbox"
	"baro/gateway/server"
)

// phoneTimes are those of the right to a channel's phones: ten seconds after its node died another has it.
func phoneTimes() holdTimes {
	return holdTimes{lease: 8 * time.Second, renew: 2500 * time.Millisecond, retry: time.Second}
}

// Waits for phones, which fetch and report when their network lets them.
const (
	phonePatience    = 2 * time.Minute  // of one message: longer than the adapter itself waits
	phoneLease       = 15 * time.Minute // of a message that was laid ready
	phoneUnconfirmed = 10 * time.Minute
	phoneTPS         = 0.25 // message parts of one SIM: a card that sends faster looks like a machine
	keepPhoneOffers  = 7 * 24 * time.Hour
)

// phoneSMS is a channel of Android phones: phones that dial us, or one app that we call.
func (n *node) phoneSMS(ch channelSettings) (channel.SMSProvider, error) {
	c := smsgate.Config{
		Channel: ch.Name, SigningKey: string(ch.Secretly("signing_key")), Profile: ch.profile, Now: n.set.now, Log: n.log,
	}
	c.BaseURL = n.hookURL(ch, "")
	c.BaseURL = c.BaseURL[:len(c.BaseURL)-1]
	var err error
	if c.SIMs, err = sims(ch); err != nil {
		return nil, err
	}
	switch mode := ch.Text("mode"); mode {
	case "", "private":
		c.Token, c.NewToken = string(ch.Secretly("token")), rand.Text
		c.Limits = smsgate.Limits{PerMinute: ch.Number("per_minute"), PerHour: ch.Number("per_hour"), PerDay: ch.Number("per_day")}
		c.Phones, c.Offers, c.Writer = n.db.Phones(), n.db.PhoneOffers(), n.db
		s, err := smsgate.NewServer(c)
		if err == nil {
			n.phones = append(n.phones, s)
		}
		return s, err
	case "local", "cloud":
		c.Username, c.Password, c.APIURL = ch.Text("username"), string(ch.Secretly("password")), ch.Text("api_url")
		if mode == "cloud" && c.APIURL == "" {
			c.APIURL = "https://api.sms-gate.app/3rdparty/v1"
		}
		s, err := smsgate.NewClient(c)
		if err == nil {
			n.apps = append(n.apps, s)
		}
		return s, err
	}
	return nil, errors.New("mode: one of private, local, cloud")
}

// sims are the slots to send from: one, several in turn, or as the phone chooses.
func sims(ch channelSettings) (slots []int, err error) {
	all, _ := ch.Settings["sims"].([]string)
	if one := ch.Number("sim"); one > 0 {
		all = append(all, strconv.Itoa(one))
	}
	for _, s := range all {
		slot, err := strconv.Atoi(s)
		if err != nil {
			return nil, fmt.Errorf("sims: slots are whole numbers, as in 1,2")
		}
		slots = append(slots, slot)
	}
	return slots, nil
}

// smsOut is a channel's way out.
func smsOut(ch channelSettings, p channel.SMSProvider) outbox.Channel {
	out := outbox.Channel{Name: ch.Name, Provider: p, TPS: ratePerSecond(ch)}
	if ch.Provider == "smsgate" && out.TPS == 0 {
		slots, _ := sims(ch)
		out.TPS = phoneTPS * float64(max(len(slots), 1))
	}
	if s, ok := p.(*smsgate.Server); ok {
		out.Timeout, out.Lease, out.UnconfirmedAfter, out.Ready = phonePatience, phoneLease, phoneUnconfirmed, s.Ready
		out.Elsewhere = true
	}
	return out
}

// phoneProbe tells how the phones of a channel fare, nil for other channels.
func phoneProbe(p channel.SMSProvider) func(context.Context) server.Health {
	told := map[smsgate.Condition]server.Health{smsgate.Well: server.OK, smsgate.Ailing: server.Degraded, smsgate.Gone: server.Down}
	switch p := p.(type) {
	case *smsgate.Server:
		return func(ctx context.Context) server.Health {
			c, _ := p.Condition(ctx) // without an answer: gone
			return told[c]
		}
	case *smsgate.Client:
		return func(context.Context) server.Health { return told[p.Condition()] }
	}
	return nil
}

// startPhones begins to serve phones, and tells the apps that we call where to report.
func (n *node) startPhones() {
	for _, s := range n.phones {
		s.Start(smsgate.Handlers{
			Record: n.outbox.Record, Open: n.outbox.Reveal, Hold: n.holdPhones("phones:" + s.Channel), Wake: func() { n.outbox.Wake(s.Channel) },
		})
	}
	for _, c := range n.apps {
		c.Start()
	}
}

// drainPhones takes back what lies ready and was not fetched; sending ends.
func (n *node) drainPhones() {
	for _, s := range n.phones {
		s.Drain()
	}
}

func (n *node) stopPhones() {
	for _, s := range n.phones {
		s.Stop()
	}
	for _, c := range n.apps {
		c.Stop()
	}
}

// holdPhones keeps a lease in the database for as long as this node lays messages ready for a channel's phones.
func (n *node) holdPhones(name string) smsgate.Hold {
	return func(ctx context.Context) (smsgate.Held, error) {
		r, err := n.hold(ctx, name, phoneTimes())
		return smsgate.Held{Lost: r.lost, Check: r.check, Release: r.release}, err
	}
}
