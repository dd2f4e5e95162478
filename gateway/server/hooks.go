package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"baro/flows"
	"baro/gateway/channel"
)

// A Channel is one configured channel as the server has to know it.
type Channel struct {
	Name   string
	USSD   channel.USSDProvider // nil: the channel has no USSD
	SMS    channel.SMSProvider  // nil: the channel has no SMS
	More   channel.Router       // whatever else is called below the channel's address; nil: nothing
	Secret string               // path part that every hook must carry; empty: none, and then none is accepted
	Allow  []netip.Prefix       // source addresses that may call; empty: any
	Probe  func(ctx context.Context) Health
}

// A hook is a channel made ready for requests.
type hook struct {
	Channel
	secret [sha256.Size]byte
	places channel.Placer // nil: the four hooks are where they always are
}

func newHooks(channels []Channel) (map[string]*hook, error) {
	hooks := make(map[string]*hook, len(channels))
	for _, ch := range channels {
		if ch.Name == "" || hooks[ch.Name] != nil {
			return nil, fmt.Errorf("channel %q: the name is empty or taken", ch.Name)
		}
		h := &hook{Channel: ch, secret: sha256.Sum256([]byte(ch.Secret))}
		for _, provider := range []any{ch.USSD, ch.SMS} {
			if p, ok := provider.(channel.Placer); ok && h.places == nil {
				h.places = p
			}
		}
		hooks[ch.Name] = h
	}
	return hooks, nil
}

type channelKey struct{}

// hook finds the channel of a request and checks what proves the caller before anything is read. A wrong secret looks
// like a channel that does not exist.
func (s *Server) hook(c *fiber.Ctx, speaks func(*hook) bool) (*hook, error) {
	h := s.channels[c.Params("channel")]
	if h == nil || !h.knows(c.Params("secret")) || !speaks(h) {
		return nil, fiber.ErrNotFound
	}
	return h, s.admit(c, h)
}

// admit checks the address of a caller who knows the channel's path, and the size of what is brought.
func (s *Server) admit(c *fiber.Ctx, h *hook) error {
	c.Locals(channelKey{}, h.Name)
	if len(h.Allow) > 0 && !contains(h.Allow, s.remote(c)) {
		s.meters.refused(h.Name, "address")
		return fiber.ErrForbidden
	}
	if len(c.Request().Body()) > HookBodyLimit {
		return fiber.ErrRequestEntityTooLarge
	}
	if coding := c.Get(fiber.HeaderContentEncoding); coding != "" && coding != "identity" {
		return fiber.ErrUnsupportedMediaType // no provider compresses, and what unpacks has no limit
	}
	return nil
}

func hasUSSD(h *hook) bool { return h.USSD != nil }

// knows compares the path part in constant time. Both sides are hashed, so that neither content nor length shows.
func (h *hook) knows(part string) bool {
	if unescaped, err := url.PathUnescape(part); err == nil {
		part = unescaped
	}
	given := sha256.Sum256([]byte(part))
	return subtle.ConstantTimeCompare(given[:], h.secret[:]) == 1
}

// ussd answers one step. Whatever happens to us, the provider gets a 200 with a screen: networks turn anything else into
// "connection problem or invalid MMI code".
func (s *Server) ussd(c *fiber.Ctx) error {
	start := s.Now()
	h, err := s.hook(c, hasUSSD)
	if err != nil {
		return err
	}
	return s.dialled(c, h, start)
}

func (s *Server) dialled(c *fiber.Ctx, h *hook, start time.Time) error {
	response, outcome := s.answerUSSD(h, s.copyRequest(c))
	s.meters.step(h.Name, outcome, s.Now().Sub(start))
	if outcome == outcomeForged {
		return fiber.ErrForbidden
	}
	return reply(c, response)
}

func (s *Server) answerUSSD(h *hook, r *channel.Request) (response channel.Response, outcome string) {
	defer func() {
		if p := recover(); p != nil { // an adapter's; a dialogue's is caught in step
			s.logPanic(p)
			screen := s.Fault(FaultLater)
			response, outcome = h.USSD.EncodeUSSD(&screen), outcomePanic // whatever of the request the adapter fell over
		}
	}()
	var screen flows.Screen
	ev, err := h.USSD.DecodeUSSD(r)
	switch {
	case errors.Is(err, channel.ErrForged):
		return channel.Response{}, outcomeForged
	case errors.Is(err, channel.ErrEnded):
		return s.endedUSSD(h, r), outcomeHungUp
	case err != nil:
		s.Log.Warn("ussd request refused", "channel", h.Name, "error", err)
		screen, outcome = s.Fault(FaultRequest), outcomeInvalid
	default:
		screen, outcome = s.step(ev)
	}
	if a, ok := h.USSD.(channel.Answerer); ok {
		return a.AnswerUSSD(r, &screen), outcome
	}
	return h.USSD.EncodeUSSD(&screen), outcome
}

// endedUSSD takes an end notice from the hook of requests, as providers without a second one send it.
func (s *Server) endedUSSD(h *hook, r *channel.Request) channel.Response {
	if notice, err := h.USSD.DecodeEnd(r); err != nil {
		s.meters.ended(h.Name, "invalid")
	} else {
		s.tellEnd(h, notice)
	}
	if a, ok := h.USSD.(channel.Answerer); ok {
		return a.AnswerEnd(r)
	}
	screen := s.Fault(FaultRequest)
	return h.USSD.EncodeUSSD(&screen)
}

// step has the dialogue answer before the hard stop. What answers later is dropped: an answer belongs to its request, and
// the next one may be another step.
func (s *Server) step(ev channel.USSD) (flows.Screen, string) {
	ctx, cancel := context.WithTimeout(s.base, s.Deadline)
	defer cancel()
	type answer struct {
		screen   flows.Screen
		panicked bool
	}
	answered := make(chan answer, 1)
	s.steps.Go(func() {
		a := answer{panicked: true}
		defer func() {
			if p := recover(); p != nil {
				s.logPanic(p)
			}
			answered <- a
		}()
		screen := s.Dialogues.Handle(ctx, ev)
		a = answer{screen: screen}
	})
	select {
	case a := <-answered:
		switch {
		case a.panicked:
			return s.Fault(FaultLater), outcomePanic
		case a.screen.End():
			return a.screen, outcomeEnd
		}
		return a.screen, outcomeContinue
	case <-ctx.Done():
		s.Log.Error("ussd step exceeded its deadline", "channel", ev.Channel, "deadline", s.Deadline)
		return s.Fault(FaultLater), outcomeDeadline
	}
}

// ussdEnd takes an end notice. Providers repeat what is not answered with 200, and a notice is only a statistic: one that
// cannot be read is counted and answered like any other.
func (s *Server) ussdEnd(c *fiber.Ctx) error {
	h, err := s.hook(c, hasUSSD)
	if err != nil {
		return err
	}
	return s.hungUp(c, h)
}

func (s *Server) hungUp(c *fiber.Ctx, h *hook) error {
	notice, err := h.USSD.DecodeEnd(s.copyRequest(c))
	switch {
	case errors.Is(err, channel.ErrForged):
		s.meters.refused(h.Name, "proof")
		return fiber.ErrForbidden
	case err != nil:
		s.meters.ended(h.Name, "invalid")
	default:
		s.tellEnd(h, notice)
	}
	return reply(c, channel.Response{Status: fiber.StatusOK, ContentType: "text/plain; charset=utf-8"})
}

func (s *Server) tellEnd(h *hook, notice channel.EndNotice) {
	s.meters.ended(h.Name, notice.Status)
	ctx, cancel := context.WithTimeout(s.base, s.Deadline)
	defer cancel()
	s.Dialogues.Ended(ctx, notice)
}

func reply(c *fiber.Ctx, r channel.Response) error {
	for name, value := range r.Header {
		c.Set(name, value)
	}
	c.Set(fiber.HeaderContentType, r.ContentType)
	return c.Status(r.Status).Send(r.Body)
}
