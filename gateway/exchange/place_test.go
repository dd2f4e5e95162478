package exchange_test

import (
	"fmt"
	"strings"
	"testing"

	"baro/gateway/exchange"
	"baro/gateway/exchange/report"
	"baro/store"
)

// Three generations of boundary tables, all telling of the same invented places.
const (
	cod2015 = "admin0Name,admin0Pcod,admin1Name,admin1Pcod,admin2Name,admin2Pcod,admin3Name,admin3Pcod,admin3RefN,admin3AltN,admin3Al_1,date,validOn,validTo\r\n" +
		"Mali,ML,Kenyeba,ML01,Tugufin,ML0101,Bolibana,ML010102,Bolibana,Boli,,20130531,20150408,\r\n" +
		"Mali,ML,Kenyeba,ML01,Tugufin,ML0101,Alafia,ML010101,Alafia,,,20130531,20150408,\r\n" +
		"Mali,ML,Kenyeba,ML01,Kolonda,ML0102,Lahara,ML010201,Lahara,,,20130531,20150408,\r\n"
	cod2018 = "ADM0_FR;ADM0_PCODE;ADM1_FR;ADM1_PCODE;ADM2_FR;ADM2_PCODE;ADM3_FR;ADM3_PCODE;date;validOn;validTo\n" +
		"Mali;ML;Kenyeba;ML01;Tugufin;ML0101;Bolibana;ML010102;;;\nMali;ML;Kenyeba;ML01;Tugufin;ML0101;Alafia;ML010101;;;\n" +
		"Mali;ML;Kenyeba;ML01;Kolonda;ML0102;Lahara;ML010201;;;\n"
	cod2025 = "iso2,iso3,adm0_name,adm0_pcode,adm1_name,adm1_name1,adm1_pcode,adm2_name,adm2_pcode,adm3_name,adm3_name1,adm3_pcode,lang,version,valid_on\n" +
		"ML,MLI,Mali,ML,Kenyeba,,ML01,Tugufin,ML0101,Bolibana,Boli,ML010102,fr,v03,2025-01-01\n" +
		"ML,MLI,Mali,ML,Kenyeba,,ML01,Tugufin,ML0101,Alafia,,ML010101,fr,v03,2025-01-01\n" +
		"ML,MLI,Mali,ML,Kenyeba,,ML01,Kolonda,ML0102,Lahara,,ML010201,fr,v03,2025-01-01\n"
	hdx = "Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date\n" +
		"MLI,1,ML01,Kenyeba,MLI,2021-12-20\nMLI,2,ML0102,Kolonda,ML01,2021-12-20\nMLI,2,ML0101,Tugufin,ML01,2021-12-20\n"
	settlements = "pcode,featureNam,admin3Pcod,latitude,longitude\n" +
		"ML010101001,Badala,ML010101,14.0,-10.0\nML010101002,Kuruba,ML010101,14.2,-10.4\n" +
		"ML010102001,Sirakoro,ML010102,15.0,-9.0\nML010102002,BOLIBANA,ML010102,15.5,-9.5\n"
)

func TestGenerationsOfBoundaryTables(t *testing.T) {
	for name, file := range map[string]string{"2015": cod2015, "2018": cod2018, "2025": cod2025} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			rep := d.take(exchange.Places, file, exchange.Options{Edition: name})
			counts(t, rep, report.Counts{Read: 3, Accepted: 3, New: 7})
			// Numbers follow the p-codes, not the file's order.
			for pcode, number := range map[string]string{"ML010101": "100", "ML010102": "101", "ML010201": "102"} {
				if p := d.place(name, pcode); p.Number != number || p.Level != store.LevelCommune || !p.InUse || !p.Unverified {
					t.Errorf("%s: %+v", pcode, p)
				}
			}
			if name != "2018" && d.place(name, "ML010102").Aliases[0] != "Boli" {
				t.Error("the other name is lost")
			}
			again := d.take(exchange.Places, file, exchange.Options{Edition: name})
			counts(t, again, report.Counts{Read: 3, Accepted: 3, Unchanged: 7})
		})
	}
}

func TestGlobalCodes(t *testing.T) {
	d := newDesk(t)
	counts(t, d.take(exchange.Places, hdx, exchange.Options{Edition: "2021"}), report.Counts{Read: 3, Accepted: 3, New: 4})
	if p := d.place("2021", "ML"); p.Level != store.LevelCountry || p.Name != "Mali" {
		t.Errorf("country: %+v", p)
	}
}

func TestEditionIsAsked(t *testing.T) {
	rep, _ := newDesk(t).plan(exchange.Places, cod2015, exchange.Options{Edition: " "})
	rejectedWith(t, rep, report.NoEdition)
}

// The same code in another edition is another place; a table under the wrong edition's name is found out.
func TestRenumberingIsNoticed(t *testing.T) {
	d := newDesk(t)
	d.take(exchange.Places, cod2015, exchange.Options{Edition: "2015"})
	renumbered := strings.NewReplacer("Tugufin,ML0101", "Kolonda,ML0101", "Kolonda,ML0102", "Tugufin,ML0102").Replace(cod2015)
	rep, _ := d.plan(exchange.Places, renumbered, exchange.Options{Edition: "2015"})
	rejectedWith(t, rep, report.WrongEdition)
	if rep.Facts["names_compared"] != "7" || rep.Facts["names_differing"] != "2" || rep.Counts.Accepted != 0 {
		t.Errorf("facts %v, counts %+v", rep.Facts, rep.Counts)
	}
	other := d.take(exchange.Places, renumbered, exchange.Options{Edition: "2021"})
	warned(t, other, report.NotInUse)
	if old, renewed := d.place("2015", "ML0101"), d.place("2021", "ML0101"); old.Name != "Tugufin" || renewed.Name != "Kolonda" || old.ID == renewed.ID || renewed.InUse {
		t.Errorf("old %+v, renewed %+v", old, renewed)
	}
}

// One name in twenty-one may be corrected; that is below the share that tells of another edition.
func TestFewCorrectedNamesAreNoOtherEdition(t *testing.T) {
	d := newDesk(t)
	var b strings.Builder
	b.WriteString("pcode,level,name,parent\nML,country,Mali,\nML01,region,Kenyeba,ML\nML0101,cercle,Tugufin,ML01\n")
	for i := range 20 {
		fmt.Fprintf(&b, "ML0101%02d,commune,Dugu%c,ML0101\n", i, 'a'+i)
	}
	d.take(exchange.Places, b.String(), exchange.Options{Edition: "x"})
	rep := d.take(exchange.Places, strings.Replace(b.String(), "Dugua", "Alafia", 1), exchange.Options{Edition: "x"})
	counts(t, rep, report.Counts{Read: 23, Accepted: 23, Changed: 1, Unchanged: 22})
	warned(t, rep, report.NameDiffers)
}

func TestSettlementsPlaceTheirCommunes(t *testing.T) {
	d := newDesk(t)
	d.take(exchange.Places, cod2015, exchange.Options{Edition: "2015"})
	rep := d.take(exchange.Places, settlements, exchange.Options{Edition: "2015"})
	counts(t, rep, report.Counts{Read: 4, Accepted: 4, New: 4, Changed: 2})
	near := func(pcode string, lat, lon float64) {
		t.Helper()
		at := d.place("2015", pcode).At
		if at == nil || at.Lat-lat > 1e-9 || lat-at.Lat > 1e-9 || at.Lon-lon > 1e-9 || lon-at.Lon > 1e-9 {
			t.Errorf("%s at %v, want %v %v", pcode, at, lat, lon)
		}
	}
	near("ML010101", 14.1, -10.2) // the centre
	near("ML010102", 15.5, -9.5)  // the settlement with the commune's name
	if at := d.place("2015", "ML010201").At; at != nil {
		t.Errorf("a commune without settlements is at %v", at)
	}
	counts(t, d.take(exchange.Places, settlements, exchange.Options{Edition: "2015"}), report.Counts{Read: 4, Accepted: 4, Unchanged: 4 + 2})
	// A later boundary table says nothing of positions, so they stay.
	counts(t, d.take(exchange.Places, cod2015, exchange.Options{Edition: "2015"}), report.Counts{Read: 3, Accepted: 3, Unchanged: 7})
	near("ML010101", 14.1, -10.2)
}

func TestRefusedPlaces(t *testing.T) {
	d := newDesk(t)
	d.take(exchange.Places, cod2015, exchange.Options{Edition: "2015"})
	rep := d.take(exchange.Places, `édition,code,niveau,nom,parent,numéro,lat,lon,population,langues,autres noms
2015,ML010103,commune,Sebenin,ML0101,,14.5,"-10,5",12 500,bm|fr,Sebe
2015,ML010104,commune,Nyenajɛ,ML0101,,48.8,2.3,,,
2015,ML010105,commune,Filani,ML0909,,,,,,
2015,ML010106,commune,Filani,ML010101,,,,,,
2015,ML010107,hameau,Filani,ML0101,,,,,,
2021,ML010108,commune,Filani,ML0101,,,,,,
2015,ML010109,commune,Saba,ML0101,1234,,,,,
2015,ML010110,commune,Naani,ML0101,101,,,,,
2015,ML010102,commune,Bolibana,ML0101,555,,,,,
2015,ML010103,commune,Duuru,ML0101,,,,,,
2015,ML010103,commune,Sebenin,ML0101,,,,,,
2015,ML010111,commune,,ML0101,,,,,,
2015,ML010112,village,Wooro,ML010110,,,,,,
2015,ML010113,commune,Wolon,ML0101,,x,1,,,
2015,ML010114,commune,Segin,ML0101,,,,beaucoup,,
`, exchange.Options{Edition: "2015"})
	counts(t, rep, report.Counts{Read: 15, Accepted: 1, Refused: 14, New: 1})
	for line, code := range map[int]report.Code{
		3: report.OutsideMali, 4: report.UnknownParent, 5: report.WrongParent, 6: report.UnknownWord, 7: report.OtherEdition,
		8: report.BadDialNumber, 9: report.NumberTaken, 10: report.NumberFixed, 11: report.Conflict, 12: report.Duplicate,
		13: report.Missing, 14: report.UnknownParent, 15: report.BadNumber, 16: report.BadNumber,
	} {
		refused(t, rep, line, code)
	}
	p := d.place("2015", "ML010103")
	if p.Number != "103" || p.At == nil || *p.Population != 12_500 || len(p.Languages) != 2 || p.Aliases[0] != "Sebe" || p.Unverified {
		t.Errorf("accepted as %+v", p)
	}
}

// Numbers are printed on posters: a commune keeps its own through every later import, and free ones skip those taken in
// other editions in use.
func TestNumbersArePermanent(t *testing.T) {
	d := newDesk(t)
	d.take(exchange.Places, "pcode,level,name,parent,number\nXX,country,Fictif,,\nXX01,region,Fictive,XX,\nXX0101,cercle,Fictif,XX01,\nXX010101,commune,Fictive,XX0101,101\n",
		exchange.Options{Edition: "demo", Fictional: true})
	lines := strings.SplitAfter(cod2015, "\r\n")
	d.take(exchange.Places, lines[0]+lines[1], exchange.Options{Edition: "2015"})
	d.take(exchange.Places, cod2015, exchange.Options{Edition: "2015"})
	for pcode, number := range map[string]string{"ML010102": "100", "ML010101": "102", "ML010201": "103"} {
		if got := d.place("2015", pcode).Number; got != number {
			t.Errorf("%s has number %s, want %s", pcode, got, number)
		}
	}
	if p := d.place("demo", "XX010101"); !p.Fictional || !p.InUse || p.Number != "101" {
		t.Errorf("fictional commune: %+v", p)
	}
}

func TestNothingIsWrittenWithoutCommit(t *testing.T) {
	d := newDesk(t)
	d.plan(exchange.Places, cod2015, exchange.Options{Edition: "2015"})
	if _, err := d.db.Places().ByCode(t.Context(), "2015", "ML"); store.CodeOf(err) != store.CodeNotFound {
		t.Errorf("planning wrote: %v", err)
	}
}
