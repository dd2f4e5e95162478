// Package flows is the vocabulary of dialogues: what a flow is made of once compiled (Program, Flow, Node), what one
// person's dialogue remembers (Session), what it asks of the outside (Need) and what is shown (Screen).
//
// It holds data and no behaviour beyond that: flows/compile makes programs from YAML, flows/engine takes steps through
// them, flows/render fits text to a channel, and the gateway's drivers carry out the needs.
package flows
