package console

import (
	"context"
	"slices"

	"baro/gateway/access"
	"baro/store"
)

// Waiter tells what waits for somebody in a room of one commune. It is asked whenever they come home, so it counts and
// does not list. What somebody may not do does not wait for them: it asks who.Can.
type Waiter interface {
	Waiting(ctx context.Context, who *access.Principal, commune store.PlaceID) ([]Item, error)
}

// WaiterFunc is a Waiter that is a function.
type WaiterFunc func(ctx context.Context, who *access.Principal, commune store.PlaceID) ([]Item, error)

// Waiting implements Waiter.
func (f WaiterFunc) Waiting(ctx context.Context, who *access.Principal, commune store.PlaceID) ([]Item, error) {
	return f(ctx, who, commune)
}

// Item is one line of what waits.
type Item struct {
	Text string // id of a text in two forms, .one and .other, with {n}
	N    int    // 0: nothing waits, the line is left out
	Late bool   // its date has passed
	Path string // where it is done
}

// homeCommune is what waits in one commune.
type homeCommune struct {
	Name  string
	Roles []string
	Items []Item
}

type homePage struct {
	Name     string
	Platform []string // roles for the platform
	Communes []homeCommune
}

// home is where everybody comes first.
func (c *Console) home(ctx context.Context, r *Request) (Answer, error) {
	page := homePage{Name: r.Who.Account.Name, Platform: roles(r.Who, 0)}
	for _, id := range r.Who.Communes() {
		p, err := c.Places.Get(ctx, id)
		if err != nil {
			return Answer{}, err
		}
		own := homeCommune{Name: p.Name, Roles: roles(r.Who, id)}
		for _, room := range c.rooms {
			if room.Waiting == nil {
				continue
			}
			items, err := room.Waiting.Waiting(ctx, r.Who, id)
			if err != nil {
				return Answer{}, err
			}
			own.Items = append(own.Items, slices.DeleteFunc(items, func(i Item) bool { return i.N == 0 })...)
		}
		slices.SortStableFunc(own.Items, func(a, b Item) int { // what is late comes first
			switch {
			case a.Late == b.Late:
				return 0
			case a.Late:
				return -1
			}
			return 1
		})
		page.Communes = append(page.Communes, own)
	}
	return Show("frame/home", page), nil
}

// roles gives the texts of somebody's roles in one commune, or for the platform.
func roles(who *access.Principal, commune store.PlaceID) (texts []string) {
	for _, g := range who.Account.Grants {
		if g.Commune == commune {
			texts = append(texts, "frame.role."+g.Role)
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}
