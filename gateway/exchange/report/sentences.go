package report

// sentences gives the French and the English sentence of a code. A code without sentences is a defect that a test finds.
func sentences(code Code) (fr, en string) {
	if fr, en = aboutFiles(code); fr == "" {
		if fr, en = aboutRows(code); fr == "" {
			fr, en = aboutDoubts(code)
		}
	}
	return fr, en
}

func aboutFiles(code Code) (fr, en string) {
	switch code {
	case Empty:
		return "Le fichier est vide.", "The file is empty."
	case TooLarge:
		return "Le fichier dépasse la taille permise (%v octets).", "The file is larger than allowed (%v bytes)."
	case TooManyRows:
		return "Le fichier dépasse le nombre de lignes permis (%v).", "The file has more rows than allowed (%v)."
	case TooWide:
		return "Le fichier dépasse le nombre de colonnes permis (%v).", "The file has more columns than allowed (%v)."
	case Binary:
		return "Ce n'est pas un fichier texte: il contient des octets nuls.", "This is not a text file: it holds NUL bytes."
	case OldExcel:
		return "Ancien classeur Excel (.xls): l'enregistrer en .xlsx ou en CSV.", "Old Excel workbook (.xls): save it as .xlsx or CSV."
	case OpenDocument:
		return "Classeur OpenDocument (.ods): l'enregistrer en .xlsx ou en CSV.", "OpenDocument sheet (.ods): save it as .xlsx or CSV."
	case Compressed:
		return "Archive compressée: extraire d'abord le fichier.", "Compressed archive: extract the file first."
	case WebPage:
		return "Page HTML, malgré le nom du fichier: l'enregistrer en .xlsx ou en CSV.", "An HTML page, whatever its name says: save it as .xlsx or CSV."
	case ZipBomb:
		return "Décompressé, le classeur dépasse la taille permise (%v octets).", "Unpacked, the workbook is larger than allowed (%v bytes)."
	case DamagedXLSX:
		return "Le classeur est endommagé ou protégé.", "The workbook is damaged or protected."
	case DamagedCSV:
		return "Ligne %v illisible: un guillemet n'est sans doute pas fermé.", "Line %v cannot be read: a quote is probably not closed."
	case BadEncoding:
		return "Encodage inconnu: ni UTF-8 ni Windows-1252 (octet %#02x, position %v).", "Unknown encoding: neither UTF-8 nor Windows-1252 (byte %#02x at offset %v)."
	case NoHeader:
		return "Ligne de titres introuvable dans les 25 premières lignes. Colonnes attendues: %s.", "No header within the first 25 rows. Columns wanted: %s."
	case MapUnknown:
		return "La colonne à remplacer n'existe pas: %s.", "There is no such column to map: %s."
	case PhoneAndGroup:
		return "Refusé: un numéro de téléphone ne peut figurer à côté d'une mention de déplacement, d'ethnie, de religion ou de parti (colonnes %s).", "Refused: a phone number cannot stand beside displacement, ethnicity, religion or party (columns %s)."
	case NoKeys:
		return "Sans fichier de clé (secrets.key_file), aucun numéro ne peut être gardé.", "Without the key file (secrets.key_file) no number can be kept."
	case NoEdition:
		return "Indiquer l'édition de la carte (--edition): un même code désigne d'autres lieux dans une autre édition.", "Name the edition of the map (--edition): one code means other places in another edition."
	case WrongEdition:
		return "Mauvaise édition: %v noms sur %v ne correspondent pas à ceux de l'édition %s.", "Wrong edition: %v of %v names differ from those of edition %s."
	case NoPlaces:
		return "Aucun lieu avec coordonnées n'est en service: importer d'abord les lieux.", "No place with coordinates is in use: import places first."
	case NoCommune:
		return "Indiquer la commune (--commune): le fichier ne la nomme pas.", "Name the commune (--commune): the file does not."
	case NoYear:
		return "Indiquer l'exercice: le fichier ne le porte pas.", "Give the year: the file does not carry it."
	case NoStage:
		return "Indiquer la nature du document: budget primitif, budget additionnel ou compte administratif.", "Say which document it is: budget primitif, budget additionnel or compte administratif."
	case UnitStated:
		return "Le fichier annonce des montants en milliers ou en millions («%s»): indiquer l'unité.", "The file speaks of thousands or millions (“%s”): give the unit."
	case NothingToDo:
		return "Aucune ligne à importer.", "No row to import."
	}
	return "", ""
}

func aboutRows(code Code) (fr, en string) {
	switch code {
	case Missing:
		return "Valeur manquante.", "The value is missing."
	case BadAmount:
		return "Montant illisible.", "The amount cannot be read."
	case Fraction:
		return "Montant avec décimales: des francs entiers sont attendus.", "The amount has decimals: whole francs are wanted."
	case Exponent:
		return "Montant abîmé par le tableur (notation E): corriger dans le fichier d'origine.", "The amount was damaged by a spreadsheet (E-notation): correct it at the source."
	case Ambiguous:
		return "Montant ambigu: la virgule sépare-t-elle les milliers ou les décimales?", "Ambiguous amount: does the comma part thousands or decimals?"
	case Negative:
		return "Montant négatif.", "The amount is negative."
	case BadCode:
		return "Code abîmé par le tableur (notation E): corriger dans le fichier d'origine.", "The code was damaged by a spreadsheet (E-notation): correct it at the source."
	case UnknownWord:
		return "Mot inconnu dans cette colonne.", "Unknown word in this column."
	case OutsideCommune:
		return "Les contacts pour signaler un abus sont hors de la commune: ils ne sont pas dans sa liste.", "Contacts for reporting an abuse are outside the commune: they are not in its list."
	case Past:
		return "La date limite est passée.", "The deadline has passed."
	case AlreadyOver:
		return "Cette annonce est close ou retirée: elle ne revient pas.", "This offer is closed or withdrawn: it does not come back."
	case OnlyTenders:
		return "Seul un appel d'offres a un dossier de marché.", "Only a tender has a contracting process."
	case BadDate:
		return "Date illisible: AAAA-MM-JJ ou JJ/MM/AAAA.", "The date cannot be read: YYYY-MM-DD or DD/MM/YYYY."
	case BadNumber:
		return "Nombre illisible.", "The number cannot be read."
	case BadDialNumber:
		return "Le numéro d'une commune a trois chiffres.", "A commune's number has three digits."
	case NumberTaken:
		return "Ce numéro appartient déjà à une autre commune.", "Another commune has this number already."
	case NumberFixed:
		return "La commune a déjà un autre numéro, imprimé sur des affiches: il ne change pas.", "The commune has another number already, printed on posters: it does not change."
	case NoNumberLeft:
		return "Plus aucun numéro à trois chiffres n'est libre.", "No number of three digits is left."
	case UnknownParent:
		return "Le lieu dont celui-ci dépend n'existe pas dans cette édition.", "The place this one belongs to does not exist in this edition."
	case WrongParent:
		return "Le lieu dont celui-ci dépend n'est pas d'un niveau supérieur.", "The place this one belongs to does not rank above it."
	case Conflict:
		return "Le même code porte deux noms ou deux parents (ligne %v).", "One code has two names or two parents (line %v)."
	case Duplicate:
		return "Doublon de la ligne %v.", "Duplicate of line %v."
	case OtherEdition:
		return "La ligne est d'une autre édition que l'import.", "The row is of another edition than the import."
	case NoCoordinates:
		return "Sans coordonnées: la commune ne peut être déterminée.", "Without coordinates the commune cannot be found."
	case OutsideMali:
		return "Coordonnées hors du Mali.", "The coordinates are outside Mali."
	case UnknownCommune:
		return "Commune inconnue.", "Unknown commune."
	case OtherCommune:
		return "La ligne est d'une autre commune que l'import.", "The row is of another commune than the import."
	case OtherYear:
		return "La ligne est d'un autre exercice que l'import.", "The row is of another year than the import."
	case OtherStage:
		return "La ligne est d'un autre document que l'import.", "The row is of another document than the import."
	case Archived:
		return "Contact archivé: il n'est pas repris.", "The contact is archived and is not taken over."
	case BadPhone:
		return "Numéro de téléphone illisible.", "The phone number cannot be read."
	case TooLong:
		return "Texte trop long (%v caractères au plus).", "The text is too long (at most %v characters)."
	}
	return "", ""
}

func aboutDoubts(code Code) (fr, en string) {
	switch code {
	case UnreadableHours:
		return "Horaires gardés comme texte, sans pouvoir les traduire.", "Opening hours are kept as text and cannot be translated."
	case MixedEncoding:
		return "Deux encodages semblent mêlés: vérifier les accents.", "Two encodings seem mixed: check the accents."
	case DoubledEncoding:
		return "Accents décodés deux fois («Ã©»): reprendre le fichier d'origine.", "Accents were decoded twice (“Ã©”): go back to the source file."
	case DoubledColumn:
		return "Titre de colonne en double: la première est lue.", "The column name stands twice: the first one is read."
	case NameDiffers:
		return "Le nom diffère de celui de l'édition en base.", "The name differs from the stored one of this edition."
	case TotalDiffers:
		return "Le total écrit n'est pas la somme des lignes lues (%v).", "The written total is not the sum of the rows read (%v)."
	case RowAboveTotal:
		return "La ligne dépasse le total de sa section (%v).", "The row is above the total of its section (%v)."
	case TaxAboveRest:
		return "La TDRL dépasse toutes les autres recettes de sa section (%v): chiffre à vérifier.", "The TDRL is above all other receipts of its section (%v): check the figure."
	case Unbalanced:
		return "Section non équilibrée: recettes %v, dépenses %v.", "The section does not balance: receipts %v, expenditure %v."
	case SumDiffers:
		return "Prévision totale différente de primitif + additionnel (%v).", "The total forecast differs from primitif + additionnel (%v)."
	case RestDiffers:
		return "Reste à réaliser différent de prévision − réalisation (%v).", "The remainder differs from forecast − realised (%v)."
	case VillageUnknown:
		return "Village absent de la liste des lieux: gardé comme texte.", "The village is not among the known places: kept as text."
	case VersionReplaced:
		return "Une version existe déjà: celle-ci portera le numéro %v.", "A version exists already: this one will be number %v."
	case SameFile:
		return "Ce fichier a déjà été importé: rien à écrire.", "This file has been imported already: nothing to write."
	case FarFromPlaces:
		return "À plus de %v km de tout lieu connu: commune à vérifier.", "More than %v km from any known place: check the commune."
	case RegionDiffers:
		return "La région écrite n'est pas celle du lieu le plus proche (%s).", "The written region is not that of the nearest place (%s)."
	case NotInUse:
		return "Édition importée sans être mise en service: une autre l'est déjà.", "The edition is imported without being put in use: another one is."
	case UnknownLanguage:
		return "Langue sans textes: la personne choisira.", "There are no texts in this language: the person will choose."
	case StillStopped:
		return "A dit STOP ou s'est fait effacer ici: rien n'est repris.", "Said STOP or was erased here: nothing is taken over."
	case CodeNotRecognised:
		return "Code de collectivité inconnu: la commune indiquée est retenue.", "Unknown code of the commune: the one named is taken."
	}
	return "", ""
}
