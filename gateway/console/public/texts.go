package public

import (
	"fmt"
	"strings"

	"baro/gateway/civic/budget"
	"baro/store"
)

// texts are the words of the pages in one language.
type texts struct {
	Lang, Other, OtherName, OtherLong                     string
	Town, Circle, DialHead, DialHint, Free, Print, Made   string
	None, SpentTitle, MoneyTitle, AccountBars             string
	Sector, Origin, Planned, Realised                     string
	Own, OwnShort, State, Partners, Elsewhere             string
	Tax, TaxHint, Executed                                string
	Works, Work, Where, WorkState, Seen, SeenHint, NoView string
	Calendar, Step, Due, Done, StepState, Evidence        string
	Codes, What, Dial                                     string
	DialMenu, DialBudget, DialCalendar, DialDialogue      string
	Missing, MissingHint, Home, Or                        string
	Votes, By, bodyUnknown                                string
	budget, account                                       string
	bodies                                                map[store.VotingBody]string
	states                                                map[budget.StepState]string
}

// textsIn gives the words of a language, French for any that is not written.
func textsIn(lang string) *texts {
	if lang == "en" {
		return english()
	}
	return french()
}

func (t *texts) title(year int, stage string) string { return fmt.Sprintf(t.budget, year, stage) }

func (t *texts) accountTitle(year int) string { return fmt.Sprintf(t.account, year) }

// vote says how a document was adopted, "" when that is not known.
func (t *texts) vote(v store.Vote) string {
	if v.On == "" {
		return ""
	}
	body := v.BodyText
	if body == "" {
		body = t.bodies[v.Body]
	}
	if body == "" {
		body = t.bodyUnknown
	}
	out := fmt.Sprintf(t.By, date(v.On), body)
	if v.For != nil && v.Against != nil && v.Abstained != nil {
		out += fmt.Sprintf(t.Votes, *v.For, *v.Against, *v.Abstained)
	}
	return strings.TrimSpace(out)
}

func french() *texts {
	return &texts{
		Lang: "fr", Other: "en", OtherName: "English", OtherLong: "Read this page in English",
		Town: "Mairie de", Circle: "Cercle de", DialHead: "Depuis n’importe quel téléphone, composez",
		DialHint: "Ni internet ni application. La mairie ne demande jamais d’argent ni de code secret par téléphone.",
		Free:     "Ces chiffres viennent des documents que la commune a publiés.", Print: "Cette feuille peut être imprimée et affichée.",
		Made: "Page du", None: "La commune n’a pas encore publié de budget.",
		SpentTitle: "Où va l’argent", MoneyTitle: "D’où vient l’argent", AccountBars: "Prévu et dépensé",
		Sector: "Domaine", Origin: "Origine", Planned: "Prévu", Realised: "Dépensé",
		Own: "Impôts et taxes de la commune", OwnShort: "Commune", State: "État", Partners: "Partenaires", Elsewhere: "Autres",
		Tax: "dont TDRL", TaxHint: "La TDRL est l’impôt que paient les habitants. Tous les impôts vont ensemble dans la caisse de la commune.",
		Executed: "dépensé",
		Works:    "Les chantiers", Work: "Chantier", Where: "Où", WorkState: "La mairie dit", Seen: "Les habitants voient",
		SeenHint: "Ce que voient les habitants est montré dès que dix numéros ont répondu.", NoView: "pas encore dix réponses",
		Calendar: "Calendrier du budget", Step: "Étape", Due: "Attendu avant le", Done: "Fait le", StepState: "État", Evidence: "Preuve",
		Codes: "Ce qu’on peut composer", What: "Pour", Dial: "Composez",
		DialMenu: "le menu de la mairie", DialBudget: "le budget et les taxes", DialCalendar: "le calendrier du budget", DialDialogue: "les réunions et votre avis",
		Missing: "Aucune commune n’a ce numéro.", MissingHint: "Le numéro de la commune a trois chiffres ; il est affiché à la mairie.", Home: "Accueil", Or: " ou ",
		By: "Voté le %s par %s.", Votes: " Pour : %d. Contre : %d. Abstentions : %d.", bodyUnknown: "la commune",
		budget: "Budget %d (%s)", account: "Comptes %d",
		bodies: map[store.VotingBody]string{
			store.ConseilCommunal: "le conseil communal", store.DelegationSpeciale: "la délégation spéciale",
			store.AutoriteInterimaire: "l’autorité intérimaire",
		},
		states: map[budget.StepState]string{budget.StepDue: "à faire", budget.StepDone: "fait", budget.StepLate: "pas annoncé"},
	}
}

func english() *texts {
	return &texts{
		Lang: "en", Other: "fr", OtherName: "Français", OtherLong: "Lire cette page en français",
		Town: "Town hall of", Circle: "Cercle of", DialHead: "From any phone, dial",
		DialHint: "No internet and no app. The town hall never asks for money or for a secret code by phone.",
		Free:     "These figures come from the documents that the commune has published.", Print: "This sheet can be printed and posted.",
		Made: "Page of", None: "The commune has not published a budget yet.",
		SpentTitle: "Where the money goes", MoneyTitle: "Where the money comes from", AccountBars: "Planned and spent",
		Sector: "Domain", Origin: "Origin", Planned: "Planned", Realised: "Spent",
		Own: "The commune’s own taxes and fees", OwnShort: "Commune", State: "State", Partners: "Partners", Elsewhere: "Others",
		Tax: "of which TDRL", TaxHint: "The TDRL is the tax that residents pay. All taxes go into one purse.",
		Executed: "spent",
		Works:    "Works", Work: "Work", Where: "Where", WorkState: "The town hall says", Seen: "Residents see",
		SeenHint: "What residents see is shown once ten numbers have answered.", NoView: "not ten answers yet",
		Calendar: "Budget calendar", Step: "Step", Due: "Expected by", Done: "Done on", StepState: "State", Evidence: "Evidence",
		Codes: "What to dial", What: "For", Dial: "Dial",
		DialMenu: "the town hall’s menu", DialBudget: "budget and taxes", DialCalendar: "the budget calendar", DialDialogue: "meetings and your say",
		Missing: "No commune has this number.", MissingHint: "The number of a commune has three digits; it is posted at the town hall.", Home: "Home", Or: " or ",
		By: "Voted on %s by %s.", Votes: " For: %d. Against: %d. Abstained: %d.", bodyUnknown: "the commune",
		budget: "Budget %d (%s)", account: "Accounts %d",
		bodies: map[store.VotingBody]string{
			store.ConseilCommunal: "the communal council", store.DelegationSpeciale: "the special delegation",
			store.AutoriteInterimaire: "the interim authority",
		},
		states: map[budget.StepState]string{budget.StepDue: "to do", budget.StepDone: "done", budget.StepLate: "not announced"},
	}
}
