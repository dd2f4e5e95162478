package console

import (
	"context"
	"fmt"
	"strings"

	"baro/gateway/access"
	"baro/store"
)

// Link is an entry of the navigation, shown to whoever has the permission.
type Link struct {
	Text  string // id
	Path  string // as in the route; {commune} is filled in
	Where Where  // Anyone stands for everybody who is signed in
	Needs access.Permission
}

type navLink struct {
	Text, Path string
	Here       bool
}

// checkLinks holds links to routes and texts that exist, and to what their routes ask for.
func (c *Console) checkLinks(room Room) error {
	for _, l := range room.Links {
		found := false
		for _, r := range c.routes {
			found = found || r.Method == "GET" && r.Path == l.Path && (r.Needs == l.Needs)
		}
		if !found || !c.texts.has(l.Text) {
			return fmt.Errorf("link %s: no such page, permission or text", l.Path)
		}
	}
	return nil
}

// navigation is what somebody can go to: in the commune they are in, or in their only one, and beside communes.
func (c *Console) navigation(ctx context.Context, r *Request) (links, communes []navLink, err error) {
	own := r.Who.Communes()
	current := r.Commune.ID
	if current == 0 && len(own) == 1 {
		current = own[0]
	}
	links = append(links, navLink{c.texts.text(r.Locale, "frame.nav.home"), "/console", r.in.Path == "/console"})
	for _, room := range c.rooms {
		for _, l := range room.Links {
			path := l.Path
			switch {
			case l.Where == InCommune && (current == 0 || !r.Who.Can(l.Needs, current)):
				continue
			case l.Where == InCommune:
				path = strings.Replace(path, communePath, InPath(current, ""), 1)
			case l.Where == Platform && !r.Who.Can(l.Needs, 0), l.Where == Anywhere && !r.Who.Anywhere(l.Needs):
				continue
			}
			links = append(links, navLink{c.texts.text(r.Locale, l.Text), path, r.in.Path == path || strings.HasPrefix(r.in.Path, path+"/")})
		}
	}
	if len(own) > 1 {
		for _, id := range own {
			p, err := c.Places.Get(ctx, id)
			if err != nil {
				return nil, nil, err
			}
			communes = append(communes, navLink{p.Name, c.entrance(r.Who, id), id == r.Commune.ID})
		}
	}
	return links, communes, nil
}

// entrance is the first page that somebody can go to in a commune.
func (c *Console) entrance(who *access.Principal, commune store.PlaceID) string {
	for _, room := range c.rooms {
		for _, l := range room.Links {
			if l.Where == InCommune && who.Can(l.Needs, commune) {
				return strings.Replace(l.Path, communePath, InPath(commune, ""), 1)
			}
		}
	}
	return "/console"
}
