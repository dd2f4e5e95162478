package place

import (
	"strconv"

	"baro/gateway/exchange/table"
)

// The layouts' names, as the report shows them.
const (
	boundaries  = "cod-ab"      // one row per unit, its ancestors beside it
	globalCodes = "hdx-pcodes"  // one row per unit, with level and parent
	villages    = "settlements" // p-code, name, commune, coordinates
	plain       = "baro-places"
)

// levels of the boundary tables, country first. The tables of 2025 have a fifth, below the commune.
const levels = 5

func nameColumn(n int) string  { return "adm" + strconv.Itoa(n) + "_name" }
func codeColumn(n int) string  { return "adm" + strconv.Itoa(n) + "_pcode" }
func aliasColumn(n int) string { return "adm" + strconv.Itoa(n) + "_alias" }
func otherColumn(n int) string { return "adm" + strconv.Itoa(n) + "_alias2" }

// layouts lists what can be imported as places.
func layouts() []table.Layout {
	cod := table.Layout{Name: boundaries}
	for n := range levels {
		d := strconv.Itoa(n)
		cod.Columns = append(cod.Columns,
			table.Column{Name: nameColumn(n), Required: n < 2, Aliases: []string{"admin" + d + "Name", "ADM" + d + "_FR", "ADM" + d + "_EN", "adm" + d + "_name"}},
			table.Column{Name: codeColumn(n), Required: n < 2, Aliases: []string{"admin" + d + "Pcod", "ADM" + d + "_PCODE", "adm" + d + "_pcode", "admin" + d + "Pcode"}},
			table.Column{Name: aliasColumn(n), Aliases: []string{"admin" + d + "AltN", "ADM" + d + "ALT1FR", "adm" + d + "_name1"}},
			table.Column{Name: otherColumn(n), Aliases: []string{"admin" + d + "Al_1", "ADM" + d + "ALT2FR", "adm" + d + "_name2"}},
		)
	}
	return []table.Layout{
		cod,
		{Name: globalCodes, Columns: []table.Column{
			{Name: "country", Aliases: []string{"Location"}, Required: true},
			{Name: "level", Aliases: []string{"Admin Level"}, Required: true},
			{Name: "pcode", Aliases: []string{"P-Code"}, Required: true},
			{Name: "name", Aliases: []string{"Name"}, Required: true},
			{Name: "parent", Aliases: []string{"Parent P-Code"}, Required: true},
		}},
		{Name: villages, Columns: []table.Column{
			{Name: "pcode", Aliases: []string{"pcode", "adm4_pcode"}, Required: true},
			{Name: "name", Aliases: []string{"featureNam", "featureName", "featureRefName", "nom"}, Required: true},
			{Name: "parent", Aliases: []string{"admin3Pcod", "admin3Pcode", "ADM3_PCODE"}, Required: true},
			{Name: "lat", Aliases: []string{"latitude", "lat", "y"}, Required: true},
			{Name: "lon", Aliases: []string{"longitude", "lon", "long", "x"}, Required: true},
		}},
		{Name: plain, Columns: []table.Column{
			{Name: "edition", Aliases: []string{"edition", "édition"}},
			{Name: "pcode", Aliases: []string{"pcode", "p-code", "code"}, Required: true},
			{Name: "level", Aliases: []string{"level", "niveau"}, Required: true},
			{Name: "name", Aliases: []string{"name", "nom"}, Required: true},
			{Name: "parent", Aliases: []string{"parent", "parent_pcode", "code parent"}, Required: true},
			{Name: "short_name", Aliases: []string{"short_name", "nom court"}},
			{Name: "number", Aliases: []string{"number", "numéro"}},
			{Name: "lat", Aliases: []string{"lat", "latitude"}},
			{Name: "lon", Aliases: []string{"lon", "longitude", "long"}},
			{Name: "population", Aliases: []string{"population"}},
			{Name: "languages", Aliases: []string{"languages", "langues"}},
			{Name: "aliases", Aliases: []string{"aliases", "autres noms", "alias"}},
		}},
	}
}
