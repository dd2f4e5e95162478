package config

import "slices"

// provider is what has to be known of a kind of channel to check its settings.
type provider struct {
	name  string
	kinds []string // ussd, sms
	// signs is true where the peer proves itself by a signature, a token or a connection of ours. Elsewhere anybody who
	// knows the address could call, so a secret path part or a list of source addresses is needed.
	signs    bool
	settings []setting
}

// setting is one key of a provider.
type setting struct {
	name string
	kind kind
	need string // kind of channel that cannot do without it; "any" for both
	or   string // another setting that stands in for a needed one
}

// providers is the one list of them.
func providers() []provider {
	apiURL := setting{name: "api_url", kind: link}
	tps := setting{name: "tps", kind: number} // messages per second that the contract allows
	// external are those of RapidPro's "External" channel.
	external := []setting{
		{name: "send_url", kind: link, need: "sms"}, {name: "send_method", kind: text}, {name: "send_body", kind: text},
		{name: "content_type", kind: text}, {name: "send_authorization", kind: secret}, {name: "headers", kind: object},
		{name: "max_length", kind: number}, {name: "use_national", kind: onOff}, {name: "mt_response_check", kind: text},
		{name: "mo_from_field", kind: text}, {name: "mo_text_field", kind: text}, {name: "mo_date_field", kind: text},
		{name: "mo_response", kind: text}, {name: "mo_response_content_type", kind: text}, {name: "from", kind: text}, tps,
	}
	return []provider{
		{name: "africastalking", kinds: []string{"ussd", "sms"}, settings: []setting{
			{name: "username", kind: text, need: "sms"}, {name: "api_key", kind: secret, need: "sms"}, {name: "from", kind: text}, tps, apiURL,
		}},
		{name: "simulator", kinds: []string{"ussd", "sms"}, settings: []setting{
			{name: "from", kind: text},
		}},
		{name: "twilio", kinds: []string{"sms"}, signs: true, settings: []setting{
			{name: "account_sid", kind: text, need: "any"}, {name: "auth_token", kind: secret, need: "any"},
			{name: "auth_token_previous", kind: secret}, // signs still, while a token is being changed
			{name: "api_key", kind: text}, {name: "api_secret", kind: secret},
			{name: "from", kind: text, need: "any", or: "messaging_service_sid"}, {name: "messaging_service_sid", kind: text},
			{name: "default_keywords", kind: onOff}, tps, apiURL,
		}},
		{name: "orange", kinds: []string{"sms"}, settings: []setting{
			{name: "client_id", kind: text, need: "any"}, {name: "client_secret", kind: secret, need: "any"},
			{name: "sender", kind: text, need: "any"}, {name: "sender_name", kind: text}, {name: "plus_in_path", kind: onOff},
			{name: "one_segment", kind: onOff}, tps, apiURL,
		}},
		{name: "orangeussd", kinds: []string{"ussd"}, settings: []setting{
			{name: "pages", kind: text}, {name: "headers", kind: object}, {name: "param", kind: text}, {name: "page_limit", kind: number},
			{name: "absolute_links", kind: onOff},
		}},
		{name: "myriad", kinds: []string{"ussd"}, settings: []setting{
			{name: "headers", kind: object}, {name: "page_limit", kind: number}, {name: "absolute_links", kind: onOff},
		}},
		{name: "infobip", kinds: []string{"sms", "ussd"}, settings: []setting{
			{name: "api_url", kind: link, need: "sms"}, {name: "api_key", kind: secret, need: "sms"}, {name: "from", kind: text, need: "sms"}, tps,
		}},
		{name: "kannel", kinds: []string{"sms", "ussd"}, settings: []setting{
			{name: "send_url", kind: link, need: "any"}, {name: "username", kind: text, need: "any"}, {name: "password", kind: secret, need: "any"},
			{name: "from", kind: text, need: "sms"}, tps, {name: "ussd", kind: object},
		}},
		{name: "smpp", kinds: []string{"sms", "ussd"}, signs: true, settings: []setting{
			{name: "address", kind: text, need: "any"}, {name: "system_id", kind: text, need: "any"}, {name: "password", kind: secret, need: "any"},
			{name: "system_type", kind: text}, {name: "from", kind: text, need: "sms"}, tps, {name: "window", kind: number},
			{name: "binds", kind: number}, {name: "tls", kind: onOff}, {name: "default_alphabet", kind: text}, {name: "long", kind: text},
			{name: "receipts", kind: text}, {name: "id_format", kind: text}, {name: "source", kind: object}, {name: "destination", kind: object},
			{name: "ussd", kind: object},
		}},
		{name: "smsgate", kinds: []string{"sms"}, signs: true, settings: []setting{
			{name: "mode", kind: text}, {name: "token", kind: secret, need: "any", or: "username"}, {name: "signing_key", kind: secret},
			{name: "username", kind: text}, {name: "password", kind: secret}, {name: "sim", kind: number}, {name: "sims", kind: list},
			{name: "per_minute", kind: number}, {name: "per_hour", kind: number}, {name: "per_day", kind: number}, tps, apiURL,
		}},
		{name: "rapidpro", kinds: []string{"sms"}, settings: append([]setting{
			{name: "send_url", kind: link, need: "sms", or: "via"}, {name: "via", kind: text}, {name: "forward", kind: text},
			{name: "callback_url", kind: link}, {name: "authorization", kind: secret}, {name: "priority", kind: text},
		}, external[1:]...)},
		{name: "http", kinds: []string{"ussd", "sms"}, settings: []setting{
			{name: "preset", kind: text}, {name: "basic", kind: secret}, {name: "header", kind: object}, {name: "query", kind: object}, {name: "hmac", kind: object}, {name: "request", kind: object},
			{name: "shape", kind: text}, {name: "history", kind: object}, {name: "begin", kind: object}, {name: "begin_input", kind: text},
			{name: "end", kind: object}, {name: "cancel", kind: list}, {name: "trim", kind: text}, {name: "idle", kind: text},
			{name: "answer", kind: object}, {name: "limits", kind: object},
			{name: "send_url", kind: link}, {name: "username", kind: text}, {name: "password", kind: secret}, {name: "api_key", kind: secret},
			{name: "receive", kind: object}, {name: "send", kind: object}, {name: "report", kind: object}, {name: "from", kind: text}, tps,
		}},
	}
}

func findProvider(name string) (provider, bool) {
	all := providers()
	i := slices.IndexFunc(all, func(p provider) bool { return p.name == name })
	if i < 0 {
		return provider{}, false
	}
	return all[i], true
}

// find looks a setting up among the common ones and the provider's own. A file's setting is found under its plain name.
func (p provider) find(name string) (s setting, file, ok bool) {
	for _, s := range slices.Concat(common(), p.settings) {
		switch {
		case s.name == name:
			return s, false, true
		case s.kind.hasFile() && s.name+"_file" == name:
			return s, true, true
		}
	}
	return setting{}, false, false
}

// anySetting is a provider with all settings of all of them: what a variable's name may end in.
func anySetting() provider {
	var all provider
	for _, p := range providers() {
		all.settings = append(all.settings, p.settings...)
	}
	return all
}

func providerNames() []string {
	var names []string
	for _, p := range providers() {
		names = append(names, p.name)
	}
	return names
}
