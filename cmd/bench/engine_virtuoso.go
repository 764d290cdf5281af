package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// virtuoso is OpenLink Virtuoso 7. It keeps graphs of its own, so that ours has
// a name and the queries are sent for that graph.
type virtuoso struct{ program, isql string }

const virtuosoGraph = "http://bench.example/graph"

// virtuosoSettings are of a machine with some gigabytes to spare: 340,000
// buffers of 8 kB, as its own documentation proposes for 4 GB, no bound on rows,
// both processors for one query.
const virtuosoSettings = `[Database]
DatabaseFile = %[1]s/virtuoso.db
ErrorLogFile = %[1]s/virtuoso.log
LockFile = %[1]s/virtuoso.lck
TransactionFile = %[1]s/virtuoso.trx
xa_persistent_file = %[1]s/virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = %[1]s/virtuoso-temp.db
TransactionFile = %[1]s/virtuoso-temp.trx
FileExtend = 200
[Parameters]
ServerPort = 127.0.0.1:%[2]d
DisableUnixSocket = 1
MaxClientConnections = 40
CheckpointInterval = 0
CaseMode = 2
DirsAllowed = /
SchedulerInterval = 10
ThreadsPerQuery = 2
AsyncQueueMaxThreads = 10
MaxQueryMem = 4G
MaxVectorSize = 1000000
NumberOfBuffers = 340000
MaxDirtyBuffers = 250000
[HTTPServer]
ServerPort = 127.0.0.1:%[3]d
ServerRoot = %[1]s
ServerThreads = 40
MaxClientConnections = 40
MaxKeepAlives = 40
KeepAliveTimeout = 60
EnabledGzipContent = 0
[SPARQL]
ResultSetMaxRows = 100000000
MaxQueryCostEstimationTime = 0
MaxQueryExecutionTime = 0
[Client]
SQL_QUERY_TIMEOUT = 0
[Plugins]
`

func (*virtuoso) name() string { return "virtuoso" }

func (v *virtuoso) find(ctx context.Context) (string, error) {
	for _, p := range []*string{&v.program, &v.isql} {
		path, err := program(*p)
		if err != nil {
			return "", err
		}
		*p = path
	}
	out, _ := exec.CommandContext(ctx, v.program, "--version").CombinedOutput() // it exits with 1
	_, version, found := strings.Cut(string(out), "Version ")
	if !found {
		return "", fmt.Errorf("%w: %s does not tell its version", errNotFound, v.program)
	}
	version, _, _ = strings.Cut(version, " ")
	return version, nil
}

// run starts the server and returns the port of its command line as well.
func (v *virtuoso) run(ctx context.Context, dir string) (*server, int, error) {
	port, err := freePort()
	if err != nil {
		return nil, 0, err
	}
	s, err := serveHTTP(ctx, v.name(), filepath.Dir(dir), "/sparql/", func(address string) *exec.Cmd {
		var web int
		fmt.Sscanf(address, "127.0.0.1:%d", &web) // just made
		settings := filepath.Join(dir, "virtuoso.ini")
		if err := os.WriteFile(settings, fmt.Appendf(nil, virtuosoSettings, dir, port, web), 0o644); err != nil {
			return exec.Command("false") // the start below fails and says so
		}
		return exec.Command(v.program, "+foreground", "+configfile", settings)
	})
	if err != nil {
		return nil, 0, err
	}
	s.asker.(*endpoint).graph = virtuosoGraph
	return s, port, nil
}

func (v *virtuoso) load(ctx context.Context, data, dir string) (int64, error) {
	s, port, err := v.run(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer s.stop()
	script := fmt.Sprintf("ld_dir('%s', '%s', '%s'); rdf_loader_run(); checkpoint;", filepath.Dir(data), filepath.Base(data), virtuosoGraph)
	if _, err := command(ctx, dir, v.isql, fmt.Sprintf("127.0.0.1:%d", port), "dba", "dba", "exec="+script); err != nil {
		return 0, err
	}
	return s.peakMemory(), nil
}

func (v *virtuoso) start(ctx context.Context, _, dir string) (*server, error) {
	s, _, err := v.run(ctx, dir)
	return s, err
}
