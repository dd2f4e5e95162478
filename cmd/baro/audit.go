package main

import (
	"context"
	"fmt"

	"baro/store"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Walk the whole audit trail and tell whether a row was changed or removed."`
}

type auditVerifyCommand struct{}

// Run checks the chain of hashes. A break is a problem that was found (exit code 1).
func (auditVerifyCommand) Run(ctx context.Context, p Process, c *commands) error {
	db, err := openDatabase(ctx, p, c)
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.Audit().Verify(ctx)
	if store.CodeOf(err) == store.CodeInvalid {
		fmt.Fprintf(p.Stdout, "%v; %d rows before it are whole.\n", err, rows)
		fmt.Fprintln(p.Stderr, "The audit trail is broken.")
		return errFound
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "%d rows, each as it was written.\n", rows)
	return err
}
