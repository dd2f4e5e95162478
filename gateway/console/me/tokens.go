package me

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/store"
)

const day = 24 * time.Hour

type tokenRow struct {
	store.APIToken
	Standing bool
	Place    string
}

type tokensPage struct {
	Form     *console.Form
	Rows     []tokenRow
	Scopes   []console.Option
	Communes []console.Option
	Lives    []console.Option
	Secret   string // of the token just made, shown once
}

func (m room) tokens(ctx context.Context, r *console.Request) (console.Answer, error) {
	f, err := r.Blank(ctx, "", url.Values{"life": {"90"}})
	if err != nil {
		return console.Answer{}, err
	}
	page, err := m.tokensPage(ctx, r, f)
	return console.Show("me/tokens", page), err
}

func (m room) tokensPage(ctx context.Context, r *console.Request, f *console.Form) (tokensPage, error) {
	page := tokensPage{Form: f, Communes: []console.Option{{Value: "0", Label: r.T("me.tokens.everywhere")}}}
	for _, p := range access.Permissions() {
		if r.Who.Anywhere(p) {
			page.Scopes = append(page.Scopes, console.Option{Value: string(p), Label: string(p)})
		}
	}
	names := map[store.PlaceID]string{}
	for _, id := range r.Who.Communes() {
		p, err := m.places.Get(ctx, id)
		if err != nil {
			return page, err
		}
		names[id] = p.Name
		page.Communes = append(page.Communes, console.Option{Value: strconv.FormatInt(int64(id), 10), Label: p.Name})
	}
	for _, days := range []int{30, 90, 365} {
		page.Lives = append(page.Lives, console.Option{Value: strconv.Itoa(days), Label: r.T("me.tokens.days", "n", days)})
	}
	all, err := m.access.TokensOf(ctx, r.Who)
	for _, t := range all {
		page.Rows = append(page.Rows, tokenRow{t, t.Revoked.IsZero(), names[t.Commune]})
	}
	return page, err
}

func (m room) newToken(ctx context.Context, r *console.Request) (console.Answer, error) {
	f := r.Sent()
	name := f.Text("name", 1, 80)
	days := f.Whole("life", 1, 365)
	commune, _ := strconv.ParseInt(f.Get("commune"), 10, 64)
	var scopes []access.Permission
	for _, word := range f.Values["scopes"] {
		scopes = append(scopes, access.Permission(word))
	}
	if len(scopes) == 0 {
		f.Fail("scopes", "me.tokens.no_scope")
	}
	secret := ""
	if f.OK() {
		var err error
		secret, err = m.access.NewToken(ctx, r.Who, name, scopes, store.PlaceID(commune), time.Duration(days)*day, r.Act(""))
		if store.CodeOf(err) == store.CodeDenied {
			f.Fail("scopes", "me.tokens.too_wide")
		} else if err != nil {
			return console.Answer{}, err
		}
	}
	if !f.OK() {
		page, err := m.tokensPage(ctx, r, f)
		return console.Again("me/tokens", page), err
	}
	page, err := m.tokensPage(ctx, r, &console.Form{Values: url.Values{"life": {"90"}}})
	page.Secret = secret
	return console.Show("me/tokens", page), err
}

func (m room) revokeToken(ctx context.Context, r *console.Request) (console.Answer, error) {
	id, err := r.Key("token")
	if err != nil {
		return console.Answer{}, err
	}
	if err := m.access.RevokeToken(ctx, r.Who, id, r.Act("")); err != nil {
		return console.Answer{}, err
	}
	return console.Go("/console/me/tokens").Say("me.tokens.revoked"), nil
}
