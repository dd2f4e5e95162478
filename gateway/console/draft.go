package console

import (
	"context"
	"maps"
	"net/url"
	"regexp"
	"strings"
)

// What goes on around every form with a name: what was typed is kept while it is typed (console.js) and when it could not
// be taken, and forgotten when it was, or when its owner throws it away.

var formName = regexp.MustCompile(`^[a-z0-9][a-z0-9.:-]{0,79}$`)

// saveDraft takes what a browser sends while somebody types.
func (c *Console) saveDraft(ctx context.Context, r *Request) (Answer, error) {
	if !formName.MatchString(r.draft) {
		return Answer{}, errForm
	}
	return Done(), c.Access.SaveDraft(ctx, r.Who, r.draft, withoutSecrets(r.Form))
}

// dropDraft throws a draft away and shows the form anew.
func (c *Console) dropDraft(ctx context.Context, r *Request) (*Answer, error) {
	if !r.drop || r.Who == nil || !formName.MatchString(r.draft) {
		return nil, nil
	}
	if err := c.Access.DropDraft(ctx, r.Who, r.draft); err != nil {
		return nil, err
	}
	to := "/console"
	if c.ownPath(r.in.Path) { // a form is shown where it is sent to
		to = r.in.Path
	}
	answer := Go(to).Say("frame.draft.dropped")
	return &answer, nil
}

// settleDraft keeps a form that could not be taken, and forgets one that was.
func (c *Console) settleDraft(ctx context.Context, r *Request, a Answer) error {
	if r.in.Method != "POST" || r.Who == nil || r.route.Path == "/console/drafts" || !formName.MatchString(r.draft) {
		return nil
	}
	switch a.status {
	case 422:
		return c.Access.SaveDraft(ctx, r.Who, r.draft, withoutSecrets(r.Form))
	case 200, 303:
		return c.Access.DropDraft(ctx, r.Who, r.draft)
	}
	return nil
}

// withoutSecrets leaves out what must not be kept even sealed.
func withoutSecrets(values url.Values) url.Values {
	out := maps.Clone(values)
	for name := range out {
		if strings.Contains(name, "password") || strings.HasPrefix(name, "_") || name == "code" || name == "ticket" {
			delete(out, name)
		}
	}
	return out
}
