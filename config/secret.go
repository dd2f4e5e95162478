package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"strings"
)

const redacted = "[redacted]"

// Secret is text that shows itself only when it is converted to a string on purpose.
type Secret string

// String is a placeholder, and "" for the empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format writes the placeholder for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue hides the secret in slog records.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the secret in JSON and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Address is the secret as the address of a server, without what is secret in it: for logs and for Print.
func (s Secret) Address() string {
	u, err := url.Parse(string(s))
	if err != nil {
		return redacted
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), "xxxxx")
	}
	query := u.Query()
	for name := range query {
		if strings.Contains(strings.ToLower(name), "pass") {
			query.Set(name, "xxxxx")
			u.RawQuery = query.Encode()
		}
	}
	return u.String()
}

// maxFile bounds configuration and secret files in bytes: a path to the wrong file is told, not read.
const maxFile = 1 << 20

var errFileTooLong = errors.New("more than 1 MB, is it the right file?")

func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s: %w", path, errFileTooLong)
	}
	return data, nil
}

// readSecret reads a secret's file: its raw bytes without newlines at the end.
func readSecret(path string) (s Secret, wide bool, err error) {
	data, err := readSmall(path)
	if err != nil {
		return "", false, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", false, err
	}
	s = Secret(strings.TrimRight(string(data), "\r\n"))
	if s == "" {
		return "", false, fmt.Errorf("%s is empty", path)
	}
	return s, info.Mode().Perm()&0o077 != 0, nil
}
