// Package entry is the way in and out: sign-in with its second step, signing out, and accepting an invitation.
package entry

import (
	"embed"
	"errors"

	"baro/gateway/access"
	"baro/gateway/console"
)

//go:embed pages texts
var files embed.FS

type room struct{ access *access.Service }

// Room is the way in.
func Room(a *access.Service) console.Room {
	e := room{a}
	return console.Room{Name: "entry", Files: files, Routes: []console.Route{
		{Method: "GET", Path: "/console/login", Where: console.Anyone, Do: e.login},
		{Method: "POST", Path: "/console/login", Where: console.Anyone, Do: e.signIn},
		{Method: "GET", Path: "/console/login/code", Where: console.SecondStep, Do: e.code},
		{Method: "POST", Path: "/console/login/code", Where: console.SecondStep, Do: e.signInCode},
		{Method: "POST", Path: "/console/logout", Where: console.Anyone, Do: e.signOut},
		{Method: "GET", Path: "/console/invitation", Where: console.Anyone, Do: e.byCode},
		{Method: "POST", Path: "/console/invitation", Where: console.Anyone, Do: e.acceptCode},
		{Method: "GET", Path: "/console/invitation/{token}", Where: console.Anyone, Do: e.byLink},
		{Method: "POST", Path: "/console/invitation/{token}", Where: console.Anyone, Do: e.acceptLink},
	}}
}

// refused notes in a form what a person can mend; any other error is given back.
func refused(f *console.Form, err error, wrong string) error {
	var slow access.Throttled
	var weak access.WeakPassword
	switch {
	case errors.Is(err, access.ErrWrong):
		f.Fail("", wrong)
	case errors.As(err, &weak):
		f.Fail("password", "entry.weak."+weak.Reason, "least", access.MinPassword, "most", access.MaxPassword)
	case errors.As(err, &slow):
		f.Fail("", "entry.slow", "minutes", int(slow.RetryAfter.Minutes())+1)
	default:
		return err
	}
	return nil
}
