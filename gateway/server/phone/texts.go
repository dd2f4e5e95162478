package phone

// texts are the page's words in one language. The last group is shown by the script.
type texts struct {
	Title, Intro, OtherLang, OtherName, Other        string
	Number, Code, Screen, Reply, Send                string
	Pad, Call, HangUp, Clear, Star, Hash, Keys       string
	Messages, NoMessages, Refresh, NeedScript, Meter string

	Idle, Waiting, Over, HungUp, NoNetwork, Unreadable, WrongCode, NoHash, Expired, NoSMS, From string
	Write, NotSent                                                                              string
}

func translations() map[string]texts {
	return map[string]texts{
		"fr": {
			Title: "Téléphone de démonstration", Intro: "Un téléphone simple. Composez le code, puis répondez par un chiffre.",
			OtherLang: "en", OtherName: "English", Other: "Show this page in English",
			Number: "Numéro du téléphone", Code: "Code à composer", Screen: "Écran du téléphone", Reply: "Votre réponse", Send: "Envoyer",
			Pad: "Clavier", Call: "Appeler", HangUp: "Raccrocher", Clear: "Effacer", Star: "étoile", Hash: "dièse",
			Keys:     "Au clavier : chiffres, * et #, Entrée pour appeler ou envoyer, Retour arrière pour effacer, Échap pour raccrocher.",
			Messages: "SMS reçus", NoMessages: "Aucun SMS pour ce numéro.", Refresh: "Actualiser",
			NeedScript: "Ce téléphone a besoin de JavaScript.", Meter: "Longueur de l’écran",
			Idle: "Composez le code et appelez.", Waiting: "Un instant…", Over: "Appel terminé.", HungUp: "Vous avez raccroché.",
			NoNetwork:  "Le réseau ne répond pas. Réessayez dans un moment.",
			Unreadable: "Problème de connexion ou code MMI non valide.",
			WrongCode:  "Ce téléphone ne connaît que le code {code}.", NoHash: "Un code USSD commence par * et finit par #.",
			Expired: "Le réseau a coupé l’appel après 3 minutes.", NoSMS: "Les SMS ne peuvent pas être lus en ce moment.", From: "De",
			Write: "Écrire un SMS à la mairie (MENU, AIDE, STOP…)", NotSent: "Le SMS n’est pas parti. Réessayez dans un moment.",
		},
		"en": {
			Title: "Demonstration phone", Intro: "A basic phone. Dial the code, then answer with a digit.",
			OtherLang: "fr", OtherName: "Français", Other: "Afficher cette page en français",
			Number: "Phone number", Code: "Code to dial", Screen: "Screen of the phone", Reply: "Your answer", Send: "Send",
			Pad: "Keypad", Call: "Call", HangUp: "Hang up", Clear: "Clear", Star: "star", Hash: "hash",
			Keys:     "On a keyboard: digits, * and #, Enter to call or send, Backspace to clear, Escape to hang up.",
			Messages: "SMS received", NoMessages: "No SMS for this number.", Refresh: "Refresh",
			NeedScript: "This phone needs JavaScript.", Meter: "Length of the screen",
			Idle: "Dial the code and call.", Waiting: "One moment…", Over: "Call ended.", HungUp: "You hung up.",
			NoNetwork:  "The network does not answer. Try again in a moment.",
			Unreadable: "Connection problem or invalid MMI code.",
			WrongCode:  "This phone only knows the code {code}.", NoHash: "A USSD code begins with * and ends with #.",
			Expired: "The network cut the call after 3 minutes.", NoSMS: "SMS cannot be read at the moment.", From: "From",
			Write: "Write an SMS to the town hall (MENU, HELP, STOP…)", NotSent: "The SMS was not sent. Try again in a moment.",
		},
	}
}
