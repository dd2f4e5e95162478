package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Refusals of a specification that the library would accept or panic on.
var (
	ErrZone  = errors.New("a time zone is not part of a specification: jobs run in the gateway's zone")
	ErrNever = errors.New("no such day ever comes")
	ErrBoth  = errors.New("day of month and day of week together mean either: name one of them")
)

// Parse reads a specification. It refuses "TZ=" (the library panics on it without a blank), days that never come
// ("0 0 31 2 *"), and a day of the month together with a day of the week, which cron takes for either.
func Parse(spec string, zone *time.Location, now time.Time) (cron.Schedule, error) {
	if strings.Contains(spec, "TZ=") {
		return nil, ErrZone
	}
	plan, err := cron.ParseStandard(spec)
	if err != nil {
		return nil, fmt.Errorf("specification %q: %w", spec, err)
	}
	if fields := strings.Fields(spec); len(fields) == 5 && !free(fields[2]) && !free(fields[4]) {
		return nil, ErrBoth
	}
	if s, ok := plan.(*cron.SpecSchedule); ok {
		s.Location = zone
	}
	if plan.Next(now).IsZero() {
		return nil, ErrNever
	}
	return plan, nil
}

func free(field string) bool { return field == "*" || field == "?" }
