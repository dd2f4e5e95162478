// Package store names what baro keeps: its records, the states they move
// through, the errors every implementation answers with and the small contracts
// by which the rest of the program reads and changes them. It holds no SQL.
//
// Rules that every contract shares:
//
//   - Times are UTC instants with microsecond precision; the zero time means
//     "not set". Civil dates without an hour are of type Date.
//   - Amounts are whole francs CFA. A nil pointer means "not known", which is
//     another thing than zero.
//   - A record that belongs to a commune is reached only together with that
//     commune's id. A wrong commune gives CodeNotFound, never a hint that the
//     record exists elsewhere.
//   - A change of state is a compare-and-set; who comes too late gets
//     CodeConflict and nothing is written.
//   - A method called with the context of Writer.Write joins that transaction.
package store
