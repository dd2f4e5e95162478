package service

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"baro/locales/charset"
	"baro/store"
)

// hours reads regular opening hours as people write them, "Lun-sam 8h-16h", "Tous les jours 7h30-12h", "MO-FR
// 08:00-15:00"; nil for anything else. Structured hours are shown in the reader's language.
func hours(text string) *store.Hours {
	fields := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '-' || r == '–' || r == ',' || r == '.' })
	var words, clocks []string
	for _, f := range fields {
		if f[0] >= '0' && f[0] <= '9' {
			clocks = append(clocks, f)
		} else if len(clocks) == 0 {
			words = append(words, f)
		} else if w := strings.ToLower(f); w != "à" && w != "a" && w != "to" {
			return nil
		}
	}
	days := daysOf(words)
	if len(clocks) != 2 || days == nil {
		return nil
	}
	open, ok1 := clock(clocks[0])
	end, ok2 := clock(clocks[1])
	if !ok1 || !ok2 || end <= open {
		return nil
	}
	return &store.Hours{Days: days, Open: open, Close: end}
}

// daysOf reads a day, a run of days, or every day, as iCalendar's two letters.
func daysOf(words []string) []string {
	week := []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
	var list []int
	for _, w := range words {
		switch charset.Fold(w) {
		case charset.Fold("tous"), charset.Fold("les"), charset.Fold("jours"), charset.Fold("every"), charset.Fold("day"), charset.Fold("daily"):
			continue
		case charset.Fold("du"), charset.Fold("au"), charset.Fold("to"), charset.Fold("de"), charset.Fold("à"):
			continue
		}
		d := dayOf(w)
		if d < 0 {
			return nil
		}
		list = append(list, d)
	}
	switch {
	case len(words) == 0:
		return nil
	case len(list) == 0:
		return week
	case len(list) == 1:
		return []string{week[list[0]]}
	case len(list) == 2 && list[0] < list[1]:
		return week[list[0] : list[1]+1]
	}
	return nil
}

func dayOf(word string) int {
	word = strings.ToLower(word)
	for i, names := range [7][3]string{
		{"lundi", "monday", "mo"}, {"mardi", "tuesday", "tu"}, {"mercredi", "wednesday", "we"}, {"jeudi", "thursday", "th"},
		{"vendredi", "friday", "fr"}, {"samedi", "saturday", "sa"}, {"dimanche", "sunday", "su"},
	} {
		for _, name := range names {
			if word == name || len(word) >= 3 && strings.HasPrefix(name, word) {
				return i
			}
		}
	}
	return -1
}

// clock reads "8h", "7h30", "16:00" as "08:00", "07:30", "16:00".
func clock(text string) (string, bool) {
	h, m, _ := strings.Cut(strings.NewReplacer("h", ":", "H", ":").Replace(text), ":")
	hour, err := strconv.Atoi(h)
	minute := 0
	if err == nil && m != "" {
		minute, err = strconv.Atoi(m)
	}
	return fmt.Sprintf("%02d:%02d", hour, minute), err == nil && hour >= 0 && hour < 24 && minute >= 0 && minute < 60
}
