package backend

import (
	"database/sql"
	"errors"
	"fmt"
	"sync"

	csql "github.com/cayleygraph/cayley/graph/sql"
	"github.com/cayleygraph/cayley/graph/sql/postgres"
	"github.com/lib/pq"
)

// cockroachDialect is how Cayley's SQL store talks to CockroachDB here. Cayley
// has a dialect of its own for it, which needs a driver that is no longer
// maintained and holds a triple in one graph only; this one goes over the same
// wire protocol with the driver of PostgreSQL, reads tables made by Cayley's, and
// makes them with an index for each of the two kinds of quads, as PostgreSQL's
// are.
const cockroachDialect = "belligraph-cockroach"

var registerCockroach = sync.OnceFunc(func() {
	csql.Register(cockroachDialect, csql.Registration{
		Driver:              "postgres",
		HashType:            "BYTEA",
		BytesType:           "BYTEA",
		HorizonType:         "BIGSERIAL",
		TimeType:            "timestamp with time zone",
		QueryDialect:        postgres.QueryDialect,
		ConditionalIndexes:  true,
		NoForeignKeys:       true,
		NoSchemaChangesInTx: true,
		Error:               postgres.ConvError,
		RunTx:               postgres.RunTxPostgres,
		TxRetry:             retry,
	})
})

// restart is the savepoint by whose name CockroachDB knows a transaction that
// its client will run again.
const restart = "cockroach_restart"

// maxRetries bounds how often a transaction that lost against others is run.
const maxRetries = 100

// serializationFailure is the state of a transaction that has to be run again.
const serializationFailure = "40001"

// retry runs the statements of a transaction until they go through.
func retry(tx *sql.Tx, statements func() error) error {
	if _, err := tx.Exec("SAVEPOINT " + restart); err != nil {
		return err
	}
	for range maxRetries {
		err := statements()
		if err == nil {
			// Releasing is committing, and tells of conflicts.
			_, err = tx.Exec("RELEASE SAVEPOINT " + restart)
		}
		var failure *pq.Error
		if err == nil || !errors.As(err, &failure) || failure.Code != serializationFailure {
			return err
		}
		if _, err := tx.Exec("ROLLBACK TO SAVEPOINT " + restart); err != nil {
			return err
		}
	}
	return fmt.Errorf("cayley: a transaction lost against others %d times", maxRetries)
}
