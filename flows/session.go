package flows

import "baro/locales"

// A Session is what one dialogue remembers between two requests, and nothing else: where it stands, what was saved on
// the way, what the last screen offered. It holds no number; the driver knows who is calling.
type Session struct {
	Release  ReleaseID // the program that started the dialogue and ends it
	Step     uint32    // answered inputs since the beginning
	Lang     locales.Lang
	HasLang  bool
	Commune  int64  // place id, 0 while unknown
	Dialled  string // a commune's number at the head of the dialled string
	Asked    bool   // language or commune were chosen in this call and are not kept yet
	Callback bool   // somebody does call back on this channel
	Subject  string // the flow from which somebody asked to be called back; never a sensitive one
	Instead  string // where sensitive flows have no place on this channel (SMS): the string to dial for them
	Homed    bool   // the main menu has been reached
	Deep     []string
	Frames   []Frame
	Trail    []Mark
	Page     uint8   // of the current node, from 0
	More     bool    // the last screen had a next page
	Keys     uint16  // menu keys that were offered, bit 1 for key 1
	Shown    []Value // list rows of the last page, key 1 first
	Parked   []Frame // where a former call stopped, while the person is asked whether to go on there
	Trailed  []Mark  // the trail of Parked
}

// ReleaseID names a compiled program: the first bytes of its content hash.
type ReleaseID [8]byte

// A Frame is one flow under way: the node it stands at and its variables.
type Frame struct {
	Flow uint16
	Node uint16
	Vars []Value
}

// A Mark is a screen that was left by going forward; the back key returns to it.
type Mark struct {
	Depth uint8 // frames on the stack
	Node  uint16
	Page  uint8
}

// Top is the frame that runs now.
func (s *Session) Top() *Frame { return &s.Frames[len(s.Frames)-1] }

// Clone returns an independent copy. Values are immutable, so that slices of them are copied one level deep.
func (s *Session) Clone() *Session {
	c := *s
	c.Deep = append([]string(nil), s.Deep...)
	c.Frames = cloneFrames(s.Frames)
	c.Trail = append([]Mark(nil), s.Trail...)
	c.Shown = append([]Value(nil), s.Shown...)
	c.Parked = cloneFrames(s.Parked)
	c.Trailed = append([]Mark(nil), s.Trailed...)
	return &c
}

func cloneFrames(frames []Frame) []Frame {
	if frames == nil {
		return nil
	}
	out := make([]Frame, len(frames))
	for i, f := range frames {
		out[i] = f
		out[i].Vars = append([]Value(nil), f.Vars...)
	}
	return out
}
