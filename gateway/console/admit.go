package console

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"baro/gateway/access"
	"baro/store"
)

// Paths that the frame itself leads to; rooms serve them.
const (
	pathSignIn   = "/console/login"
	pathCode     = "/console/login/code"
	pathPassword = "/console/me/password"
)

// recognise reads the cookie: a session, a visitor, or nobody yet.
func (c *Console) recognise(ctx context.Context, r *Request) error {
	r.token, r.said = c.unpack(c.cookie(r.in))
	if r.token != "" && !strings.HasPrefix(r.token, visitorPrefix) {
		who, err := c.Access.Recognise(ctx, r.token)
		switch {
		case err == nil:
			r.Who, r.Locale = who, who.Account.Locale
			return nil
		case !errors.Is(err, access.ErrSignedIn):
			return err
		}
		r.token = ""
	}
	if r.token == "" {
		token, err := newVisitor()
		r.token, r.fresh = token, true
		return err
	}
	return nil
}

// admit holds a request to its route. Who is not signed in, or not far enough, is led to where that is done.
func (c *Console) admit(ctx context.Context, r *Request) (*Answer, error) {
	if answer := c.lead(r); answer != nil {
		return answer, nil
	}
	if r.in.Method == "POST" && !c.meant(r, r.proof) {
		return nil, errForged
	}
	route := r.route
	allowed := true
	switch route.Where {
	case Anywhere:
		allowed = r.Who.Anywhere(route.Needs)
	case Platform:
		allowed = r.Who.Can(route.Needs, 0)
	case InCommune:
		return nil, c.enter(ctx, r)
	}
	if !allowed {
		return nil, store.NewError(store.CodeDenied, "enter", "no role with this permission")
	}
	return nil, nil
}

// lead gives the page that has to be passed first, nil when there is none.
func (c *Console) lead(r *Request) *Answer {
	to := ""
	switch where := r.route.Where; {
	case where == Anyone:
	case r.Who == nil:
		to = pathSignIn
		if r.in.Method == "GET" && r.in.Path != "/console" && c.ownPath(r.in.Path) {
			to += "?" + url.Values{"next": {r.in.Path}}.Encode()
		}
	case (where == SecondStep) != (r.Who.Session.Stage == store.StageCode):
		to = pathCode
		if where == SecondStep {
			to = "/console"
		}
	case r.Who.Session.Stage == store.StagePassword && where != MustChange:
		to = pathPassword
	}
	if to == "" {
		return nil
	}
	answer := Go(to)
	return &answer
}

// enter reads the commune of the path. Whoever has no role there is told what they would be told of one that does not
// exist.
func (c *Console) enter(ctx context.Context, r *Request) error {
	id, err := r.Key("commune")
	if err != nil {
		return err
	}
	commune := store.PlaceID(id)
	if !r.Who.Can(r.route.Needs, commune) {
		for _, own := range r.Who.Communes() {
			if own == commune {
				return store.NewError(store.CodeDenied, "enter", "no role with this permission")
			}
		}
		return store.NewError(store.CodeNotFound, "enter", "no role in this commune")
	}
	p, err := c.Places.Get(ctx, commune)
	if err == nil && p.Level != store.LevelCommune {
		err = store.NewError(store.CodeNotFound, "enter", "the place is no commune")
	}
	r.Commune = p
	return err
}

// guessLocale is the language of whoever is not signed in: asked for in the address, else the browser's first when it is
// English, else French.
func (c *Console) guessLocale(in *Incoming) string {
	switch lang := in.Query.Get("lang"); {
	case lang == "fr" || lang == "en":
		return lang
	case strings.HasPrefix(strings.ToLower(in.Header("Accept-Language")), "en"):
		return "en"
	}
	return "fr"
}

// SignedInBy tells whether a request carries the session of somebody with a permission somewhere, for pages beside the
// console.
func (c *Console) SignedInBy(ctx context.Context, in *Incoming, need access.Permission) bool {
	r := &Request{in: in, c: c}
	if !c.ownHost(in.Host) || c.recognise(ctx, r) != nil || r.Who == nil {
		return false
	}
	return r.Who.Session.Stage == store.StageFull && r.Who.Anywhere(need)
}
