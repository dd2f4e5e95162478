//go:build !unix

package httpsend

import "syscall"

// nothingToRead cannot be asked here; no connection is used twice.
func nothingToRead(syscall.RawConn) bool { return false }
