package budget

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"baro/store"
)

func TestFiguresOfThePlan(t *testing.T) {
	f := newReader(UsualRules()).compute(store.BudgetPrimitif, plan2026(t))
	for _, c := range []struct {
		what      string
		got, want int64
	}{
		{"expenditure", f.Expenditure.Planned, 283_370_000},
		{"receipts", f.Receipts.Planned, 283_370_000},
		{"teachers", f.TeachersPaid.Planned, 121_500_000},
		{"teachers received", f.TeachersReceived.Planned, 121_500_000},
		{"without teachers", f.Expenditure.Less(f.TeachersPaid).Planned, 161_870_000},
		{"own", f.Own.Planned, 49_370_000},
		{"State", f.State.Planned, 212_000_000},
		{"partners", f.Partners.Planned, 19_000_000},
		{"TDRL", f.Tax.Planned, 14_300_000},
	} {
		if c.got != c.want {
			t.Errorf("%s is %d, want %d", c.what, c.got, c.want)
		}
	}
	var shares []string
	for _, s := range f.Shares() {
		shares = append(shares, fmt.Sprintf("%s %d", s.Sector, s.Of100))
	}
	if got, want := strings.Join(shares, ", "), "school 57, water 14, town_hall 12, roads 9, health 6"; got != want {
		t.Errorf("of 100 F: %s; want %s", got, want)
	}
}

func TestFiguresOfTheAccounts(t *testing.T) {
	f := newReader(UsualRules()).compute(store.CompteAdministratif, accounts2025(t))
	for _, c := range []struct {
		what      string
		got, want int64
	}{
		{"TDRL planned", f.Tax.Planned, 15_600_000},
		{"TDRL paid", f.Tax.Realised, 6_942_000},
		{"TDRL rate", f.Tax.Rate(), 445},
		{"own planned", f.Own.Planned, 50_280_000},
		{"own", f.Own.Realised, 35_645_880},
		{"operating receipts rate", f.Operating.Rate(), 895},
		{"without teachers planned", f.Operating.Less(f.TeachersReceived).Planned, 72_344_500},
		{"without teachers received", f.Operating.Less(f.TeachersReceived).Realised, 54_160_380},
		{"the same, rate", f.Operating.Less(f.TeachersReceived).Rate(), 749},
		{"teachers paid", f.TeachersPaid.Realised, 115_420_000},
		// 189 494 500 and 111 270 000 less the transfer of 16 450 000; 168 835 440 and 76 095 500 less 6 500 000.
		{"expenditure planned", f.Expenditure.Planned, 284_314_500},
		{"expenditure", f.Expenditure.Realised, 238_430_940},
		{"expenditure rate", f.Expenditure.Rate(), 839},
		{"without teachers, rate", f.Expenditure.Less(f.TeachersPaid).Rate(), 736},
	} {
		if c.got != c.want {
			t.Errorf("%s is %d, want %d", c.what, c.got, c.want)
		}
	}
	top := f.TopLines[:2]
	if top[0].Label != "Salaires des enseignants (crédits transférés)" || top[0].Sum.Realised != 115_420_000 ||
		top[1].Label != "École de Hèrèbala" || top[1].Sum.Realised != 19_740_000 {
		t.Errorf("largest lines are %v", top)
	}
}

func TestFiguresByPlace(t *testing.T) {
	f := newReader(UsualRules()).compute(store.BudgetPrimitif, plan2026(t))
	got := map[string]int64{}
	for _, w := range f.Works {
		got[w.Village] += w.Sum.Planned
	}
	want := map[string]int64{
		"Jèkabara": 34_100_000, "Nyètaba": 23_400_000, "Sanjiba": 10_800_000, "Badaniba": 8_900_000, "Jiribani": 8_900_000,
		"Kolonjiba": 6_800_000, "Sokurabani": 4_500_000, "Wasabara": 2_400_000, "Toute la commune": 8_200_000,
	}
	if len(got) != len(want) {
		t.Errorf("places are %v", got)
	}
	for place, total := range want {
		if got[place] != total {
			t.Errorf("%s has %d, want %d", place, got[place], total)
		}
	}
}

func TestOrigin(t *testing.T) {
	r := newReader(UsualRules())
	cases := []struct {
		chapter, nature, label string
		want                   origin
	}{
		{"71", "7115", "Taxe de marché et de foire", fromOwn},
		{"", "7211", "Légalisation de signatures", fromOwn},
		{"74", "7411", "Dotation ANICT (volet fonctionnement)", fromState},
		{"74", "7415", "Appui des partenaires au fonctionnement", fromPartners},
		{"13", "1312", "Subvention d’équipement de l’État (hydraulique)", fromState},
		{"13", "1313", "Coopération décentralisée", fromPartners},
		{"13", "1399", "Don de la diaspora", fromElsewhere},
		{"10", "1012", "Contribution des villages aux investissements", fromElsewhere},
		{"77", "7711", "Excédent de fonctionnement reporté", fromElsewhere},
		{"", "", "", fromElsewhere},
	}
	for _, c := range cases {
		l := store.BudgetLine{Direction: store.Recette, Chapter: store.Coded{Code: c.chapter}, Nature: store.Coded{Code: c.nature, Label: c.label}}
		if got := r.origin(l); got != c.want {
			t.Errorf("%s %q comes from %d, want %d", c.chapter, c.label, got, c.want)
		}
	}
}

func TestTeachers(t *testing.T) {
	rules := UsualRules()
	rules.TeacherNatures = []string{"6599"}
	r := newReader(rules)
	cases := map[string]bool{
		"6612 Salaires des enseignants (crédits transférés)": true,
		"6612 SALAIRE ENSEIGNANTS":                           true,
		"6599 Personnel de l'éducation":                      true,
		"6611 Salaires du personnel communal":                false,
		"6220 Logement des enseignants":                      false,
	}
	for line, want := range cases {
		code, label, _ := strings.Cut(line, " ")
		if got := r.teachers(store.BudgetLine{Nature: store.Coded{Code: code, Label: label}}); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
	if newReader(Rules{}).teachers(store.BudgetLine{}) {
		t.Error("without rules every line is teachers' pay")
	}
}

func TestSectorOf(t *testing.T) {
	cases := map[string]Sector{
		"09": School, "9": School, "091": School, "09.1": School, "07": Health, "06": Water, "04": Roads, "01": TownHall,
		"05": Environment, "08": Culture, "10": Social, "02": Security, "03": Security, "": OtherUses, "99": OtherUses, "x": OtherUses,
	}
	for code, want := range cases {
		if got := sectorOf(code); got != want {
			t.Errorf("function %q is %s, want %s", code, got, want)
		}
	}
}

// Whatever the amounts, the shares named sum up to no more than 100, each is within one of the exact share, and they do
// not rise down the list.
func TestSharesNeverExceedTheWhole(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	for range 20_000 {
		f, total := &Figures{}, int64(0)
		amounts := map[Sector]int64{}
		for _, s := range sectors[:rng.IntN(len(sectors)+1)] {
			n := rng.Int64N(1 << rng.IntN(40))
			if rng.IntN(8) == 0 {
				n = -n
			}
			f.Sectors = append(f.Sectors, SectorSum{Sector: s, All: Sum{Planned: n}})
			amounts[s] = n
			total += max(n, 0)
		}
		shares := f.Shares()
		sum, former := int64(0), int64(101)
		for _, s := range shares {
			sum += s.Of100
			if s.Of100 > former && s.Sector != OtherUses {
				t.Fatalf("%v rise", shares)
			}
			former = s.Of100
			if d := s.Of100*total - amounts[s.Sector]*100; d >= total || -d >= total {
				t.Fatalf("%d of %d is told as %d of 100", amounts[s.Sector], total, s.Of100)
			}
		}
		if sum > 100 || len(shares) > maxShares {
			t.Fatalf("%v sum up to %d", shares, sum)
		}
	}
}

func TestRate(t *testing.T) {
	for _, c := range []struct {
		sum  Sum
		want int64
	}{
		{Sum{1000, 445}, 445}, {Sum{3, 1}, 333}, {Sum{3, 2}, 667}, {Sum{0, 5}, 0}, {Sum{-5, 5}, 0}, {Sum{10, 0}, 0}, {Sum{4, 6}, 1500},
		{Sum{2_000, 1}, 1}, // half a tenth rounds up
	} {
		if got := c.sum.Rate(); got != c.want {
			t.Errorf("%v is %d, want %d", c.sum, got, c.want)
		}
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := newCache()
	for id := range int64(3 * cacheSize) {
		c.put(id, &Figures{})
		c.put(id, &Figures{})
	}
	if len(c.held) != cacheSize || len(c.order) != cacheSize {
		t.Errorf("%d held, %d in order", len(c.held), len(c.order))
	}
	if _, ok := c.get(3*cacheSize - 1); !ok {
		t.Error("the newest is gone")
	}
}

func BenchmarkCompute(b *testing.B) {
	r, lines := newReader(UsualRules()), plan2026(b)
	b.ReportAllocs()
	for b.Loop() {
		r.compute(store.BudgetPrimitif, lines)
	}
}
