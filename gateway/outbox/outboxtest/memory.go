package outboxtest

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// Memory is the resident memory in bytes of a process that holds client, gateway and sink; zero where /proc does not tell.
type Memory struct {
	Least, Most uint64
	Every10s    []uint64
}

// Watch looks at the memory ten times a second until stop is called, which gives what was seen.
func Watch() (stop func() Memory) {
	ended, seen := make(chan struct{}), make(chan Memory)
	go func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		m := Memory{Least: rss()}
		for looks := 0; ; looks++ {
			now := rss()
			m.Least, m.Most = min(m.Least, now), max(m.Most, now)
			if looks%100 == 0 {
				m.Every10s = append(m.Every10s, now)
			}
			select {
			case <-tick.C:
			case <-ended:
				seen <- m
				return
			}
		}
	}()
	return func() Memory {
		close(ended)
		return <-seen
	}
}

// MiB is a size in mebibytes.
func MiB(bytes uint64) float64 { return float64(bytes) / (1 << 20) }

func rss() uint64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, found := strings.CutPrefix(line, "VmRSS:"); found {
			kB, _ := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kB << 10
		}
	}
	return 0
}
