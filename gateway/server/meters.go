package server

import (
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"baro/gateway/channel/watch"
)

// Outcomes of a USSD request, as metrics name them.
const (
	outcomeContinue = "continue" // a screen that waits for input
	outcomeEnd      = "end"      // a screen that ends the dialogue
	outcomeInvalid  = "invalid"  // the request could not be read
	outcomeForged   = "forged"   // the request did not prove where it comes from
	outcomeDeadline = "deadline" // the step did not answer in time
	outcomePanic    = "panic"
	outcomeHungUp   = "hung_up" // the request told that the dialogue is over
)

// meters count. No label holds anything of a person or of a stranger's choosing: channels, routes and outcomes are ours.
type meters struct {
	requests  *prometheus.CounterVec   // by route and status
	steps     *prometheus.CounterVec   // by channel and outcome
	latency   *prometheus.HistogramVec // of steps, by channel and outcome
	ends      *prometheus.CounterVec   // by channel and status
	refusals  *prometheus.CounterVec   // by channel and reason
	callbacks *prometheus.CounterVec   // of SMS, by channel, kind and outcome
	endStatus map[string]bool
	watch     *watch.Watch
}

func newMeters(r *prometheus.Registry, w *watch.Watch) (*meters, error) {
	m := &meters{
		watch: w,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "baro_http_requests_total", Help: "HTTP requests by route and status."}, []string{"route", "status"}),
		steps: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "baro_ussd_requests_total", Help: "USSD requests by channel and outcome."}, []string{"channel", "outcome"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "baro_ussd_duration_seconds", Help: "Time from a USSD request to its screen.",
			// From an in-process step to the hard stop; 1.5 s is the aim for the slowest hundredth.
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 1.5, 2.5, 5}},
			[]string{"channel", "outcome"}),
		ends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "baro_ussd_ended_total", Help: "End notices by channel and status."}, []string{"channel", "status"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "baro_hook_refused_total", Help: "Hook requests refused before they were read."}, []string{"channel", "reason"}),
		callbacks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "baro_sms_callbacks_total", Help: "SMS callbacks by channel, kind and outcome."}, []string{"channel", "kind", "outcome"}),
		endStatus: map[string]bool{"success": true, "incomplete": true, "failed": true, "invalid": true},
	}
	for _, c := range []prometheus.Collector{
		m.requests, m.steps, m.latency, m.ends, m.refusals, m.callbacks,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

func (m *meters) answered(route string, status int) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
}

func (m *meters) step(channel, outcome string, took time.Duration) {
	m.steps.WithLabelValues(channel, outcome).Inc()
	m.latency.WithLabelValues(channel, outcome).Observe(took.Seconds())
	m.watch.Note(channel, watch.Exchange{Way: watch.USSD, Outcome: outcome, Took: took, Mark: markOf(outcome)})
}

func (m *meters) ended(channel, status string) {
	if !m.endStatus[status] {
		status = "unknown"
	}
	m.ends.WithLabelValues(channel, status).Inc()
	m.watch.Note(channel, watch.Exchange{Way: watch.Ended, Outcome: status, Mark: markOf(status)})
}

func (m *meters) callback(channel, kind, outcome string) {
	m.callbacks.WithLabelValues(channel, kind, outcome).Inc()
	m.watch.Note(channel, watch.Exchange{Way: watch.Way(kind), Outcome: outcome, Mark: markOf(outcome)})
}

func (m *meters) refused(channel, reason string) {
	m.refusals.WithLabelValues(channel, reason).Inc()
	m.watch.Note(channel, watch.Exchange{Way: watch.Hook, Outcome: "refused: " + reason, Mark: watch.Noise})
}

// markOf tells failures of ours and of the channel from what strangers send.
func markOf(outcome string) watch.Mark {
	switch outcome {
	case outcomeDeadline, outcomePanic, outcomeRefused:
		return watch.Trouble
	case outcomeInvalid, outcomeForged:
		return watch.Noise
	}
	return watch.Fine
}
