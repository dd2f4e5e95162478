package server

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"baro/gateway/channel"
)

// Messages takes what SMS providers send. Both return only when what they took is durable: the provider's "delivered to
// you" rests on it.
type Messages interface {
	Accept(ctx context.Context, mos []channel.MO) error
	Receipts(ctx context.Context, receipts []channel.Receipt) error
}

// Outcomes of SMS callbacks, as metrics name them.
const (
	outcomeStored  = "stored"
	outcomeRefused = "refused" // our store does not answer: the provider is to try again
)

// sms takes inbound messages. While nothing can be stored the provider gets a 503 and tries again.
func (s *Server) sms(c *fiber.Ctx) error {
	h, err := s.hook(c, hasSMS)
	if err != nil {
		return err
	}
	return s.callback(c, h, "mo", s.takeMessages)
}

// status takes delivery reports.
func (s *Server) status(c *fiber.Ctx) error {
	h, err := s.hook(c, hasSMS)
	if err != nil {
		return err
	}
	return s.callback(c, h, "receipt", s.takeReceipts)
}

func hasSMS(h *hook) bool { return h.SMS != nil }

func (s *Server) takeMessages(ctx context.Context, h *hook, r *channel.Request) (channel.Response, error) {
	mos, answer, err := h.SMS.DecodeMO(r)
	if err != nil {
		return answer, err
	}
	return answer, kept(s.Messages.Accept(ctx, mos))
}

func (s *Server) takeReceipts(ctx context.Context, h *hook, r *channel.Request) (channel.Response, error) {
	receipts, answer, err := h.SMS.DecodeReceipts(r)
	if err != nil {
		return answer, err
	}
	return answer, kept(s.Messages.Receipts(ctx, receipts))
}

// errNotKept says that a callback was understood and could not be stored.
var errNotKept = errors.New("server: not stored")

func kept(err error) error {
	if err != nil {
		return errors.Join(errNotKept, err)
	}
	return nil
}

func (s *Server) callback(c *fiber.Ctx, h *hook, kind string, take func(context.Context, *hook, *channel.Request) (channel.Response, error)) error {
	ctx, cancel := context.WithTimeout(s.base, s.Deadline)
	defer cancel()
	answer, err := take(ctx, h, s.copyRequest(c))
	switch {
	case err == nil:
		s.meters.callback(h.Name, kind, outcomeStored)
		return reply(c, answer)
	case errors.Is(err, channel.ErrForged):
		s.meters.refused(h.Name, "proof")
		return fiber.ErrForbidden
	case errors.Is(err, errNotKept):
		s.meters.callback(h.Name, kind, outcomeRefused)
		s.Log.Error("callback not stored", "channel", h.Name, "kind", kind, "error", err)
		return fiber.ErrServiceUnavailable
	default:
		s.meters.callback(h.Name, kind, outcomeInvalid)
		s.Log.Warn("callback refused", "channel", h.Name, "kind", kind, "error", err)
		return fiber.ErrBadRequest
	}
}
