package redis

import (
	"bytes"
	"log/slog"
	"os"
	"strings"
	"testing"
)

// The driver's chatter about servers that tests have killed is no news.
func TestMain(m *testing.M) {
	LogTo(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

func TestDriverLog(t *testing.T) {
	var out bytes.Buffer
	level := new(slog.LevelVar)
	log := driverLog{slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: level}))}
	log.Printf(t.Context(), "dial %s", "127.0.0.1:1")
	if out.Len() != 0 {
		t.Errorf("at level info: %s", out.String())
	}
	level.Set(slog.LevelDebug)
	log.Printf(t.Context(), "dial %s", "127.0.0.1:1")
	if !strings.Contains(out.String(), `message="dial 127.0.0.1:1"`) {
		t.Errorf("at level debug: %s", out.String())
	}
}
