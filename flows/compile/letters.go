package compile

import (
	"baro/flows/render"
	"baro/locales"
	"baro/locales/charset"
)

// The most parts a letter may take with its widest data: each of them is paid for. A language that cannot be written in
// the GSM alphabet has less than half of its room in a part.
const (
	maxLetterParts     = 2
	maxLetterPartsUCS2 = 4
)

// checkLetters reports letters of too many parts in a language they are shown in. They are measured as an ordinary SMS
// channel sends them.
func (c *compiler) checkLetters() {
	profile, _ := charset.FindProfile("sms")
	for name, letter := range c.program.Letters {
		for l := range c.program.Catalogue.Tags() {
			lang := locales.Lang(l)
			if letter.Shown(lang, profile.Letters) != lang {
				continue
			}
			m := measurer{p: c.program, profile: profile, lang: lang}
			w := render.New(c.program, profile, lang)
			size := charset.Count(string(w.AppendMessage(nil, letter.ID, m.record(letter.Fields))))
			most := maxLetterParts
			if size.Encoding == charset.UCS2 {
				most = maxLetterPartsUCS2
			}
			if size.Parts > most {
				file, line := c.program.Catalogue.Position(lang, letter.ID)
				c.problems.add(file, line, "letter %s takes %d SMS parts in %s with its widest data, at most %d are paid for",
					name, size.Parts, c.program.Catalogue.Tag(lang), most)
			}
		}
	}
}
