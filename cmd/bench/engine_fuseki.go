package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// fuseki is Apache Jena's server over TDB2. Its loader is in the jar jena-cmds,
// all else in jena-fuseki-server.
type fuseki struct {
	java, jars string
	classpath  string
}

func (*fuseki) name() string { return "fuseki" }

func (f *fuseki) find(context.Context) (string, error) {
	java, err := program(f.java)
	if err != nil {
		return "", err
	}
	f.java = java
	pattern := func(name string) string { return filepath.Join(f.jars, name+"-*.jar") }
	if f.jars == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		pattern = func(name string) string {
			return filepath.Join(home, ".m2/repository/org/apache/jena", name, "*", name+"-*.jar")
		}
	}
	var found []string
	for _, name := range []string{"jena-fuseki-server", "jena-cmds"} {
		jars, err := filepath.Glob(pattern(name))
		if err != nil {
			return "", err
		}
		if len(jars) == 0 {
			return "", fmt.Errorf("%w: no %s; try mvn dependency:get -Dartifact=org.apache.jena:%s:5.6.0 -Dtransitive=false", errNotFound, pattern(name), name)
		}
		found = append(found, slices.Max(jars))
	}
	f.classpath = strings.Join(found, string(os.PathListSeparator))
	return strings.TrimSuffix(strings.TrimPrefix(filepath.Base(found[0]), "jena-fuseki-server-"), ".jar"), nil
}

func (f *fuseki) load(ctx context.Context, data, dir string) (int64, error) {
	return command(ctx, dir, f.java, "-cp", f.classpath, "tdb2.tdbloader", "--loader=parallel", "--loc", dir, data)
}

func (f *fuseki) start(ctx context.Context, _, dir string) (*server, error) {
	return serveHTTP(ctx, f.name(), filepath.Dir(dir), "/bench/query", func(address string) *exec.Cmd {
		_, port, _ := net.SplitHostPort(address) // just made
		cmd := exec.Command(f.java, "-Xmx4G", "-cp", f.classpath, "org.apache.jena.fuseki.main.cmds.FusekiServerCmd",
			"--localhost", "--port", port, "--tdb2", "--loc", dir, "/bench")
		cmd.Dir = filepath.Dir(dir)
		cmd.Env = append(os.Environ(), "FUSEKI_BASE="+filepath.Join(filepath.Dir(dir), "fuseki-base"))
		return cmd
	})
}
