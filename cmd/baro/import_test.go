package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestImportOffers imports the demonstration's kinds of lists for a commune that is named on the command line.
func TestImportOffers(t *testing.T) {
	work := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(work, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	places := write("places.csv", "edition,pcode,level,name,parent,number,lat,lon\nt,ML,pays,Mali (essai),,,,\nt,ML90,région,Région d'essai,ML,,13.5,-6.7\n"+
		"t,ML9001,cercle,Cercle d'essai,ML90,,13.5,-6.7\nt,ML900101,commune,Kalabara,ML9001,501,13.52,-6.78\n")
	runIn(t, work, "", "import", "places", places, "--edition", "t", "--commit", "--use")
	offers := write("offers.csv", "genre,titre,organisme,date limite\nemploi,Gardien,ASACO,2199-12-15\nvoyage,Car,Mairie,2199-12-15\n")
	none := write("none.csv", "genre,titre,organisme,date limite\nvoyage,Car,Mairie,2199-12-15\n")
	ideas := write("ideas.csv", "titre,problème,mesure,résultat,année\nComptes lus,Peu payaient.,Lecture.,Mieux.,2025\n")
	for _, c := range []struct {
		name  string
		args  []string
		code  int
		table string
		rows  int64
		says  string
	}{
		{"offers, dry", []string{"opportunities", offers}, exitFound, "opportunities", 0, "1 accepted, 1 refused"},
		{"offers", []string{"opportunities", offers, "--commit", "--publish"}, exitFound, "opportunities WHERE state = 'published'", 1, "Written: 1 new"},
		{"nothing but refusals", []string{"opportunities", none}, exitFound, "opportunities", 1, "line 2, genre \"voyage\": Mot inconnu"},
		{"ideas, dry", []string{"practices", ideas, "--dry-run"}, exitDone, "practices", 0, "Nothing was written"},
		{"ideas", []string{"practices", ideas, "--commit"}, exitDone, "practices WHERE state = 'draft'", 1, "Written: 1 new"},
	} {
		got := runIn(t, work, "", append(append([]string{"import"}, c.args...), "--commune", "501")...)
		if got.code != c.code || !strings.Contains(got.out, c.says) {
			t.Errorf("%s: exit %d, want %d; want %q in\n%s%s", c.name, got.code, c.code, c.says, got.out, got.errors)
		}
		if n := count(t, openSQL(t, filepath.Join(work, "data")), "SELECT count(*) FROM "+c.table); n != c.rows {
			t.Errorf("%s: %d rows, want %d", c.name, n, c.rows)
		}
	}
}
