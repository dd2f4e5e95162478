package locales

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
)

// digestVersion changes with the layout of what is hashed.
const digestVersion = "baro catalogue 1"

// digest hashes what decides how a screen looks. Lines and reviewers are left
// out: moving a text within its file is no new catalogue.
func (c *Catalogue) digest() string {
	d := digester{sum: sha256.New()}
	d.text(digestVersion)
	d.number(int(c.fallback))
	d.number(len(c.tags))
	for l, tag := range c.tags {
		d.text(tag)
		d.flag(c.drafts[l])
	}
	d.number(len(c.ids))
	for i, id := range c.ids {
		d.text(id)
		for l := range c.tags {
			d.content(&c.texts[l][i])
		}
	}
	return hex.EncodeToString(d.sum.Sum(nil))
}

// digester writes every part with its length before it, so that no two
// contents run together into the same bytes.
type digester struct {
	sum hash.Hash
	buf []byte
}

func (d *digester) content(t *text) {
	d.number(int(t.state))
	d.flag(t.plural != nil)
	for letters := range letterSets {
		if t.plural == nil {
			d.segments(t.plain[letters])
			continue
		}
		for f := range formCount {
			d.segments(t.plural[letters][f])
		}
	}
}

func (d *digester) segments(segments []Segment) {
	d.number(len(segments))
	for _, s := range segments {
		d.text(s.Literal)
		d.text(s.Field)
	}
}

func (d *digester) text(s string) {
	d.number(len(s))
	d.buf = append(d.buf[:0], s...)
	d.sum.Write(d.buf)
}

func (d *digester) number(n int) {
	d.buf = binary.AppendUvarint(d.buf[:0], uint64(n))
	d.sum.Write(d.buf)
}

func (d *digester) flag(set bool) {
	if set {
		d.number(1)
	} else {
		d.number(0)
	}
}
