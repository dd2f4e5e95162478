package console

import "fmt"

// Option is one of the choices of a field.
type Option struct{ Value, Label string }

// Field is one question of a form as parts.html draws it.
type Field struct {
	ID, Name, Label string
	Type            string // text, email, password, number, date, tel, file, area, select, radio, boxes
	Value           string
	Chosen          []string
	Options         []Option
	Hint            string // id of a text
	Complete        string // what browsers may fill in (autocomplete)
	Mode            string // keyboard of a phone (inputmode)
	Accept          string // kinds of files
	Most            int
	Optional        bool
	Fault           *Fault
}

// newField reads the options that a page gives: names and values by turns.
func newField(f *Form, name, label string, options ...any) (Field, error) {
	d := Field{ID: "f-" + name, Name: name, Label: label, Type: "text"}
	if f != nil {
		d.Value, d.Chosen, d.Fault = f.Values.Get(name), f.Values[name], f.Fault(name)
	}
	if len(options)%2 != 0 {
		return d, fmt.Errorf("field %s: options come in pairs", name)
	}
	for i := 0; i < len(options); i += 2 {
		word, _ := options[i+1].(string)
		switch options[i] {
		case "type":
			d.Type = word
		case "hint":
			d.Hint = word
		case "autocomplete":
			d.Complete = word
		case "inputmode":
			d.Mode = word
		case "accept":
			d.Accept = word
		case "most":
			d.Most, _ = options[i+1].(int)
		case "options":
			d.Options, _ = options[i+1].([]Option)
		case "optional":
			d.Optional = true
		case "id":
			d.ID = word
		default:
			return d, fmt.Errorf("field %s: no option %v", name, options[i])
		}
	}
	if d.Type == "password" || d.Type == "file" {
		d.Value = "" // never sent back
	}
	return d, nil
}

// Described names what a screen reader reads with the field.
func (d Field) Described() (ids string) {
	if d.Hint != "" {
		ids = d.ID + "-hint"
	}
	if d.Fault != nil {
		if ids != "" {
			ids += " "
		}
		ids += d.ID + "-fault"
	}
	return ids
}

// Is tells whether an option is chosen.
func (d Field) Is(value string) bool {
	for _, c := range d.Chosen {
		if c == value {
			return true
		}
	}
	return false
}
