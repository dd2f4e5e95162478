package service

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"baro/gateway/exchange/owner"
	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/locales/charset"
	"baro/store"
)

// longestName is what a service may be called, in characters: two lines of a basic phone.
const longestName = 60

// readPlain takes a row of baro's own layout.
func (b *batch) readPlain(ctx context.Context, row table.Row) (s store.Service, ok bool, err error) {
	commune, unknown, err := b.communes.Of(ctx, row)
	if err != nil {
		return s, false, err
	}
	if unknown != "" {
		return s, b.refuse(row, owner.Column, unknown), nil
	}
	s = store.Service{Commune: commune.ID, Need: needOf(row.Get("need")), Kind: row.Get("kind"), Name: table.Squeeze(row.Get("name")),
		PlaceName: table.Squeeze(row.Get("place")), HoursText: table.Squeeze(row.Get("hours")), VerifiedAt: b.options.VerifiedAt,
		Source: cmp.Or(b.options.Source, "baro"), ExternalID: row.Get("id"), Updated: b.importer.now()}
	switch {
	case row.Get("need") == "":
		return s, b.refuse(row, "need", report.Missing), nil
	case abuse(row.Get("need")):
		return s, b.refuse(row, "need", report.OutsideCommune), nil
	case s.Need == "":
		return s, b.refuse(row, "need", report.UnknownWord), nil
	case s.Name == "":
		return s, b.refuse(row, "name", report.Missing), nil
	case utf8.RuneCountInString(s.Name) > longestName:
		return s, b.refuse(row, "name", report.TooLong, longestName), nil
	}
	var code report.Code
	if s.At, code = position(row); code != "" {
		return s, b.refuse(row, "lat", code), nil
	}
	if text := row.Raw("price"); text != "" {
		price, bad := table.Amount(text, 1)
		if bad == "" && price < 0 {
			bad = report.Negative
		}
		if bad != "" {
			return s, b.refuse(row, "price", bad), nil
		}
		s.Price = &price
	}
	if text := row.Raw("capacity"); text != "" {
		places, bad := table.Amount(text, 1)
		if bad == "" && places < 0 {
			bad = report.Negative
		}
		if bad != "" {
			return s, b.refuse(row, "capacity", bad), nil
		}
		s.Capacity = &places
	}
	if s.NoPapers, ok = yes(row.Get("no_papers")); !ok {
		return s, b.refuse(row, "no_papers", report.UnknownWord), nil
	}
	if s.Phone, ok = phone(row.Get("phone")); !ok {
		return s, b.refuse(row, "phone", report.BadPhone), nil
	}
	if s.Status, ok = statusOf(row.Get("status")); !ok {
		return s, b.refuse(row, "status", report.UnknownWord), nil
	}
	verified, ok1 := day(row, "verified")
	review, ok2 := day(row, "review")
	switch {
	case !ok1:
		return s, b.refuse(row, "verified", report.BadDate), nil
	case !ok2:
		return s, b.refuse(row, "review", report.BadDate), nil
	}
	if !verified.IsZero() {
		s.VerifiedAt = verified
	}
	if !review.IsZero() {
		s.ReviewOn = store.Date(review.Format(time.DateOnly))
	}
	s.Unverified = s.VerifiedAt.IsZero()
	if s.Hours = hours(s.HoursText); s.Hours == nil && s.HoursText != "" {
		b.rep.Warn(row.Line, row.Column("hours"), s.HoursText, report.Because(report.UnreadableHours))
	}
	s.Papers = papers(row)
	if s.ExternalID == "" {
		sum := sha256.Sum256([]byte(s.Need + "\x00" + s.Kind + "\x00" + charset.Fold(s.Name) + "\x00" + charset.Fold(s.PlaceName)))
		s.ExternalID = hex.EncodeToString(sum[:8])
	}
	return s, true, nil
}

// day reads a date column; the zero time when it is empty, false when it cannot be read.
func day(row table.Row, column string) (time.Time, bool) {
	text := row.Raw(column)
	if text == "" {
		return time.Time{}, true
	}
	return table.Date(text)
}

// phone accepts a public number of up to 16 characters: digits, blanks and a leading plus.
func phone(text string) (string, bool) {
	if text == "" {
		return "", true
	}
	text = table.Squeeze(text)
	digits := 0
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == ' ', r == '+' && i == 0:
		default:
			return "", false
		}
	}
	return text, digits >= 3 && len(text) <= 16
}

// papers reads what one must bring, parted by "|", in each language the file has, item by item.
func papers(row table.Row) []store.Texts {
	var list []store.Texts
	for lang, column := range map[string]string{"fr": "papers", "en": "papers_en", "bm": "papers_bm"} {
		text := row.Get(column)
		if text == "" {
			continue
		}
		for i, item := range strings.Split(text, "|") {
			for len(list) <= i {
				list = append(list, store.Texts{})
			}
			if item = table.Squeeze(item); item != "" {
				list[i][lang] = item
			}
		}
	}
	return list
}
