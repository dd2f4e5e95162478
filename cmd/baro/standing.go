package main

import (
	"context"
	"encoding/json"
	"fmt"
)

// standing gives the channels over which some node may send, as the nodes have reported lately.
func (n *node) standing(ctx context.Context) (map[string]bool, error) {
	states, err := n.db.ChannelStates().List(ctx, n.set.now().Add(-freshState))
	if err != nil {
		return nil, err
	}
	ready := make(map[string]bool)
	for _, s := range states {
		var e exchanges
		if err := json.Unmarshal(s.Recent, &e); err != nil {
			return nil, fmt.Errorf("read what %s says of %s: %w", s.Node, s.Channel, err)
		}
		ready[s.Channel] = ready[s.Channel] || !e.Away
	}
	return ready, nil
}
