package budget

import (
	"baro/gateway/exchange/table"
	"baro/locales/charset"
	"baro/store"
)

// layouts lists what can be imported as a budget. Both use one set of names, so that --map reads the same for both.
func layouts() []table.Layout {
	return []table.Layout{
		{Name: "scdl-budget", Totals: true, Columns: []table.Column{
			{Name: "stage", Aliases: []string{"BGT_NATDEC"}},
			{Name: "year", Aliases: []string{"BGT_ANNEE"}},
			{Name: "commune", Aliases: []string{"COLL_CODE", "BGT_SIRET"}},
			{Name: "commune_name", Aliases: []string{"BGT_NOM"}},
			{Name: "nature", Aliases: []string{"BGT_CONTNAT"}, Required: true},
			{Name: "label", Aliases: []string{"BGT_CONTNAT_LABEL"}, Required: true},
			{Name: "chapter", Aliases: []string{"BGT_NATURE"}},
			{Name: "chapter_label", Aliases: []string{"BGT_NATURE_LABEL"}},
			{Name: "function", Aliases: []string{"BGT_FONCTION"}},
			{Name: "function_label", Aliases: []string{"BGT_FONCTION_LABEL"}},
			{Name: "operation", Aliases: []string{"BGT_OPERATION"}},
			{Name: "section", Aliases: []string{"BGT_SECTION"}, Required: true},
			{Name: "kind", Aliases: []string{"BGT_OPBUDG"}},
			{Name: "direction", Aliases: []string{"BGT_CODRD"}, Required: true},
			{Name: "previous", Aliases: []string{"BGT_MTBUDGPREC"}},
			{Name: "planned", Aliases: []string{"BGT_MTPREV", "BGT_CREDOUV"}, Required: true},
			{Name: "revised", Aliases: []string{"BGT_CREDOUV"}},
			{Name: "realised", Aliases: []string{"BGT_MTREAL"}},
			{Name: "sector", Aliases: []string{"SECTEUR"}},
			{Name: "village", Aliases: []string{"VILLAGE"}},
		}},
		{Name: "town-hall", Totals: true, Columns: []table.Column{
			{Name: "stage", Aliases: []string{"Document", "Type de budget"}},
			{Name: "year", Aliases: []string{"Exercice", "Année"}},
			{Name: "commune", Aliases: []string{"Code commune", "Code collectivité"}},
			{Name: "section", Aliases: []string{"Section"}, Required: true},
			{Name: "direction", Aliases: []string{"Sens", "Recettes/Dépenses", "Recette ou dépense"}, Required: true},
			{Name: "kind", Aliases: []string{"Opération", "Type d'opération"}},
			{Name: "operation", Aliases: []string{"Projet", "Nom de l'opération", "Ouvrage"}},
			{Name: "chapter", Aliases: []string{"Chapitre"}},
			{Name: "chapter_label", Aliases: []string{"Libellé chapitre", "Libellé du chapitre"}},
			{Name: "nature", Aliases: []string{"Nature", "Compte", "Article"}, Required: true},
			{Name: "label", Aliases: []string{"Libellé", "Intitulé", "Libellé nature", "Désignation"}, Required: true},
			{Name: "function", Aliases: []string{"Fonction"}},
			{Name: "function_label", Aliases: []string{"Libellé fonction", "Libellé de la fonction"}},
			{Name: "sector", Aliases: []string{"Secteur"}},
			{Name: "village", Aliases: []string{"Village", "Localité", "Lieu"}},
			{Name: "previous", Aliases: []string{"Budget précédent", "Exercice précédent"}},
			{Name: "planned", Aliases: []string{"Budget primitif", "Prévision", "Prévisions", "Montant voté", "Montant", "BP"}, Required: true},
			{Name: "additional", Aliases: []string{"Budget additionnel", "Budget supplémentaire", "Collectif", "BA"}},
			{Name: "revised", Aliases: []string{"Prévision totale", "Prévisions totales", "Prévision définitive", "Prévisions définitives", "Total prévision"}},
			{Name: "realised", Aliases: []string{"Réalisation", "Réalisations", "Réalisé", "Exécution", "Montant réalisé"}},
			{Name: "remaining", Aliases: []string{"Reste à réaliser", "Reste"}},
		}},
	}
}

// stageOf reads the name of a document. The SCDL schema itself says "prévisionnel" where its list says "primitif";
// Malian law calls a budget supplémentaire additionnel, and everyday speech calls a modification collectif.
func stageOf(words string) store.BudgetStage {
	switch charset.Fold(words) {
	case charset.Fold("budget primitif"), charset.Fold("budget prévisionnel"), charset.Fold("primitif"), "bp", charset.Fold("budget_primitif"):
		return store.BudgetPrimitif
	case charset.Fold("budget supplémentaire"), charset.Fold("budget additionnel"), charset.Fold("additionnel"), "ba",
		charset.Fold("décision modificative"), charset.Fold("collectif"), charset.Fold("collectif budgétaire"), charset.Fold("budget_additionnel"):
		return store.BudgetAdditionnel
	case charset.Fold("compte administratif"), "ca", charset.Fold("compte_administratif"):
		return store.CompteAdministratif
	}
	return ""
}

func sectionOf(word string) store.Section {
	switch charset.Fold(word) {
	case charset.Fold("fonctionnement"), charset.Fold("section de fonctionnement"), "f":
		return store.Fonctionnement
	case charset.Fold("investissement"), charset.Fold("section d'investissement"), "i":
		return store.Investissement
	}
	return ""
}

func directionOf(word string) store.Direction {
	switch charset.Fold(word) {
	case charset.Fold("recette"), charset.Fold("recettes"), "r":
		return store.Recette
	case charset.Fold("dépense"), charset.Fold("dépenses"), "d":
		return store.Depense
	}
	return ""
}

// kindOf takes a line as real unless it is said to be of order.
func kindOf(word string) (store.LineKind, bool) {
	switch charset.Fold(word) {
	case "", charset.Fold("réel"), charset.Fold("réelle"), charset.Fold("réels"), charset.Fold("réelles"):
		return store.LineReel, true
	case charset.Fold("ordre"), charset.Fold("d'ordre"):
		return store.LineOrdre, true
	}
	return "", false
}
