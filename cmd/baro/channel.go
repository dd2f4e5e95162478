package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"baro/config"
	"baro/gateway/channel/watch"
	"baro/gateway/identity"
	"baro/gateway/outbox"
	"baro/store"
)

type channelCommand struct {
	List   channelListCommand   `cmd:"" help:"The configured channels and how they fare on the nodes that serve them."`
	Phones channelPhonesCommand `cmd:"" help:"The Android phones of a channel: which there are, how they fare, shutting one out."`
	Test   channelTestCommand   `cmd:"" help:"Send one SMS over a channel and follow what becomes of it. A gateway has to be running."`
}

// freshState is how long a node's word about a channel counts: it reports every ten seconds.
const freshState = 30 * time.Second

type channelListCommand struct {
	Recent bool `help:"With the last exchanges, and the last ones that failed. They hold no numbers and no texts."`
	JSON   bool `help:"As JSON."`
}

// listed is a channel as the command shows it.
type listed struct {
	Name     string     `json:"name"`
	Provider string     `json:"provider"`
	Kind     string     `json:"kind"`
	Code     string     `json:"code,omitempty"`
	Commune  string     `json:"commune,omitempty"`
	Cost     *float64   `json:"cost_per_part,omitempty"` // in francs; nil: not configured
	Nodes    []nodeWord `json:"nodes"`
}

// nodeWord is what one node says of a channel.
type nodeWord struct {
	Node    string          `json:"node"`
	State   string          `json:"state"`
	Reason  string          `json:"reason,omitempty"`
	LastIn  *time.Time      `json:"last_in,omitempty"`
	LastOut *time.Time      `json:"last_out,omitempty"`
	Last    json.RawMessage `json:"exchanges,omitempty"`
}

// Run lists.
func (l *channelListCommand) Run(ctx context.Context, p Process, c *commands) error {
	conf, err := loadConfig(p, c, config.Tool, nil, nil)
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, p, c)
	if err != nil {
		return err
	}
	defer db.Close()
	states, err := db.ChannelStates().List(ctx, time.Now().Add(-freshState))
	if err != nil {
		return err
	}
	all := make([]listed, 0, len(conf.Channels))
	for _, ch := range conf.Channels {
		entry := listed{Name: ch.Name, Provider: ch.Provider, Kind: ch.Kind, Code: ch.Code, Commune: ch.Commune, Nodes: []nodeWord{}}
		if ch.Way.Cost > 0 {
			francs := float64(ch.Way.Cost) / 1000
			entry.Cost = &francs
		}
		for _, s := range states {
			if s.Channel == ch.Name {
				entry.Nodes = append(entry.Nodes, word(s, l.Recent))
			}
		}
		all = append(all, entry)
	}
	if l.JSON {
		return json.NewEncoder(p.Stdout).Encode(all)
	}
	return l.print(p.Stdout, all)
}

func word(s store.ChannelState, recent bool) nodeWord {
	w := nodeWord{Node: s.Node, State: s.State, Reason: s.Reason}
	if !s.LastIn.IsZero() {
		w.LastIn = &s.LastIn
	}
	if !s.LastOut.IsZero() {
		w.LastOut = &s.LastOut
	}
	if recent {
		w.Last = s.Recent
	}
	return w
}

func (l *channelListCommand) print(out io.Writer, all []listed) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CHANNEL\tPROVIDER\tKIND\tCODE\tFCFA/PART\tNODE\tSTATE\tLAST IN\tLAST OUT\tREASON")
	for _, ch := range all {
		if len(ch.Nodes) == 0 {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t-\tunknown\t-\t-\tno running gateway reports it\n", ch.Name, ch.Provider, ch.Kind, ch.Code, perPart(ch.Cost))
		}
		for _, n := range ch.Nodes {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%.8s\t%s\t%s\t%s\t%s\n",
				ch.Name, ch.Provider, ch.Kind, ch.Code, perPart(ch.Cost), n.Node, n.State, instant(n.LastIn), instant(n.LastOut), n.Reason)
		}
	}
	if err := table.Flush(); err != nil || !l.Recent {
		return err
	}
	for _, ch := range all {
		for _, n := range ch.Nodes {
			var e exchanges
			if err := json.Unmarshal(n.Last, &e); err != nil {
				return fmt.Errorf("read the exchanges of %s: %w", ch.Name, err)
			}
			for _, part := range []struct {
				what string
				list []watch.Exchange
			}{{"last exchanges", e.Recent}, {"last failures and refusals", e.Troubles}} {
				fmt.Fprintf(out, "\n%s on %.8s, %s:\n", ch.Name, n.Node, part.what)
				for _, x := range part.list {
					fmt.Fprintf(out, "  %s  %-7s  %-10s %s  %s\n", x.At.UTC().Format(time.DateTime), x.Way, x.Outcome, x.Class, x.Took.Round(time.Millisecond))
				}
			}
		}
	}
	return nil
}

// perPart is a price as the table shows it.
func perPart(francs *float64) string {
	if francs == nil {
		return "-"
	}
	return strconv.FormatFloat(*francs, 'f', -1, 64)
}

func instant(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.UTC().Format(time.DateTime)
}

type channelTestCommand struct {
	Name string        `arg:"" help:"The channel."`
	To   string        `help:"The number to send to." required:"" placeholder:"+223…"`
	Text string        `help:"What to send." default:"Essai de la mairie: ce message confirme que les SMS arrivent."`
	Wait time.Duration `help:"How long to follow it." default:"2m"`
}

// Run sends one message and tells each state it comes to.
func (t *channelTestCommand) Run(ctx context.Context, p Process, c *commands) error {
	to, err := identity.Parse(t.To)
	if err != nil {
		return usageError{fmt.Errorf("--to: %w", err)}
	}
	conf, err := loadConfig(p, c, config.Tool, nil, nil)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(conf.Channels, func(ch config.Channel) bool { return ch.Name == t.Name && ch.Kind == "sms" }) {
		return usageError{fmt.Errorf("no SMS channel is named %q", t.Name)}
	}
	n, err := openTool(ctx, conf)
	if err != nil {
		return err
	}
	defer n.close()
	id := uuid.NewString()
	err = n.outbox.Enqueue(ctx, outbox.Message{
		ID: id, Channel: t.Name, Origin: "channel test", To: to, Text: t.Text, Language: conf.DefaultLanguage,
		Priority: store.PriorityReply, ExpiresAt: time.Now().Add(t.Wait), Scrub: true,
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "%s  queued for %s as %s\n", time.Now().UTC().Format(time.TimeOnly), to.Masked(), id)
	return t.follow(ctx, p.Stdout, n, id)
}

// A follower asks this often; a queued message that nobody took by then gets a word about it.
const (
	followEvery  = 250 * time.Millisecond
	nobodyAfter  = 10 * time.Second
	afterExpired = 2 * time.Second // the gateway's own sweep says expired a moment later
)

func (t *channelTestCommand) follow(ctx context.Context, out io.Writer, n *node, id string) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	begun, state, told := time.Now(), store.OutboundQueued, false
	for {
		m, err := n.db.Outbox().Get(ctx, id)
		if err != nil {
			return err
		}
		if m.State != state {
			state = m.State
			fmt.Fprintf(out, "%s  %s%s\n", time.Now().UTC().Format(time.TimeOnly), state, details(m))
		}
		switch state {
		case store.OutboundDelivered:
			return nil
		case store.OutboundFailed, store.OutboundExpired, store.OutboundUnconfirmed:
			return errFound
		}
		waited := time.Since(begun)
		if state == store.OutboundQueued && waited > nobodyAfter && !told {
			told = true
			fmt.Fprintln(out, n.whyQueued(ctx, t.Name))
		}
		switch {
		case waited > t.Wait && state == store.OutboundSent:
			fmt.Fprintf(out, "No delivery report within %s; some networks give none.\n", t.Wait)
			return nil
		case waited > t.Wait+afterExpired:
			fmt.Fprintf(out, "Still %s after %s.\n", state, t.Wait)
			return errFound
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func details(m store.Outbound) (out string) {
	if m.ProviderID != "" {
		out += ", the provider's id is " + m.ProviderID
	}
	if m.Parts > 0 {
		out += fmt.Sprintf(", %d SMS parts", m.Parts)
	}
	if m.FailureClass != "" {
		out += ": " + m.FailureClass
	}
	return out
}

// whyQueued says what may keep a message in the queue.
func (n *node) whyQueued(ctx context.Context, name string) string {
	states, err := n.db.ChannelStates().List(ctx, time.Now().Add(-freshState))
	if err != nil {
		return "Nobody has taken it yet."
	}
	states = slices.DeleteFunc(states, func(s store.ChannelState) bool { return s.Channel != name })
	if len(states) == 0 {
		return "No gateway that serves this channel is running on this database: start baro serve."
	}
	if s := states[0]; s.Reason != "" {
		return fmt.Sprintf("The channel is %s: %s.", s.State, s.Reason)
	}
	return "The gateway has not taken it yet; the channel is " + states[0].State + "."
}
