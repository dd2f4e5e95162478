package entry

import (
	"context"
	"net/url"

	"baro/gateway/console"
)

func (e room) code(ctx context.Context, r *console.Request) (console.Answer, error) {
	f, err := r.Blank(ctx, "", url.Values{"next": {r.Next(r.Query.Get("next"))}})
	return console.Show("entry/code", page{Form: f}), err
}

func (e room) signInCode(ctx context.Context, r *console.Request) (console.Answer, error) {
	f := r.Sent()
	next := r.Next(f.Get("next"))
	f.Values.Set("next", next)
	signed, err := e.access.SignInCode(ctx, r.Who, f.Get("code"), r.ID)
	if err := refused(f, err, "entry.code.wrong"); err != nil {
		return console.Answer{}, err
	}
	if !f.OK() {
		f.Values.Del("code")
		return console.Again("entry/code", page{Form: f}), nil
	}
	return console.Go(next).SignIn(signed), nil
}
