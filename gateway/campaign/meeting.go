package campaign

import (
	"time"

	"baro/flows"
	"baro/store"
)

// A Meeting is a structured notice: what, when, where, for whom, whom to ask. Every reader gets it in their own language.
type Meeting struct {
	Topic   store.NoticeTopic
	Begins  time.Time
	Where   string
	Who     string // whom it is for; may be empty
	Contact string // a number to call; may be empty
	Number  int    // permanent dialled number, 0 for none
	Ask     bool   // whether people are asked to answer 1 or 2
}

// The letters of a meeting.
const (
	letterMeeting   = "broadcast.meeting"
	letterChanged   = "broadcast.meeting.changed"
	letterCancelled = "broadcast.meeting.cancelled"
	letterTomorrow  = "broadcast.meeting.tomorrow"
	letterShielded  = "broadcast.meeting.shielded"
)

// Content tells of a meeting.
func (m Meeting) Content(zone *time.Location) Content { return m.content(letterMeeting, zone) }

func (m Meeting) content(letter string, zone *time.Location) Content {
	at := m.Begins.In(zone)
	c := Content{Letter: letter, Fields: flows.Record{
		{Name: "What", Value: flows.LabelOf("broadcast.topic." + string(m.Topic))}, {Name: "Day", Value: flows.DateOf(at)},
	}}
	if m.Number > 0 {
		c.Path = []int{pathDialogue, m.Number}
	}
	switch letter {
	case letterCancelled:
		return c
	case letterShielded:
		c.Fields = nil
		return c
	}
	var more []flows.Part
	if m.Who != "" {
		more = append(more, flows.Part{Message: "broadcast.meeting.who", Fields: flows.Record{{Name: "Who", Value: flows.TextOf(m.Who)}}})
	}
	if m.Contact != "" {
		more = append(more, flows.Part{Message: "broadcast.meeting.contact", Fields: flows.Record{{Name: "Contact", Value: flows.TextOf(m.Contact)}}})
	}
	if m.Ask && letter != letterTomorrow {
		more = append(more, flows.Part{Message: "broadcast.meeting.reply"})
	}
	if m.Ask {
		c.Replies = RepliesMeeting
	}
	c.Fields = append(c.Fields, flows.Field{Name: "Clock", Value: flows.ClockOf(int64(at.Hour()*60 + at.Minute()))},
		flows.Field{Name: "Where", Value: flows.TextOf(m.Where)})
	if len(more) > 0 {
		c.Fields = append(c.Fields, flows.Field{Name: "More", Value: flows.PartsOf(more...)})
	}
	return c
}

// pathDialogue is the key of meetings and consultations in the main menu.
const pathDialogue = 2
