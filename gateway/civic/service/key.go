package service

import "baro/store"

// A service is stored under its commune, while a flow saves one number when a row is chosen. The key is the bare id for a
// service of the dialogue's own commune; for a neighbour's service the neighbour stands in the upper half.
const ownerShift = 32

func keyOf(dialogue store.PlaceID, v store.Service) int64 {
	if v.Commune == dialogue {
		return v.ID
	}
	return int64(v.Commune)<<ownerShift | v.ID
}

// ownerOf takes a key apart. A key nobody made names a service that does not exist.
func ownerOf(dialogue store.PlaceID, key int64) (store.PlaceID, int64) {
	if key < 1<<ownerShift {
		return dialogue, key
	}
	return store.PlaceID(key >> ownerShift), key & (1<<ownerShift - 1)
}
