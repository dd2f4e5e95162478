package redis

import (
	"context"
	"fmt"
	"log/slog"

	goredis "github.com/redis/go-redis/v9"
)

// LogTo sends what the driver has to say to log, at debug level: its callers get every failure as an error and report it
// themselves. The driver keeps its logger per process, so main calls this once, before Open; without it a line per failed
// connection goes to standard error.
func LogTo(log *slog.Logger) { goredis.SetLogger(driverLog{log}) }

type driverLog struct{ to *slog.Logger }

// Printf implements the driver's interface.
func (l driverLog) Printf(ctx context.Context, format string, v ...any) {
	if l.to.Enabled(ctx, slog.LevelDebug) {
		l.to.DebugContext(ctx, "redis driver", "message", fmt.Sprintf(format, v...))
	}
}
