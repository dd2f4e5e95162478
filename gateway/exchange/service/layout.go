package service

import (
	"baro/gateway/exchange/table"
	"baro/locales/charset"
	"baro/store"
)

// The layouts' names, as the report shows them.
const (
	facilities = "who-facilities"
	plain      = "baro-services"
)

func layouts() []table.Layout {
	return []table.Layout{
		{Name: facilities, Columns: []table.Column{
			{Name: "country", Aliases: []string{"Country"}},
			{Name: "region", Aliases: []string{"Admin1", "Admin 1"}, Required: true},
			{Name: "name", Aliases: []string{"Facility name", "Facility_n"}, Required: true},
			{Name: "type", Aliases: []string{"Facility type", "Facility_t"}, Required: true},
			{Name: "ownership", Aliases: []string{"Ownership"}},
			{Name: "lat", Aliases: []string{"Lat", "Latitude"}, Required: true},
			{Name: "lon", Aliases: []string{"Long", "Longitude"}, Required: true},
			{Name: "position_source", Aliases: []string{"LL source", "LL_source"}},
		}},
		{Name: plain, Columns: []table.Column{
			{Name: "id", Aliases: []string{"id", "identifiant"}},
			{Name: "need", Aliases: []string{"need", "besoin"}, Required: true},
			{Name: "kind", Aliases: []string{"kind", "type", "genre"}},
			{Name: "name", Aliases: []string{"name", "nom"}, Required: true},
			{Name: "place", Aliases: []string{"place", "village", "lieu", "quartier"}},
			{Name: "commune", Aliases: []string{"commune", "numéro de commune"}},
			{Name: "lat", Aliases: []string{"lat", "latitude"}},
			{Name: "lon", Aliases: []string{"lon", "longitude", "long"}},
			{Name: "hours", Aliases: []string{"hours", "horaires", "heures"}},
			{Name: "price", Aliases: []string{"price", "prix", "prix officiel", "tarif"}},
			{Name: "papers", Aliases: []string{"papers", "papiers", "papers_fr", "pièces à fournir"}},
			{Name: "papers_en", Aliases: []string{"papers_en"}},
			{Name: "papers_bm", Aliases: []string{"papers_bm"}},
			{Name: "phone", Aliases: []string{"phone", "téléphone", "tel"}},
			{Name: "verified", Aliases: []string{"verified", "vérifié le", "vérifié"}},
			{Name: "review", Aliases: []string{"review", "à revoir le", "revoir"}},
			{Name: "status", Aliases: []string{"status", "état"}},
			{Name: "no_papers", Aliases: []string{"no_papers", "sans papiers", "accepte sans papiers"}},
			{Name: "capacity", Aliases: []string{"capacity", "capacité", "nombre de places"}},
		}},
	}
}

// needOf reads what a service is for; "" for an unknown word.
func needOf(word string) string {
	switch charset.Fold(word) {
	case charset.Fold("school"), charset.Fold("école"):
		return "school"
	case charset.Fold("health"), charset.Fold("santé"):
		return "health"
	case charset.Fold("water"), charset.Fold("eau"):
		return "water"
	case charset.Fold("papers"), charset.Fold("papiers"), charset.Fold("état civil"):
		return "papers"
	case charset.Fold("food"), charset.Fold("manger"), charset.Fold("nourriture"):
		return "food"
	case charset.Fold("shelter"), charset.Fold("se loger"), charset.Fold("logement"):
		return "shelter"
	case charset.Fold("talk"), charset.Fold("parler"), charset.Fold("écoute"):
		return "talk"
	case charset.Fold("family"), charset.Fold("famille"):
		return "family"
	case charset.Fold("work"), charset.Fold("travail"), charset.Fold("emploi"):
		return "work"
	}
	return ""
}

// abuse tells a word for what no commune's own service is for.
func abuse(word string) bool {
	key := charset.Fold(word)
	return key == charset.Fold("abuse") || key == charset.Fold("abus")
}

// yes reads an answer to a yes-or-no column; empty is no.
func yes(word string) (answer, ok bool) {
	switch charset.Fold(word) {
	case "", charset.Fold("no"), charset.Fold("non"), "0":
		return false, true
	case charset.Fold("yes"), charset.Fold("oui"), "1":
		return true, true
	}
	return false, false
}

// facilityKind maps the WHO list's English types to what people in Mali call them.
func facilityKind(kind string) string {
	switch charset.Fold(kind) {
	case charset.Fold("Community Health Centre"):
		return "cscom"
	case charset.Fold("Referral Health Centre"):
		return "csref"
	case charset.Fold("Hospital"), charset.Fold("Regional Hospital"), charset.Fold("University Hospital"):
		return "hospital"
	case charset.Fold("Clinic"), charset.Fold("Polyclinic"):
		return "clinic"
	}
	return ""
}

func statusOf(word string) (store.ServiceStatus, bool) {
	switch charset.Fold(word) {
	case "", charset.Fold("active"), charset.Fold("actif"), charset.Fold("ouvert"):
		return store.ServiceActive, true
	case charset.Fold("temporarily closed"), charset.Fold("closed_temporarily"), charset.Fold("fermé"), charset.Fold("fermé pour le moment"):
		return store.ServiceClosedTemporarily, true
	case charset.Fold("defunct"), charset.Fold("inactive"), charset.Fold("n'existe plus"):
		return store.ServiceDefunct, true
	}
	return "", false
}
