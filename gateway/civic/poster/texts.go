package poster

// texts are the sentences of sheets in one language. They are spoken sentences: the same words are read on the radio and called
// out on the market.
type texts struct {
	lang                                                             string
	budget, total, shares, askBudget                                 string
	at, planned, townHall, askWork                                   string
	until, askConsultation, askResult                                string
	meeting, invites, when, hear, askMeeting                         string
	offers, before, askOffer                                         string
	cost, askPractice                                                string
	townHallOf, listen, dialHead, dial, again, free, from, spellHash string
}

func textsIn(lang string) *texts {
	if lang == "en" {
		return english()
	}
	return french()
}

func french() *texts {
	return &texts{
		lang:   "fr",
		budget: "Le budget de la commune, %d", total: "En tout, la commune prévoit %s.", shares: "Sur 100 francs : %s.",
		askBudget: "Regardez votre village, votre taxe, et ce qui a été dépensé.",
		at:        "Lieu : %s.", planned: "Prévu : %s.", townHall: "La mairie dit : %s.", askWork: "Et vous, que voyez-vous ? Dites-le.",
		until:           "On peut répondre jusqu’au %s.",
		askConsultation: "Donnez votre avis. On publie les totaux, jamais votre numéro.", askResult: "Écoutez le résultat et ce qui a été décidé.",
		meeting: "Réunion : %s", invites: "Invitation : %s.", when: "%s %s, à %s.", hear: "Le lieu et l’heure se lisent au téléphone.",
		askMeeting: "Dites « je viens » au téléphone.",
		offers:     "Proposé par %s.", before: "Avant le %s.", askOffer: "Lisez comment répondre.",
		cost: "Coût : %s.", askPractice: "Posez une question à cette commune.",
		townHallOf: "Mairie de %s", listen: "Communiqué de la mairie de %s.", dialHead: "Depuis n’importe quel téléphone, composez",
		dial: "Depuis n’importe quel téléphone, composez %s.", again: "Je répète : %s.",
		free: "La mairie ne demande jamais d’argent ni de code secret par téléphone.", from: "Annonce de la mairie de %s !", spellHash: "étoile|dièse",
	}
}

func english() *texts {
	return &texts{
		lang:   "en",
		budget: "The budget of the commune, %d", total: "In all the commune plans %s.", shares: "Out of 100 francs: %s.",
		askBudget: "Look at your village, your tax, and what was spent.",
		at:        "Place: %s.", planned: "Planned: %s.", townHall: "The town hall says: %s.", askWork: "And you, what do you see? Say it.",
		until:           "Answers are taken until %s.",
		askConsultation: "Have your say. Totals are published, never your number.", askResult: "Hear the result and what was decided.",
		meeting: "Meeting: %s", invites: "Invited by %s.", when: "%s %s, at %s.", hear: "Place and time are read on the phone.",
		askMeeting: "Say “I come” on the phone.",
		offers:     "Offered by %s.", before: "Before %s.", askOffer: "Read how to answer.",
		cost: "Cost: %s.", askPractice: "Put a question to this commune.",
		townHallOf: "Town hall of %s", listen: "A message of the town hall of %s.", dialHead: "From any phone, dial",
		dial: "From any phone, dial %s.", again: "I repeat: %s.",
		free: "The town hall never asks for money or for a secret code by phone.", from: "News from the town hall of %s!", spellHash: "star|hash",
	}
}
