package exchange_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"baro/gateway/exchange"
	"baro/gateway/exchange/report"
	"baro/store"
)

const facilityList = "Country,Admin1,Facility name,Facility type,Ownership,Lat,Long,LL source\n" +
	"Mali,Kenyeba,Badala  Community   Health Centre,Community Health Centre,,14.01,-10.01,GPS\n" +
	"Mali,Kenyeba,Bolibana Referral,Referral Health Centre,Govt.,15.49,-9.49,GPS\n" +
	"Mali,Kenyeba,Nowhere,Clinic,,,,\n" +
	"Mali,Kenyeba,Abroad,Hospital,,5.3,-4.0,GPS\n" +
	"Mali,Kenyeba,Odd,Pharmacy,,14.0,-10.0,GPS\n" +
	"Mali,Ailleurs,Kuruba Hospital,University Hospital,,14.2,-10.4,GPS\n" +
	"Mali,Kenyeba,Desert Clinic,Polyclinic,,21.0,-3.0,GPS\n" +
	"Mali,Kenyeba,Bolibana Referral,Referral Health Centre,,15.49,-9.49,GPS\n"

func (d *desk) services(edition, pcode string) []store.Service {
	d.t.Helper()
	list, err := d.db.Services().List(d.t.Context(), d.place(edition, pcode).ID, "")
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

func TestFacilities(t *testing.T) {
	d := newDesk(t)
	rep, _ := d.plan(exchange.Services, facilityList, exchange.Options{})
	rejectedWith(t, rep, report.NoPlaces)
	d.take(exchange.Places, cod2015, exchange.Options{Edition: "2015"})
	d.take(exchange.Places, settlements, exchange.Options{Edition: "2015"})
	rep = d.take(exchange.Services, facilityList, exchange.Options{})
	counts(t, rep, report.Counts{Read: 8, Accepted: 4, Refused: 4, New: 4})
	for line, code := range map[int]report.Code{4: report.NoCoordinates, 5: report.OutsideMali, 6: report.UnknownWord, 9: report.Duplicate} {
		refused(t, rep, line, code)
	}
	warned(t, rep, report.RegionDiffers)
	if w := warned(t, rep, report.FarFromPlaces); w.Line != 8 {
		t.Errorf("far: %+v", w)
	}
	list := d.services("2015", "ML010101")
	if len(list) != 2 || list[0].Name != "Badala Community Health Centre" || list[0].Kind != "cscom" || list[0].PlaceName != "Badala" ||
		!list[0].Unverified || !list[0].VerifiedAt.IsZero() || list[0].Need != "health" || list[1].Kind != "hospital" {
		t.Errorf("services: %+v", list)
	}
	counts(t, d.take(exchange.Services, facilityList, exchange.Options{}), report.Counts{Read: 8, Accepted: 4, Refused: 4, Unchanged: 4})
}

// A check by somebody on the spot and a reported closure outlive the next import of the list.
func TestWhatPeopleKnowStays(t *testing.T) {
	d := newDesk(t)
	d.take(exchange.Places, cod2015, exchange.Options{Edition: "2015"})
	d.take(exchange.Places, settlements, exchange.Options{Edition: "2015"})
	d.take(exchange.Services, facilityList, exchange.Options{})
	s := d.services("2015", "ML010101")[0]
	act := store.Act{Actor: "clerk"}
	if err := d.db.Services().Verify(t.Context(), s.Commune, s.ID, clock(), act); err != nil {
		t.Fatal(err)
	}
	if err := d.db.Services().SetStatus(t.Context(), s.Commune, s.ID, store.ServiceActive, store.ServiceClosedTemporarily, act); err != nil {
		t.Fatal(err)
	}
	before := d.services("2015", "ML010101")[0]
	d.take(exchange.Services, strings.Replace(facilityList, "Badala  Community", "Badala Community", 1), exchange.Options{})
	if after := d.services("2015", "ML010101")[0]; !reflect.DeepEqual(after, before) {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

func TestPlainServices(t *testing.T) {
	d := townHall(t)
	file := `id,besoin,type,nom,village,commune,lat,lon,horaires,prix,papiers,papers_en,téléphone,vérifié le,état
e1,école,school,École de Nyètaba,Nyètaba,417,13.54,-6.73,Lun-ven 7h30-12h,,Acte de naissance|2 photos,Birth certificate|2 photos,00 00 00 11,03/11/2026,
,santé,cscom,CSCOM Nyètaba,Nyètaba,DEMO01,,,Lun-sam 8h-16h,500,,,,,
s3,eau,pump,Pompe,,demo:XX010102,,,quand il fait jour,0,,,,,fermé
x4,voyage,,Gare,,417,,,,,,,,,
x5,eau,,,,417,,,,,,,,,
x6,eau,,Puits,,999,,,,,,,,,
x7,eau,,Puits,,417,,,,"1,5",,,,,
x8,parler,,Ligne,,417,,,,,,,76 abc,,
x9,eau,,Puits,,417,,,,,,,,31/02/2026,
x10,eau,,Puits,,417,,,,,,,,,peut-être
e1,école,school,École de Nyètaba,Nyètaba,417,,,,,,,,,
x12,eau,,Puits,,417,13.5,,,,,,,,
`
	rep := d.take(exchange.Services, file, exchange.Options{})
	counts(t, rep, report.Counts{Read: 12, Accepted: 3, Refused: 9, New: 3})
	for line, code := range map[int]report.Code{5: report.UnknownWord, 6: report.Missing, 7: report.UnknownCommune, 8: report.Fraction,
		9: report.BadPhone, 10: report.BadDate, 11: report.UnknownWord, 12: report.Duplicate, 13: report.NoCoordinates} {
		refused(t, rep, line, code)
	}
	warned(t, rep, report.UnreadableHours)
	if data, err := json.Marshal(rep); err != nil || strings.Contains(string(data), "76 abc") {
		t.Errorf("a phone cell is in the report: %v", err)
	}
	list := d.services("demo", "XX010101")
	if len(list) != 2 {
		t.Fatalf("services: %+v", list)
	}
	cscom, school := list[0], list[1]
	if school.Need != "school" || school.Phone != "00 00 00 11" || school.Unverified || !school.VerifiedAt.Equal(time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("school: %+v", school)
	}
	if want := (&store.Hours{Days: []string{"MO", "TU", "WE", "TH", "FR"}, Open: "07:30", Close: "12:00"}); !reflect.DeepEqual(school.Hours, want) {
		t.Errorf("hours: %+v", school.Hours)
	}
	if want := []store.Texts{{"fr": "Acte de naissance", "en": "Birth certificate"}, {"fr": "2 photos", "en": "2 photos"}}; !reflect.DeepEqual(school.Papers, want) {
		t.Errorf("papers: %v", school.Papers)
	}
	if *cscom.Price != 500 || !cscom.Unverified || cscom.At != nil || cscom.ExternalID == "" {
		t.Errorf("cscom: %+v", cscom)
	}
	if pump := d.services("demo", "XX010102")[0]; pump.Status != store.ServiceClosedTemporarily || *pump.Price != 0 || pump.Hours != nil {
		t.Errorf("pump: %+v", pump)
	}
	counts(t, d.take(exchange.Services, file, exchange.Options{}), report.Counts{Read: 12, Accepted: 3, Refused: 9, Unchanged: 3})
}

func TestServicesBesideGroupsAreRefused(t *testing.T) {
	rep, _ := townHall(t).plan(exchange.Services, "besoin,nom,commune,téléphone,PDI accueillis\nécole,E,417,00 00 00 11,12\n", exchange.Options{})
	rejectedWith(t, rep, report.PhoneAndGroup)
}

func TestWhatAServiceTakesInto(t *testing.T) {
	d := townHall(t)
	file := `id,besoin,nom,commune,sans papiers,nombre de places
e1,école,École de Nyètaba,417,oui,240
e2,école,École de Jèkabara,417,,
e3,école,École,417,peut-être,
e4,se loger,Accueil,417,non,-3
e5,abus,Bureau,417,,
`
	rep := d.take(exchange.Services, file, exchange.Options{})
	counts(t, rep, report.Counts{Read: 5, Accepted: 2, Refused: 3, New: 2})
	for line, code := range map[int]report.Code{4: report.UnknownWord, 5: report.Negative, 6: report.OutsideCommune} {
		refused(t, rep, line, code)
	}
	list := d.services("demo", "XX010101")
	if len(list) != 2 || list[0].NoPapers || list[0].Capacity != nil || !list[1].NoPapers || *list[1].Capacity != 240 {
		t.Errorf("services: %+v", list)
	}
	counts(t, d.take(exchange.Services, file, exchange.Options{}), report.Counts{Read: 5, Accepted: 2, Refused: 3, Unchanged: 2})
}
