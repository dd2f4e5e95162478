package sqldb

import (
	"encoding/json"
	"strconv"
)

// Lists on their way to the database: SQLite reads them out of one JSON text,
// PostgreSQL has arrays, which cost it half as much.

// numbers is a list of keys.
func (db *DB) numbers(keys []int64) any {
	if db.engine.dialect() == dialectPostgres {
		return keys
	}
	return encodeList(keys)
}

// pairs are keys with a text each: for SQLite one JSON object, which it reads
// once where it would read an array of arrays once for each value, for
// PostgreSQL an array of the keys and one of the texts.
func (db *DB) pairs(keys []int64, texts []string) []any {
	if db.engine.dialect() == dialectPostgres {
		return []any{keys, texts}
	}
	object := make([]byte, 0, 64*len(keys)+2)
	for i := range keys {
		object = append(object, ",\""...)
		object = strconv.AppendInt(object, keys[i], 10)
		object = append(object, "\":"...)
		text, _ := json.Marshal(texts[i]) // a text never fails
		object = append(object, text...)
	}
	if len(keys) == 0 {
		return []any{"{}"}
	}
	object[0] = '{'
	return []any{string(append(object, '}'))}
}

// arrays turns rows of arguments into PostgreSQL's arrays of columns. A column
// whose first value that is not nil is a number, text, truth or bytes becomes
// an array of these, with NULL where a value is nil.
func arrays(rows [][]any) []any {
	if len(rows) == 0 {
		return nil
	}
	columns := make([]any, len(rows[0]))
	for c := range columns {
		columns[c] = arrayOf(rows, c)
	}
	return columns
}

func arrayOf(rows [][]any, c int) any {
	for _, row := range rows {
		switch row[c].(type) {
		case int64:
			return gathered[int64](rows, c)
		case string:
			return gathered[string](rows, c)
		case bool:
			return gathered[bool](rows, c)
		case []byte:
			bytes := make([][]byte, len(rows))
			for i, row := range rows {
				bytes[i], _ = row[c].([]byte)
			}
			return bytes
		}
	}
	return make([]*string, len(rows)) // all NULL, of whatever type
}

func gathered[T any](rows [][]any, c int) []*T {
	values := make([]*T, len(rows))
	for i, row := range rows {
		if v, ok := row[c].(T); ok {
			values[i] = &v
		}
	}
	return values
}
