package flows

import (
	"fmt"
	"sort"
	"strings"
)

// A Manifest declares every source and action flows may name: arguments, fields with their types and widths, outcomes
// and effects. Flows are compiled against it, bindings are compared with it, and rows can be checked with it.
type Manifest struct {
	File    string
	Parts   map[string]MessageSpec // messages used as a part, by id
	Letters map[string]MessageSpec // messages that leave as an SMS of their own, by id
	Sources map[string]*SourceSpec
	Actions map[string]*ActionSpec
}

// A MessageSpec declares the fields of a message that code fills in.
type MessageSpec struct {
	Line   int
	Fields []FieldSpec
}

// A SourceSpec declares a source.
type SourceSpec struct {
	Name   string
	Line   int
	Args   []ArgSpec
	Fields []FieldSpec
	Key    Kind // kind of a row's key; None for a source of one record
	Rows   int  // most rows delivered; 1 for a source of one record
}

// An ActionSpec declares an action.
type ActionSpec struct {
	Name     string
	Line     int
	Args     []ArgSpec
	Fields   []FieldSpec
	Outcomes []string
	Effect   Effect
}

// An ArgSpec is an argument by the name of the variable or $context it takes.
type ArgSpec struct {
	Name     string
	Optional bool
}

// A FieldSpec is a field's name and type.
type FieldSpec struct {
	Name     string
	Line     int // in the manifest
	Kind     Kind
	Width    int    // Int and Text: the widest value, in characters
	Pattern  string // Label, List and Parts: which messages, "budget.sector.*" or one id
	Max      int    // List and Parts: most parts
	Optional bool   // may be absent
}

// Matches reports whether a message id is one of the pattern's.
func (f FieldSpec) Matches(id string) bool {
	if prefix, ok := strings.CutSuffix(f.Pattern, "*"); ok {
		return strings.HasPrefix(id, prefix)
	}
	return id == f.Pattern
}

// Empty reports whether nothing is declared, as when the file cannot be read.
func (m *Manifest) Empty() bool { return len(m.Sources) == 0 && len(m.Actions) == 0 }

// SourceNames lists the sources in order.
func (m *Manifest) SourceNames() []string { return sortedKeys(m.Sources) }

// ActionNames lists the actions in order.
func (m *Manifest) ActionNames() []string { return sortedKeys(m.Actions) }

// CheckRows compares rows with what a source declares: number of rows, kinds of keys, names and kinds of fields, the
// messages of labels and parts. Widths are not checked: longer data is paged.
func (m *Manifest) CheckRows(source string, rows []Row) error {
	spec, ok := m.Sources[source]
	if !ok {
		return fmt.Errorf("manifest: no source %s", source)
	}
	if len(rows) > spec.Rows {
		return fmt.Errorf("manifest: %s delivers %d rows, at most %d are declared", source, len(rows), spec.Rows)
	}
	for i, row := range rows {
		if spec.Key != None && row.Key.Kind != spec.Key {
			return fmt.Errorf("manifest: %s row %d: key is of another kind", source, i+1)
		}
		if err := m.checkRecord(spec.Fields, row.Fields); err != nil {
			return fmt.Errorf("manifest: %s row %d: %w", source, i+1, err)
		}
	}
	return nil
}

// CheckOutcome compares an outcome with what an action declares. Only the first declared outcome must carry all fields.
func (m *Manifest) CheckOutcome(action string, out Outcome) error {
	spec, ok := m.Actions[action]
	if !ok {
		return fmt.Errorf("manifest: no action %s", action)
	}
	for i, name := range spec.Outcomes {
		if name != out.Edge {
			continue
		}
		if i > 0 && len(out.Fields) == 0 {
			return nil
		}
		if err := m.checkRecord(spec.Fields, out.Fields); err != nil {
			return fmt.Errorf("manifest: %s: %w", action, err)
		}
		return nil
	}
	return fmt.Errorf("manifest: %s has no outcome %q", action, out.Edge)
}

// CheckLetter compares a record with what a letter declares.
func (m *Manifest) CheckLetter(id string, rec Record) error {
	spec, ok := m.Letters[id]
	if !ok {
		return fmt.Errorf("manifest: no letter %s", id)
	}
	if err := m.checkRecord(spec.Fields, rec); err != nil {
		return fmt.Errorf("manifest: letter %s: %w", id, err)
	}
	return nil
}

func (m *Manifest) checkRecord(specs []FieldSpec, rec Record) error {
	for _, f := range rec {
		if specOf(specs, f.Name) == nil {
			return fmt.Errorf("field %s is not declared", f.Name)
		}
	}
	for _, spec := range specs {
		v := rec.Get(spec.Name)
		if spec.Optional && v.Kind == None {
			continue
		}
		if v.Kind != spec.Kind {
			return fmt.Errorf("field %s is missing or of another kind", spec.Name)
		}
		if err := m.checkMessages(spec, v); err != nil {
			return fmt.Errorf("field %s: %w", spec.Name, err)
		}
	}
	return nil
}

func (m *Manifest) checkMessages(spec FieldSpec, v Value) error {
	if spec.Kind == Label && !spec.Matches(v.Text) {
		return fmt.Errorf("message %q is not of %s", v.Text, spec.Pattern)
	}
	if len(v.Parts) > spec.Max && spec.Max > 0 {
		return fmt.Errorf("%d parts, at most %d are declared", len(v.Parts), spec.Max)
	}
	for _, part := range v.Parts {
		if !spec.Matches(part.Message) {
			return fmt.Errorf("part %q is not of %s", part.Message, spec.Pattern)
		}
		declared, ok := m.Parts[part.Message]
		if !ok {
			return fmt.Errorf("part %q is not declared", part.Message)
		}
		if err := m.checkRecord(declared.Fields, part.Fields); err != nil {
			return fmt.Errorf("part %s: %w", part.Message, err)
		}
	}
	return nil
}

func specOf(specs []FieldSpec, name string) *FieldSpec {
	for i := range specs {
		if specs[i].Name == name {
			return &specs[i]
		}
	}
	return nil
}

// Field returns the declaration of a field, or nil.
func (s *SourceSpec) Field(name string) *FieldSpec { return specOf(s.Fields, name) }

// Field returns the declaration of a field, or nil.
func (a *ActionSpec) Field(name string) *FieldSpec { return specOf(a.Fields, name) }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
