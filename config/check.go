package config

import (
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Lengths of keys and secrets, in bytes.
const (
	minKey    = 32
	maxKey    = 4096
	minSecret = 16 // of a path part that keeps strangers out
	maxSecret = 128
)

// defaultDialogue is how long the state of a dialogue may be kept where phones are shared.
const defaultDialogue = 5 * time.Minute

// check holds the settings against each other and against what is known. It also runs when some could not be read, so
// that everything is told at once; what is empty then has been reported.
func (l *loader) check(c *Config) {
	l.checkAddresses(c)
	l.checkKey(c)
	l.checkLanguages(c)
	if c.Retention.Dialogue > defaultDialogue {
		l.warn(l.values["retention.dialogue"], "retention.dialogue", "shared phones: dialogues should not outlive 5m")
	}
	if c.Retention.Dialogue == 0 && !l.reported("retention.dialogue") {
		l.wrong(l.values["retention.dialogue"], "retention.dialogue", "a dialogue needs some time, and cannot be kept for ever")
	}
	variables := make(map[string]string)
	for i := range c.Channels {
		ch := &c.Channels[i]
		l.checkChannel(c, ch)
		variable := envName(ch.Name)
		if other := variables[variable]; other != "" {
			l.wrong(l.values[channelsKey+"."+ch.Name+".provider"], channelsKey+"."+ch.Name, "cannot be told from channel %s in variables", other)
		}
		variables[variable] = ch.Name
	}
}

func (l *loader) checkAddresses(c *Config) {
	host, port, err := parseListen(c.Listen)
	if err != nil {
		l.wrong(l.values["listen"], "listen", "%v", err)
	}
	if err := checkDatabase(string(c.Database)); err != nil && !l.reported("database_file") {
		l.wrong(l.values["database"], "database", "%v", err)
	}
	if err := checkRedis(string(c.Redis)); err != nil {
		l.wrong(l.values["redis"], "redis", "%v", err)
	}
	if c.PublicURL == "" {
		if err == nil && (loopback(host) || l.Mode != Serve) {
			if !loopback(host) {
				host = "127.0.0.1"
			}
			c.PublicURL = "http://" + net.JoinHostPort(host, strconv.Itoa(port))
		} else if l.Mode == Serve && err == nil {
			l.missing("public_url", "providers call this address and signatures are checked against it")
		}
		return
	}
	v := l.values["public_url"]
	u, err := parseOrigin(c.PublicURL)
	if err != nil {
		l.wrong(v, "public_url", "%v", err)
		return
	}
	c.PublicURL = u.String()
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		if l.Mode == Serve {
			l.wrong(v, "public_url", "must be https: numbers and messages travel over it (http only for this machine)")
		} else {
			l.warn(v, "public_url", "is not https: numbers and messages travel over it")
		}
	}
	if strings.Contains(u.Hostname(), "_") {
		l.warn(v, "public_url", "some providers refuse hosts with an underscore")
	}
}

func (l *loader) checkKey(c *Config) {
	switch {
	case c.Key == "" && l.Mode == Serve && !l.reported("secrets.key_file"):
		l.missing("secrets.key_file", "phone numbers are encrypted with keys derived from it: a file of %d bytes or more", minKey)
	case c.Key != "" && (len(c.Key) < minKey || len(c.Key) > maxKey):
		l.wrong(l.values["secrets.key"], "secrets.key", "needs from %d to %d bytes", minKey, maxKey)
	}
}

func (l *loader) checkLanguages(c *Config) {
	known := func(key string, tags []string) {
		for i, tag := range tags {
			switch {
			case l.Language != nil && !l.Language(tag):
				l.wrong(l.values[key], key, "there are no texts in %q", tag)
			case slices.Contains(tags[:i], tag):
				l.wrong(l.values[key], key, "%q is named twice", tag)
			}
		}
	}
	known("languages", c.Languages)
	known("drafts", c.Drafts)
	if len(c.Languages) == 0 {
		if !l.reported("languages") {
			l.wrong(l.values["languages"], "languages", "at least one is needed")
		}
		return
	}
	if !slices.Contains(c.Languages, c.DefaultLanguage) {
		l.wrong(l.values["default_language"], "default_language", "%q is not one of languages", c.DefaultLanguage)
	}
	for _, tag := range c.Drafts {
		if !slices.Contains(c.Languages, tag) {
			l.warn(l.values["drafts"], "drafts", "%q is not one of languages, so its drafts are not shown", tag)
		}
	}
}

func (l *loader) checkChannel(c *Config, ch *Channel) {
	head := channelsKey + "." + ch.Name + "."
	p, _ := findProvider(ch.Provider)
	at := l.values[head+"provider"]
	switch {
	case ch.Kind == "ussd" && ch.Code == "":
		l.wrong(at, head+"code", "a USSD channel has a service code, as in *384*96#")
	case ch.Code != "" && !regexp.MustCompile(`^\*\d+(\*\d+)*#$`).MatchString(ch.Code) && ch.Kind == "ussd":
		l.wrong(l.values[head+"code"], head+"code", "want a service code like *384*96#")
	}
	if ch.Profile != "" && l.Profile != nil && !l.Profile(ch.Profile) {
		l.wrong(l.values[head+"profile"], head+"profile", "there is no profile %q", ch.Profile)
	}
	if ch.Language != "" && !slices.Contains(c.Languages, ch.Language) {
		l.wrong(l.values[head+"language"], head+"language", "%q is not one of languages", ch.Language)
	}
	l.checkProof(head, ch, p, at)
}

// checkProof sees to it that strangers cannot speak for a provider that signs nothing.
func (l *loader) checkProof(head string, ch *Channel, p provider, at value) {
	if ch.Secret != "" {
		v := l.values[head+"secret"]
		if !regexp.MustCompile(`^[A-Za-z0-9._~-]+$`).MatchString(string(ch.Secret)) || len(ch.Secret) > maxSecret || strings.Trim(string(ch.Secret), ".") == "" {
			l.wrong(v, head+"secret", "is a part of a path: up to %d of A-Z, a-z, 0-9 and . _ ~ -", maxSecret)
		} else if len(ch.Secret) < minSecret && l.Mode == Serve {
			l.wrong(v, head+"secret", "can be guessed: %d characters or more", minSecret)
		}
	}
	if l.Mode == Serve && !p.signs && ch.Secret == "" && len(ch.Allow) == 0 && !l.reported(head+"secret_file") && !l.reported(head+"allow") {
		l.wrong(at, head+"secret", "the provider %s signs nothing: set secret, or allow with its addresses", p.name)
	}
}

// reported tells whether something is known to be wrong with a key.
func (l *loader) reported(key string) bool {
	return slices.ContainsFunc(l.problems, func(p Problem) bool { return p.Key == key })
}
