package sqldb

import (
	"context"

	"baro/store"
)

// SecondFactors keeps secrets of one-time codes and recovery codes.
type SecondFactors struct{ db *DB }

var _ store.SecondFactors = (*SecondFactors)(nil)

// SecondFactors gives the contract for second factors.
func (db *DB) SecondFactors() *SecondFactors { return &SecondFactors{db} }

func (s *SecondFactors) Set(ctx context.Context, account int64, secret store.Sealed, codes [][32]byte, act store.Act) error {
	return s.replace(ctx, "set second factor", account, secret, codes, "account.second_factor", "set", act)
}

func (s *SecondFactors) Remove(ctx context.Context, account int64, act store.Act) error {
	return s.replace(ctx, "remove second factor", account, store.Sealed{}, nil, "account.second_factor", "removed", act)
}

func (s *SecondFactors) replace(ctx context.Context, op string, account int64, secret store.Sealed, codes [][32]byte, action, after string, act store.Act) error {
	return s.db.Write(ctx, func(ctx context.Context) error {
		key, box := sealed(secret)
		n, err := s.db.exec(ctx, op, "account_totp", account, key, box)
		if err != nil {
			return err
		}
		if n == 0 {
			return &store.Error{Code: store.CodeNotFound, Op: op}
		}
		if _, err := s.db.exec(ctx, op, "recovery_clear", account); err != nil {
			return err
		}
		args := make([][]any, len(codes))
		for i := range codes {
			args[i] = []any{account, codes[i][:]}
		}
		if len(args) > 0 {
			if _, err := s.db.many(ctx, op, "recovery_add", args, nil); err != nil {
				return err
			}
		}
		return s.db.recordAccount(ctx, act, account, action, "", after)
	})
}

func (s *SecondFactors) Step(ctx context.Context, account, step int64) error {
	const op = "take time step"
	n, err := s.db.exec(ctx, op, "account_totp_step", account, step)
	if err == nil && n == 0 {
		return store.NewError(store.CodeConflict, op, "this code or a later one was used")
	}
	return err
}

func (s *SecondFactors) Spend(ctx context.Context, account int64, hash [32]byte, act store.Act) error {
	const op = "spend recovery code"
	return s.db.Write(ctx, func(ctx context.Context) error {
		n, err := s.db.exec(ctx, op, "recovery_spend", account, hash[:])
		if err != nil {
			return err
		}
		if n == 0 {
			return &store.Error{Code: store.CodeNotFound, Op: op}
		}
		return s.db.recordAccount(ctx, act, account, "account.recovery_code", "", "used")
	})
}

func (s *SecondFactors) Left(ctx context.Context, account int64) (int, error) {
	n, err := one(ctx, s.db, "count recovery codes", "recovery_left", scanInt64, account)
	return int(n), err
}
