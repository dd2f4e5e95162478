package access_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"baro/gateway/access"
	"baro/gateway/identity"
	"baro/store"
	"baro/store/session/memory"
	"baro/store/sqldb"
)

const goodPassword = "riz au gras 2026"

// A hall is a service on an empty database, with two communes and a clock that stands until it is moved.
type hall struct {
	*access.Service
	t        *testing.T
	db       *sqldb.DB
	one, two store.PlaceID
	texts    texts

	mu  sync.Mutex
	now time.Time
}

// texts remembers the codes that were sent.
type texts map[string]string

func (m texts) SendCode(_ context.Context, to identity.MSISDN, _, code string) error {
	m[to.E164()] = code
	return nil
}

func (h *hall) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hall) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func newHall(t *testing.T) *hall {
	t.Helper()
	h := &hall{t: t, now: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), texts: texts{}}
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "baro.db"), sqldb.Options{Now: h.Now})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	_, err = db.Migrate(t.Context())
	must(t, err)
	h.db = db
	_, err = db.Places().Upsert(t.Context(), []store.Place{
		{Edition: "demo", Pcode: "ML", Level: store.LevelCountry, Name: "Mali", InUse: true},
		{Edition: "demo", Pcode: "ML1", Level: store.LevelRegion, ParentPcode: "ML", Name: "Region", InUse: true},
		{Edition: "demo", Pcode: "ML10", Level: store.LevelCercle, ParentPcode: "ML1", Name: "Cercle", InUse: true},
		{Edition: "demo", Pcode: "ML01", Level: store.LevelCommune, ParentPcode: "ML10", Name: "Jèkabara", InUse: true},
		{Edition: "demo", Pcode: "ML02", Level: store.LevelCommune, ParentPcode: "ML10", Name: "Benkadi", InUse: true},
	})
	must(t, err)
	for code, id := range map[string]*store.PlaceID{"ML01": &h.one, "ML02": &h.two} {
		p, err := db.Places().ByCode(t.Context(), "demo", code)
		must(t, err)
		*id = p.ID
	}
	keys, _, err := identity.NewKeyring(bytes.Repeat([]byte("k"), 32), nil, rand.Reader)
	must(t, err)
	h.Service, err = access.New(access.Deps{
		Stores: access.Stores{Tx: db, Accounts: db.Accounts(), Factors: db.SecondFactors(), Invitations: db.Invitations(),
			Sessions: db.ConsoleSessions(), Tokens: db.APITokens(), Drafts: db.FormDrafts(), Places: db.Places()},
		Keys: keys, Hasher: identity.NewSecretHasher(keys, 2), Limiter: memory.NewLimiter(1000), Texter: h.texts, Now: h.Now, Rand: rand.Reader,
	})
	must(t, err)
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

func wants(t *testing.T, code store.Code, err error) {
	t.Helper()
	if store.CodeOf(err) != code {
		t.Fatalf("got error %v (%q), want code %q", err, store.CodeOf(err), code)
	}
}

var act = store.Act{Actor: "test", Reason: "test", RequestID: "r1"}

// account makes one with goodPassword.
func (h *hall) account(login string, grants ...store.Grant) *access.Principal {
	h.t.Helper()
	a, err := h.Add(h.t.Context(), store.Account{Login: login, Name: "Name of " + login, Locale: "fr", Grants: grants}, goodPassword, act)
	must(h.t, err)
	return access.NewPrincipal(a)
}

func attempt(login, password string) access.Attempt {
	return access.Attempt{Login: login, Password: password, Address: netip.MustParseAddr("192.0.2.7"), Agent: "Firefox, Linux"}
}

// enter signs in and gives who the session belongs to.
func (h *hall) enter(login, password string) (*access.Principal, access.Signed) {
	h.t.Helper()
	signed, err := h.SignIn(h.t.Context(), attempt(login, password))
	must(h.t, err)
	p, err := h.Recognise(h.t.Context(), signed.Token)
	must(h.t, err)
	return p, signed
}

// code is what an authenticator app shows.
func (h *hall) code(secret string) string {
	h.t.Helper()
	code, err := totp.GenerateCode(secret, h.Now())
	must(h.t, err)
	return code
}

func grant(r access.Role, commune store.PlaceID) store.Grant {
	return store.Grant{Role: string(r), Commune: commune}
}
