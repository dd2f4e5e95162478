// Package simulator is the provider behind the phones that come with baro: it speaks the shape of Africa's Talking, and
// keeps the SMS that were sent in memory for the phone to show. It is for trying things out; nothing in it is durable.
package simulator

import (
	"baro/gateway/channel"
	"baro/gateway/channel/africastalking"
	"baro/locales/charset"
)

// Provider is one simulated channel.
type Provider struct {
	*africastalking.Provider
	inbox *Inbox
}

var _ channel.USSDProvider = (*Provider)(nil)

// New returns the simulated channel with that configured name. Its messages go to inbox, which several channels may share.
func New(name string, profile charset.Profile, inbox *Inbox) *Provider {
	return &Provider{Provider: africastalking.New(name, profile), inbox: inbox}
}

// Inbox is where the channel's messages arrive.
func (p *Provider) Inbox() *Inbox { return p.inbox }
