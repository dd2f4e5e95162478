package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// said is what one page leaves the next to say: the id of a text and what stands in it.
type said struct {
	ID   string   `json:"i"`
	Args []string `json:"a,omitempty"`
}

// words writes out the arguments of a text: names and values by turns.
func words(args []any) (out []string) {
	for _, a := range args {
		out = append(out, fmt.Sprint(a))
	}
	return out
}

// pack puts token and text into one cookie value: TOKEN, or TOKEN.TEXT.MAC. The code keeps others from having our pages
// say what they like.
func (c *Console) pack(token string, s *said) (string, error) {
	if s == nil {
		return token, nil
	}
	text, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("leave a text: %w", err)
	}
	body := base64.RawURLEncoding.EncodeToString(text)
	return token + "." + body + "." + base64.RawURLEncoding.EncodeToString(saidKey(token, body)), nil
}

func (c *Console) unpack(value string) (token string, s *said) {
	parts := strings.Split(value, ".")
	if len(parts) != 3 {
		return parts[0], nil
	}
	code, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !hmac.Equal(code, saidKey(parts[0], parts[1])) {
		return parts[0], nil
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return parts[0], nil
	}
	s = new(said)
	if json.Unmarshal(text, s) != nil || len(s.Args)%2 != 0 || !c.texts.has(s.ID) {
		return parts[0], nil
	}
	return parts[0], s
}

func saidKey(token, body string) []byte {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("said\x00" + body))
	return mac.Sum(nil)[:16]
}
