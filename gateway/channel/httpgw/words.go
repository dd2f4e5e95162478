package httpgw

import (
	"net/http"
	"slices"
	"strings"

	"baro/gateway/channel"
	"baro/gateway/channel/wire"
)

// compileHeaders reads the headers under a key.
func compileHeaders(s *settings, key string, known []string) map[string]wire.Template {
	out := map[string]wire.Template{}
	for _, name := range s.below(key) {
		if strings.Trim(name, headerLetters) != "" || http.CanonicalHeaderKey(name) == "Content-Type" {
			s.wrong(key+"."+name, "not the name of a header")
		}
		t, err := wire.ParseTemplate(s.text(key+"."+name, ""), known...)
		if err != nil {
			s.wrong(key+"."+name, "%v", err)
		}
		out[name] = t
	}
	return out
}

const headerLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// classes are the classes that data may name.
func classes() []channel.Class {
	return []channel.Class{
		channel.ClassBadNumber, channel.ClassOptedOut, channel.ClassNoCredit, channel.ClassSenderNotAllowed, channel.ClassBlockedContent,
		channel.ClassUnreachableNow, channel.ClassUnreachableForever, channel.ClassRateLimited, channel.ClassAuth, channel.ClassConfig,
		channel.ClassProviderDown, channel.ClassUnknown,
	}
}

func classNames() string {
	var names []string
	for _, c := range classes() {
		names = append(names, string(c))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
