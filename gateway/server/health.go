package server

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Health is how well something works.
type Health string

// The states of a dependency or channel.
const (
	OK       Health = "ok"
	Degraded Health = "degraded" // works with less: no Redis but sessions in process, a provider out of credit
	Down     Health = "down"
)

// A Check asks one dependency. Probe should return before its context ends.
type Check struct {
	Name     string
	Critical bool // without it nothing can be served: the database
	Probe    func(ctx context.Context) Health
}

// probeEvery is how long an answer is shown again: a load balancer and a monitor that ask at the same time cost the
// database one question.
const probeEvery = time.Second

// readiness asks all checks at once and remembers the answers for a moment.
type readiness struct {
	now     func() time.Time
	timeout time.Duration
	probes  []*probe

	mu    sync.Mutex
	at    time.Time
	known bool
}

// A probe is a check and its last answer.
type probe struct {
	Check
	channel bool
	health  Health
	late    chan Health // of a run that has not come back
}

func newReadiness(checks []Check, channels []Channel, timeout time.Duration, now func() time.Time) *readiness {
	r := &readiness{now: now, timeout: timeout}
	for _, c := range checks {
		r.probes = append(r.probes, &probe{Check: c})
	}
	for _, ch := range channels {
		r.probes = append(r.probes, &probe{Check: Check{Name: ch.Name, Probe: ch.Probe}, channel: true})
	}
	return r
}

// report is the body of /readyz.
type report struct {
	Status       Health            `json:"status"`
	Draining     bool              `json:"draining"`
	Dependencies map[string]Health `json:"dependencies"`
	Channels     map[string]Health `json:"channels"`
}

func (r *readiness) report(ctx context.Context, draining bool) (report, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.now(); !r.known || now.Sub(r.at) >= probeEvery || now.Before(r.at) {
		r.ask(ctx)
		r.at, r.known = now, true
	}
	out := report{Status: OK, Draining: draining, Dependencies: map[string]Health{}, Channels: map[string]Health{}}
	fit := !draining
	for _, p := range r.probes {
		if p.channel {
			out.Channels[p.Name] = p.health
		} else {
			out.Dependencies[p.Name] = p.health
		}
		switch {
		case p.health == Down && p.Critical:
			out.Status, fit = Down, false
		case p.health != OK && out.Status == OK:
			out.Status = Degraded
		}
	}
	return out, fit
}

// ask runs the probes side by side. One that does not come back counts as down, and is not started again before it has.
func (r *readiness) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	for _, p := range r.probes {
		if p.Probe != nil && p.late == nil {
			result := make(chan Health, 1)
			p.late = result
			go func() { result <- p.run(ctx) }()
		}
	}
	for _, p := range r.probes {
		if p.Probe == nil {
			p.health = OK
			continue
		}
		select {
		case p.health = <-p.late:
			p.late = nil
		case <-ctx.Done():
			p.health = Down
		}
	}
}

func (p *probe) run(ctx context.Context) (h Health) {
	defer func() {
		if recover() != nil {
			h = Down
		}
	}()
	switch h = p.Probe(ctx); h {
	case OK, Degraded:
		return h
	}
	return Down
}

func (s *Server) health(c *fiber.Ctx) error {
	return reportJSON(c, http.StatusOK, map[string]Health{"status": OK})
}

func (s *Server) ready(c *fiber.Ctx) error {
	body, fit := s.readier.report(s.base, s.draining.Load())
	status := http.StatusOK
	if !fit {
		status = http.StatusServiceUnavailable
	}
	return reportJSON(c, status, body)
}

func reportJSON(c *fiber.Ctx, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/json; charset=utf-8")
	return c.Status(status).Send(append(body, '\n'))
}
