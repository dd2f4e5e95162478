package config

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// way reads how an SMS channel carries messages.
func (l *loader) way(head, kind string) (w Way) {
	for _, name := range []string{"rank", "prefixes", "prefix_tps", "cost", "cost_steps", "unconfirmed_after"} {
		if v, set := l.values[head+name]; set && kind == "ussd" {
			l.wrong(v, head+name, "only a channel of kind sms has a way out")
			return w
		}
	}
	w.Rank, _ = l.setting(head+"rank", number).(int)
	for _, item := range l.list(head + "prefixes") {
		digits, err := parseDigits(item)
		if err != nil {
			l.wrong(l.values[head+"prefixes"], head+"prefixes", "%v", err)
			continue
		}
		w.Prefixes = append(w.Prefixes, digits)
	}
	for _, item := range l.list(head + "prefix_tps") {
		prefix, rate, _ := strings.Cut(item, "=")
		digits, err := parseDigits(strings.TrimSpace(prefix))
		tps, rateErr := strconv.ParseUint(strings.TrimSpace(rate), 10, 31)
		if err != nil || rateErr != nil || tps == 0 {
			l.wrong(l.values[head+"prefix_tps"], head+"prefix_tps", "want prefixes with a rate, for example 22376=20")
			continue
		}
		if w.PrefixTPS == nil {
			w.PrefixTPS = make(map[string]int)
		}
		w.PrefixTPS[digits] = int(tps)
	}
	if _, set := l.values[head+"cost"]; set {
		w.Cost = read(l, head+"cost", parseMilli)
	}
	w.CostSteps = l.costSteps(head+"cost_steps", w.Cost)
	if _, set := l.values[head+"unconfirmed_after"]; set {
		w.UnconfirmedAfter = read(l, head+"unconfirmed_after", parseWait)
	}
	return w
}

// costSteps reads what volume brings. Volume only ever makes parts cheaper: so a volume that is not wholly known is priced too
// high and never too low.
func (l *loader) costSteps(name string, first int64) (steps []CostStep) {
	before := CostStep{Cost: first}
	for _, item := range l.list(name) {
		volume, price, _ := strings.Cut(item, "=")
		from, err := strconv.ParseUint(strings.TrimSpace(volume), 10, 40)
		cost, costErr := parseMilli(strings.TrimSpace(price))
		switch {
		case err != nil || costErr != nil:
			l.wrong(l.values[name], name, "want parts with the francs each costs beyond them, for example 10000=18")
			return nil
		case first == 0:
			l.wrong(l.values[name], name, "cost says what the first parts of a month cost")
			return nil
		case int64(from) <= before.From || cost >= before.Cost:
			l.wrong(l.values[name], name, "%s: each step begins at more parts than the one before, and costs less", item)
			return nil
		}
		before = CostStep{From: int64(from), Cost: cost}
		steps = append(steps, before)
	}
	return steps
}

// parseDigits reads the beginning of numbers, with or without "+".
func parseDigits(s string) (string, error) {
	digits := strings.TrimPrefix(s, "+")
	if digits == "" || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return "", errors.New("a prefix is the first digits of numbers with the country code, for example 22376")
	}
	return digits, nil
}

// parseMilli reads an amount of francs with up to three decimals, in thousandths.
func parseMilli(s string) (int64, error) {
	bad := errors.New("want francs for one part of a message, for example 12.5")
	whole, part, _ := strings.Cut(s, ".")
	if len(part) > 3 || len(whole) > 9 || whole == "" || strings.Trim(whole+part, "0123456789") != "" {
		return 0, bad
	}
	n, err := strconv.ParseInt(whole+part+strings.Repeat("0", 3-len(part)), 10, 64)
	if err != nil {
		return 0, bad
	}
	return n, nil
}

// parseWait reads the wait for a receipt; within these bounds it is neither pointless nor longer than a lease.
func parseWait(s string) (time.Duration, error) {
	d, err := parsePeriod(s)
	if err != nil || d < time.Second || d > time.Hour {
		return 0, errors.New("want a time from 1s to 1h")
	}
	return d, nil
}
