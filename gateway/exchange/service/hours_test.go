package service

import (
	"slices"
	"testing"
)

func TestHours(t *testing.T) {
	for _, c := range []struct {
		text, open, close string
		days              []string
	}{
		{"Lun-sam 8h-16h", "08:00", "16:00", []string{"MO", "TU", "WE", "TH", "FR", "SA"}},
		{"lundi à vendredi, 7h30 - 12h00", "07:30", "12:00", []string{"MO", "TU", "WE", "TH", "FR"}},
		{"du lundi au jeudi 8h à 15h", "08:00", "15:00", []string{"MO", "TU", "WE", "TH"}},
		{"MO-FR 08:00-15:00", "08:00", "15:00", []string{"MO", "TU", "WE", "TH", "FR"}},
		{"Tous les jours 6h-19h", "06:00", "19:00", []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}},
		{"every day 6:00 to 19:00", "06:00", "19:00", []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}},
		{"Mar 9h-12h", "09:00", "12:00", []string{"TU"}},
		{"Sam-lun 8h-12h", "", "", nil},
		{"8h-16h", "", "", nil},
		{"24h/24", "", "", nil},
		{"Lun 16h-8h", "", "", nil},
		{"Lun 8h-25h", "", "", nil},
		{"Lun 8h-12h et 15h-17h", "", "", nil},
		{"Lun 8h-12h sauf fêtes", "", "", nil},
		{"quand il fait jour", "", "", nil},
		{"", "", "", nil},
	} {
		h := hours(c.text)
		if h == nil {
			if c.days != nil {
				t.Errorf("%q is not understood", c.text)
			}
			continue
		}
		if h.Open != c.open || h.Close != c.close || !slices.Equal(h.Days, c.days) {
			t.Errorf("%q = %+v", c.text, h)
		}
	}
}

func FuzzHours(f *testing.F) {
	f.Add("Lun-sam 8h-16h")
	f.Fuzz(func(t *testing.T, text string) {
		if h := hours(text); h != nil && (len(h.Days) == 0 || h.Open >= h.Close) {
			t.Errorf("%q = %+v", text, h)
		}
	})
}
