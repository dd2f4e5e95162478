package outbox

import "context"

// ready reports whether this node may use the channel now.
func (p *pump) ready() bool { return p.Ready == nil || p.Ready() }

// Ready reports whether this node may send over a channel now. Of a channel that is not here it may not.
func (s *Service) Ready(name string) bool {
	p := s.pumps[name]
	return p != nil && p.ready()
}

// lookElsewhere notes since when no node has had the connection of channels that one node has at a time. While it cannot
// find out it leaves things as they are.
func (s *Service) lookElsewhere(ctx context.Context) {
	if s.Standing == nil {
		return
	}
	var standing map[string]bool // of other nodes, once somebody asks
	for _, p := range s.order {
		if !p.Elsewhere {
			continue
		}
		if p.ready() {
			p.apart.Store(0)
			continue
		}
		if standing == nil {
			var err error
			if standing, err = s.Standing(ctx); err != nil {
				s.Log.Error("connections of other nodes not looked for", "error", err)
				return
			}
			if standing == nil {
				standing = map[string]bool{}
			}
		}
		if standing[p.Name] {
			p.apart.Store(0)
		} else {
			p.apart.CompareAndSwap(0, s.Now().UnixMicro())
		}
	}
}
