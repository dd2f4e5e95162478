package flows

import (
	"encoding/hex"

	"baro/locales"
	"baro/locales/charset"
)

// A Program is all flows, compiled and checked, with the texts they were checked against. It is immutable; a dialogue
// that began with one ends with it.
type Program struct {
	Hash      string // hex sha-256 of flows, manifest and catalogue
	Catalogue *locales.Catalogue
	Manifest  *Manifest
	Flows     []Flow
	Root      int
	Nav       Nav
	Letters   map[string]*Letter // by message id
}

// Release is the short name sessions carry.
func (p *Program) Release() (id ReleaseID) {
	b, _ := hex.DecodeString(p.Hash[:2*len(id)])
	copy(id[:], b)
	return id
}

// Nav are the messages that every flow shares.
type Nav struct {
	Back, More, End, Callback                       locales.ID
	Invalid, NumberWanted, NumberRange              locales.ID
	TooLong, TooShort, Unreadable, DialInstead      locales.ID
	FaultLater, FaultBusy, FaultRequest, FaultEnded locales.ID
}

// Resume says what a redial after a dropped call does.
type Resume uint8

// The resume policies of flows.
const (
	Restart  Resume = iota // begin at the main menu
	Continue               // go on at the screen that was shown last
	AskFirst               // ask which of the two
)

// A Flow is one subject's dialogue.
type Flow struct {
	Name      string
	Resume    Resume
	Sensitive bool
	Start     int
	Home      int // root flow only, else -1
	Leave     int
	Resumed   int
	CallMe    int // root flow only: where key 8 leads, else -1
	Vars      []string
	Nodes     []Node
	Messages  []locales.ID // every message the flow can show
	Tongues
}

// A Letter is a message that leaves as an SMS of its own, outside any dialogue.
type Letter struct {
	ID     locales.ID
	Fields []FieldSpec
	Tongues
}

// Tongues say in which language a whole is shown, for each kind of letters and each language asked for.
type Tongues [charset.UCS2Letters + 1][]locales.Lang

// Shown is the language something is shown in when lang is asked for on a channel with these letters: lang itself when the
// whole exists in it and can be written, else the next of its chain. Fallback is per flow or letter, not per message.
func (t *Tongues) Shown(lang locales.Lang, letters charset.Letters) locales.Lang {
	return t[letters][lang]
}

// SetShown is for the compiler.
func (t *Tongues) SetShown(letters charset.Letters, table []locales.Lang) { t[letters] = table }

// NodeKind says what happens at a node.
type NodeKind uint8

// The kinds of nodes.
const (
	Menu   NodeKind = iota // text with items, or text alone
	Choose                 // a list of rows
	Ask                    // text, number or PIN typed by the person
	Branch                 // by the value of a variable
	Do                     // an action, then the edge of its outcome
	Call                   // another flow
	End                    // a last text
)

// Slot is a variable of the flow (from 0) or a value of the dialogue (below 0).
type Slot int16

// The values of a dialogue that flows may read; language, commune and whether they are still to be kept may also be saved.
const (
	NoSlot      Slot = -1
	CtxLanguage Slot = -2
	CtxCommune  Slot = -3
	CtxDialled  Slot = -4
	CtxAsked    Slot = -5
	CtxCallback Slot = -6
	CtxSubject  Slot = -7
)

// Target is where an edge leads: a node of the same flow (from 0) or one of the built-in places (below 0).
type Target int16

// The built-in targets.
const (
	NoTarget Target = -1
	ToHome   Target = -2 // main menu
	ToExit   Target = -3 // the leave node of the root flow
	ToReturn Target = -4 // back to the flow that called
	ToBack   Target = -5 // the screen before
	ToResume Target = -6 // where the former call stopped
)

// A Node is one step of a flow.
type Node struct {
	Name       string
	Line       int // in the flow's file
	Kind       NodeKind
	Sensitive  bool       // leaves no trace, as a whole flow may
	Text       locales.ID // -1: none
	Show       *Reading
	None       Target // nothing to show
	List       *Reading
	Row        locales.ID
	Save       Slot
	Go         Target
	Single     Target // one row only: taken without asking
	Empty      Target
	Items      []Item
	Back       Target // what 0 does here instead of going back
	Callback   bool   // 8 asks to be called back, on channels where somebody does
	Dial       Target // a typed number of two and more digits, saved in DialSave
	DialSave   Slot
	Input      Input
	Min, Max   Limit
	Do         *Reading
	Effect     Effect
	Repeatable bool // the back key may return before this action: it overwrites
	Edges      []Edge
	Saves      []Saving
	Gives      []Saving // what a called flow begins with: its slot from ours
	On         Slot
	Cases      []Case
	Else       Target
	Sub        int
}

// Interactive reports whether the node shows a screen.
func (n *Node) Interactive() bool {
	return n.Kind == Menu || n.Kind == Choose || n.Kind == Ask || n.Kind == End
}

// A Reading is a source or action with the slots of its arguments.
type Reading struct {
	Name string
	Args []Arg
}

// An Arg is one argument of a reading.
type Arg struct {
	Name string
	Slot Slot
}

// A Limit is a bound of an answer: fixed, or a field of the node's record.
type Limit struct {
	Set   bool
	Fixed int64
	Field string
}

// An Item is one line of a menu under its permanent key.
type Item struct {
	Key    byte // '1' to '8'
	Text   locales.ID
	When   string // field of the record that must hold; with Unless it must not
	Unless bool
	Ctx    Slot // condition on the dialogue instead
	Go     Target
	Set    []Assign
}

// An Assign sets a variable when an item is chosen.
type Assign struct {
	Slot  Slot
	Value Value
}

// An Edge is one outcome of an action.
type Edge struct {
	Outcome string
	Go      Target
}

// A Saving puts a field of an outcome, or a variable of a called flow, into a slot.
type Saving struct {
	Slot  Slot
	Field string // of the outcome
	From  Slot   // of the called flow; of the calling one, for what it gives
}

// A Case is one value of a branch; "none" stands for an empty slot.
type Case struct {
	Value string
	Go    Target
}
