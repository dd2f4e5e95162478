package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"baro/gateway/channel/watch"
	"baro/gateway/server"
	"baro/store"
)

// keepChannelStates is how long what a node said of its channels outlives it.
const keepChannelStates = time.Hour

// channelProbe is a channel's line in /readyz.
func (n *node) channelProbe(name string) func(context.Context) server.Health {
	return func(ctx context.Context) server.Health { return server.Health(n.channelReport(ctx, name).State) }
}

// channelReport joins what is known of a channel: what it exchanged lately, what the outbox has gone through with it, and
// what the channel itself knows of its connection.
func (n *node) channelReport(ctx context.Context, name string) watch.Report {
	r := n.watch.Report(name)
	worse := func(s watch.State, reason string) {
		if watch.Worse(r.State, s) != r.State {
			r.State, r.Reason = s, reason
		}
	}
	if n.outbox != nil {
		for _, h := range n.outbox.Health() {
			if h.Channel == name {
				worse(watch.State(h.State), "sending: "+h.Reason+since(h.Since))
			}
		}
	}
	if own := n.probes[name]; own != nil {
		worse(watch.State(own(ctx)), "the connection to the provider does not stand as configured")
	}
	return r
}

func since(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " since " + t.UTC().Format(time.DateTime)
}

// reportChannels lets commands, the console and other nodes see how channels fare here.
func (n *node) reportChannels(ctx context.Context) (string, error) {
	now := n.set.now()
	var states []store.ChannelState
	for _, ch := range n.set.channels {
		r := n.channelReport(ctx, ch.Name)
		recent, err := json.Marshal(exchanges{Recent: r.Recent, Troubles: r.Troubles, Away: n.outbox == nil || !n.outbox.Ready(ch.Name)})
		if err != nil {
			return "", err
		}
		states = append(states, store.ChannelState{
			Channel: ch.Name, Node: n.id, State: string(r.State), Reason: r.Reason, LastIn: r.LastIn, LastOut: r.LastOut, Recent: recent, At: now,
		})
	}
	if err := n.db.ChannelStates().Report(ctx, states); err != nil {
		return "", err
	}
	_, err := n.db.ChannelStates().Purge(ctx, now.Add(-keepChannelStates))
	return "", err
}

// exchanges are what is stored of a channel's last ones, and whether the node may not send over it.
type exchanges struct {
	Recent   []watch.Exchange `json:"recent"`
	Troubles []watch.Exchange `json:"troubles"`
	Away     bool             `json:"away,omitempty"` // nodes of former versions do not say it, and may have the connection
}

// metrics are the registry of a node, with the health of its channels in it.
func (n *node) metrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(channelGauges{n})
	return r
}

// channelGauges tell the health of channels when they are asked.
type channelGauges struct{ node *node }

var (
	channelHealth = prometheus.NewDesc("baro_channel_health", "2 for a channel that works, 1 degraded, 0 down.", []string{"channel"}, nil)
	channelFailed = prometheus.NewDesc("baro_channel_failed_ratio", "Share of the exchanges of the last minutes that failed.", []string{"channel"}, nil)
)

// Describe names the gauges.
func (channelGauges) Describe(out chan<- *prometheus.Desc) {
	out <- channelHealth
	out <- channelFailed
}

// Collect asks every channel.
func (g channelGauges) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for _, ch := range g.node.set.channels {
		r := g.node.channelReport(ctx, ch.Name)
		value := map[watch.State]float64{watch.OK: 2, watch.Degraded: 1}[r.State]
		out <- prometheus.MustNewConstMetric(channelHealth, prometheus.GaugeValue, value, ch.Name)
		failed := 0.0
		if r.Seen > 0 {
			failed = float64(r.Failed) / float64(r.Seen)
		}
		out <- prometheus.MustNewConstMetric(channelFailed, prometheus.GaugeValue, failed, ch.Name)
	}
}
