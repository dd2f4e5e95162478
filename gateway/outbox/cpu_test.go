//go:build unix

package outbox_test

import (
	"syscall"
	"time"
)

// cpu is what this process has used of processors so far. Unlike the time that passes it hardly depends on who else is
// at work on the machine.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
