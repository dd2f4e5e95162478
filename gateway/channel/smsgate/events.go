package smsgate

import (
	"context"
	"net/http"
	"time"

	"baro/gateway/channel"
	"baro/store"
)

// enqueued tells the app to fetch its messages.
const enqueued = "event: MessageEnqueued\ndata: {}\n\n"

// events is a phone's stream of server-sent events. It tells the phone when something lies ready, keeps the connection
// alive, and ends when the phone is disabled or opens another stream, and after a while in any case: the phone comes back.
func (s *Server) events(p store.Phone) channel.Response {
	return channel.Response{Status: http.StatusOK, ContentType: "text/event-stream", Stream: func(ctx context.Context, send func([]byte) error) {
		ctx, end := context.WithCancel(ctx)
		defer end()
		leave := s.lines.take(p.ID, end)
		defer leave()
		bell, hang := s.lines.listen(p.ID)
		defer hang()
		beat := time.NewTicker(s.Timing.KeepAlive)
		defer beat.Stop()
		life := time.NewTimer(s.Timing.Stream)
		defer life.Stop()
		piece := []byte(":welcome\n\n" + enqueued) // what lies ready from before
		for {
			if send(piece) != nil {
				return
			}
			select {
			case <-bell:
				piece = []byte(enqueued)
			case <-beat.C:
				if !s.alive(ctx, p.ID) {
					return
				}
				piece = []byte(":keepalive\n\n")
			case <-ctx.Done():
				return
			case <-life.C:
				return
			case <-s.quit:
				return
			}
		}
	}}
}

// alive notes that a phone's stream stands, unless the phone was disabled. A database that does not answer ends no stream.
func (s *Server) alive(ctx context.Context, id string) bool {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	p, err := s.Phones.Get(ctx, s.Channel, id)
	if err != nil {
		return store.CodeOf(err) != store.CodeNotFound
	}
	if !p.DisabledAt.IsZero() {
		return false
	}
	if err := s.touch(ctx, p); err != nil {
		s.Log.Warn("contact of phone not noted", "channel", s.Channel, "error", err)
	}
	return true
}
