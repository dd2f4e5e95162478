package budget

import "sync"

// cacheSize bounds how many documents' figures are held, some ten kilobytes each.
const cacheSize = 256

// cache holds the figures of documents by id. A published document's lines never change, so that nothing expires; the
// oldest makes room for the newest.
type cache struct {
	mu    sync.Mutex
	held  map[int64]*Figures
	order []int64
}

func newCache() *cache { return &cache{held: make(map[int64]*Figures)} }

func (c *cache) get(document int64) (*Figures, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok := c.held[document]
	return f, ok
}

func (c *cache) put(document int64, f *Figures) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, twice := c.held[document]; twice {
		return
	}
	if len(c.order) == cacheSize {
		delete(c.held, c.order[0])
		c.order = append(c.order[:0], c.order[1:]...)
	}
	c.held[document] = f
	c.order = append(c.order, document)
}
