package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"baro/gateway/access"
	"baro/gateway/identity"
	"baro/store"
	"baro/store/session/memory"
	"baro/store/sqldb"
)

type userCommand struct {
	Add     userAddCommand     `cmd:"" help:"Make an account of the console. Its password is printed once and has to be changed, or is read from standard input."`
	List    userListCommand    `cmd:"" help:"Accounts with their roles."`
	Disable userDisableCommand `cmd:"" help:"Close an account: it is signed out everywhere and its tokens end."`
	Reset   userResetCommand   `cmd:"" help:"Give an account another password, take its second factor away and open it again when it was closed."`
}

type userAddCommand struct {
	Login         string   `arg:"" help:"What is typed to sign in: a word or an e-mail address."`
	Name          string   `help:"How colleagues call them; the login when left out."`
	Role          []string `help:"A role: administrator, editor, approver, moderator, officer, referral, observer. Followed by @ and a commune's three-digit number or p-code, or alone for the whole platform (administrator, observer)." required:"" placeholder:"ROLE[@COMMUNE]"`
	Locale        string   `help:"Language of the pages." enum:"fr,en" default:"fr"`
	PasswordStdin bool     `help:"Read the password from standard input."`
}

// Run makes the account.
func (u *userAddCommand) Run(ctx context.Context, p Process, c *commands) error {
	return withAccess(ctx, p, c, func(db *sqldb.DB, door *access.Service) error {
		a := store.Account{Login: access.CleanLogin(u.Login), Name: u.Name, Locale: u.Locale}
		if a.Name == "" {
			a.Name = a.Login
		}
		for _, text := range u.Role {
			g, err := readGrant(ctx, db.Places(), text)
			if err != nil {
				return err
			}
			a.Grants = append(a.Grants, g)
		}
		if field := access.CheckAccount(a); field != "" {
			return usageError{fmt.Errorf("the %s cannot be taken", field)}
		}
		password, given, err := choosePassword(p, door, u.PasswordStdin)
		if err != nil {
			return err
		}
		a.MustChange = !given
		_, err = door.Add(ctx, a, password, commandAct("user add"))
		if store.CodeOf(err) == store.CodeConflict {
			return fmt.Errorf("there is an account %s already", a.Login)
		}
		return told(p.Stdout, a.Login, password, given, err)
	})
}

type userListCommand struct{}

// Run prints one line an account.
func (userListCommand) Run(ctx context.Context, p Process, c *commands) error {
	db, err := openDatabase(ctx, p, c)
	if err != nil {
		return err
	}
	defer db.Close()
	all, err := db.Accounts().List(ctx, 0)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "LOGIN\tSTATE\tFACTOR\tLAST SIGN-IN\tROLES")
	for _, a := range all {
		factor, seen := "no", "never"
		if access.HasFactor(a) {
			factor = "yes"
		}
		if !a.SignedIn.IsZero() {
			seen = a.SignedIn.Format(time.RFC3339)
		}
		roles, err := writeGrants(ctx, db.Places(), a.Grants)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.Login, a.State, factor, seen, roles)
	}
	return w.Flush()
}

type userDisableCommand struct {
	Login string `arg:"" help:"The account."`
}

// Run closes the account.
func (u *userDisableCommand) Run(ctx context.Context, p Process, c *commands) error {
	db, err := openDatabase(ctx, p, c)
	if err != nil {
		return err
	}
	defer db.Close()
	a, err := db.Accounts().ByLogin(ctx, access.CleanLogin(u.Login))
	if err == nil {
		err = db.Accounts().Move(ctx, a.ID, a.State, store.AccountDisabled, commandAct("user disable"))
	}
	switch store.CodeOf(err) {
	case "":
		_, err = fmt.Fprintf(p.Stdout, "%s is closed.\n", a.Login)
		return err
	case store.CodeNotFound:
		return fmt.Errorf("there is no account %s", u.Login)
	case store.CodeInvalid:
		return fmt.Errorf("%s is closed already", a.Login)
	}
	return err
}

type userResetCommand struct {
	Login         string `arg:"" help:"The account."`
	PasswordStdin bool   `help:"Read the password from standard input."`
}

// Run gives the account another password.
func (u *userResetCommand) Run(ctx context.Context, p Process, c *commands) error {
	return withAccess(ctx, p, c, func(_ *sqldb.DB, door *access.Service) error {
		password, given, err := choosePassword(p, door, u.PasswordStdin)
		if err != nil {
			return err
		}
		err = door.Reset(ctx, u.Login, password, !given, commandAct("user reset"))
		if store.CodeOf(err) == store.CodeNotFound {
			return fmt.Errorf("there is no account %s", u.Login)
		}
		return told(p.Stdout, access.CleanLogin(u.Login), password, given, err)
	})
}

// choosePassword reads a password, or draws one that its owner has to change.
func choosePassword(p Process, door *access.Service, stdin bool) (password string, given bool, err error) {
	if !stdin {
		password, err = door.NewPassword()
		return password, false, err
	}
	all, err := io.ReadAll(io.LimitReader(p.Stdin, 4096))
	return strings.TrimRight(string(all), "\r\n"), true, err
}

// told prints a drawn password: this once, and into no log.
func told(w io.Writer, login, password string, given bool, err error) error {
	var weak access.WeakPassword
	switch {
	case errors.As(err, &weak):
		return usageError{fmt.Errorf("the password is not taken (%s): at least %d characters, not easily guessed", weak.Reason, access.MinPassword)}
	case err != nil:
		return err
	case given:
		_, err = fmt.Fprintf(w, "%s can sign in.\n", login)
	default:
		_, err = fmt.Fprintf(w, "%s can sign in with the password %s and has to change it then.\n", login, password)
	}
	return err
}

func commandAct(reason string) store.Act { return store.Act{Actor: "command", Reason: reason} }

// withAccess opens the door with the configured database and key file.
func withAccess(ctx context.Context, p Process, c *commands, do func(*sqldb.DB, *access.Service) error) error {
	return withKeys(ctx, p, c, func(db *sqldb.DB, ring *identity.Keyring) error {
		door, err := access.New(access.Deps{
			Stores: accessStores(db), Keys: ring, Hasher: identity.NewSecretHasher(ring, 1), Limiter: memory.NewLimiter(1), Now: time.Now, Rand: rand.Reader,
		})
		if err != nil {
			return err
		}
		return do(db, door)
	})
}

// readGrant reads ROLE or ROLE@COMMUNE.
func readGrant(ctx context.Context, places store.PlaceReader, text string) (store.Grant, error) {
	role, commune, scoped := strings.Cut(text, "@")
	g := store.Grant{Role: role}
	if !access.Role(role).Known() {
		return g, usageError{fmt.Errorf("there is no role %q", role)}
	}
	if !scoped {
		if !access.Role(role).Platform() {
			return g, usageError{fmt.Errorf("the role %s needs a commune: %s@417", role, role)}
		}
		return g, nil
	}
	all, err := places.Communes(ctx)
	if err != nil {
		return g, err
	}
	for _, p := range all {
		if commune != "" && (p.Number == commune || p.Pcode == commune) {
			g.Commune = p.ID
			return g, nil
		}
	}
	return g, fmt.Errorf("there is no commune %q in use", commune)
}

func writeGrants(ctx context.Context, places store.PlaceReader, grants []store.Grant) (string, error) {
	var out []string
	for _, g := range grants {
		text := g.Role
		if g.Commune != 0 {
			p, err := places.Get(ctx, g.Commune)
			if err != nil {
				return "", err
			}
			text += "@" + p.Pcode
		}
		out = append(out, text)
	}
	return strings.Join(out, " "), nil
}
