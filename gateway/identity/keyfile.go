package identity

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
)

// Limits of a key file in bytes. The upper one catches a path that points at the wrong file.
const (
	MinMasterKey = 32
	maxMasterKey = 4096
)

// ErrShortMaster: fewer than MinMasterKey bytes after trimming trailing newlines.
var ErrShortMaster = errors.New("identity: the master key needs at least 32 bytes")

// ReadKeyFile returns the master key: the file's raw bytes without trailing newlines. Permissions that let others than
// the owner read it are a warning and no error, because container secrets are often mounted 0444.
func ReadKeyFile(path string) (key []byte, warnings []string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read key file: %w", err)
	}
	defer f.Close()
	key, err = io.ReadAll(io.LimitReader(f, maxMasterKey+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read key file: %w", err)
	}
	if len(key) > maxMasterKey {
		return nil, nil, fmt.Errorf("read key file %s: more than %d bytes, is it a key file?", path, maxMasterKey)
	}
	if key, err = trimMaster(key); err != nil {
		return nil, nil, fmt.Errorf("read key file %s: %w", path, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("read key file: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		warnings = append(warnings, fmt.Sprintf("key file %s has mode %04o: others than its owner may use it, 0600 is enough", path, mode))
	}
	return key, warnings, nil
}

func trimMaster(master []byte) ([]byte, error) {
	master = bytes.TrimRight(master, "\r\n")
	if len(master) < MinMasterKey {
		return nil, ErrShortMaster
	}
	return master, nil
}
