package engine_test

import (
	"testing"

	"baro/flows"
	"baro/flows/engine"
)

// stepper is what one USSD request costs the processor: the session decoded, one step from the second to the third level
// of the menus, the screen rendered in French and once more in another language, the session encoded. Reading the data is
// left out: the rows are ready.
func stepper(t testing.TB) func() {
	p := newWorld(t, shipped(t)).phone(ussdProfiles()[0]).open(known("fr")).press("1")
	before := p.session.AppendBinary(nil)
	p.press("3").want("budget.execution")
	rows := p.lastRows["budget.execution"]
	other, ok := p.p.Catalogue.Lang("bm")
	if budget := &p.p.Flows[p.session.Top().Flow]; !ok || budget.Shown(other, p.profile.Letters) != other {
		other, _ = p.p.Catalogue.Lang("en")
	}
	buf := make([]byte, 0, 512)
	text := make([]byte, 0, 512)
	drive := func(run *engine.Run) {
		for need := run.Next(); need != nil; need = run.Next() {
			run.Got(rows)
		}
		screen := run.Screen()
		if text = screen.AppendText(text[:0]); len(text) < 40 {
			t.Fatal("nothing was shown")
		}
	}
	return func() {
		s, err := flows.DecodeSession(before)
		if err != nil {
			t.Fatal(err)
		}
		drive(engine.Input(p.p, p.profile, s, "3"))
		buf = s.AppendBinary(buf[:0])
		s.Lang = other
		drive(engine.Show(p.p, p.profile, s))
	}
}

// BenchmarkStep must stay below 10 µs and 40 allocations, and aims at 3 µs and 10.
func BenchmarkStep(b *testing.B) {
	step := stepper(b)
	b.ReportAllocs()
	for b.Loop() {
		step()
	}
}

func TestStepAllocatesLittle(t *testing.T) {
	if n := testing.AllocsPerRun(100, stepper(t)); n > 12 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkStepOfAList pages through forty rows with names that have to be converted.
func BenchmarkStepOfAList(b *testing.B) {
	p := newWorld(b, shipped(b)).phone(ussdProfiles()[0]).open(known("fr")).press("1", "1").want("budget.places")
	before := p.session.AppendBinary(nil)
	rows := p.lastRows["budget.places"]
	buf := make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		s, err := flows.DecodeSession(before)
		if err != nil {
			b.Fatal(err)
		}
		run := engine.Input(p.p, p.profile, s, "9")
		for need := run.Next(); need != nil; need = run.Next() {
			run.Got(rows)
		}
		buf = s.AppendBinary(buf[:0])
	}
}
