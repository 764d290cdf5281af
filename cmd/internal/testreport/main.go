// Command testreport turns the output of "go test -json" into a report for
// people: a line per package, a line per conformance suite, the tables of the
// tests named by -show, and everything that a failed test printed. It exits
// with 1 when anything failed.
//
//	go test -json ./... | go run ./cmd/internal/testreport
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// event is a line of test2json.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build events
	Test       string
	Output     string
	Elapsed    float64
}

// suiteLine is what conformance suites print, one line each.
var suiteLine = regexp.MustCompile(`\d+ passed, \d+ failed`)

func main() {
	show := flag.String("show", "^$", "print what tests with these names say, passed or not")
	flag.Parse()
	shown, err := regexp.Compile(*show)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(2)
	}
	failed, err := report(os.Stdin, os.Stdout, shown)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
	if failed {
		os.Exit(1)
	}
}

// report copies what matters from in to out and tells whether anything failed.
func report(in io.Reader, out io.Writer, shown *regexp.Regexp) (failed bool, err error) {
	output := make(map[string][]string) // of running tests and packages
	skipped := make(map[string]int)
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				out.Write(line) // not of the test runner: say it as it is
			} else if e.handle(out, output, skipped, shown) {
				failed = true
			}
		}
		if err == io.EOF {
			return failed, nil
		}
		if err != nil {
			return failed, err
		}
	}
}

func (e *event) handle(out io.Writer, output map[string][]string, skipped map[string]int, shown *regexp.Regexp) (failed bool) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		if suiteLine.MatchString(e.Output) {
			fmt.Fprintln(out, strings.TrimSpace(e.Output))
		}
		output[key] = append(output[key], e.Output)
	case "build-output":
		fmt.Fprint(out, e.Output)
	case "build-fail":
		return true
	case "skip":
		if e.Test == "" {
			delete(output, key)
			return false
		}
		skipped[e.Package]++
		for _, line := range output[key] {
			if text := strings.TrimSpace(line); text != "" && !strings.HasPrefix(text, "=== ") && !strings.HasPrefix(text, "--- ") {
				fmt.Fprintf(out, "skipped: %s: %s\n", e.Test, text)
			}
		}
		delete(output, key)
	case "pass":
		if e.Test == "" {
			fmt.Fprintf(out, "ok  \t%s\t%.1fs\n", e.Package, e.Elapsed)
		} else if shown.MatchString(e.Test) {
			print(out, output[key])
		}
		delete(output, key)
	case "fail":
		print(out, output[key])
		if e.Test == "" {
			fmt.Fprintf(out, "FAIL\t%s\t%.1fs\n", e.Package, e.Elapsed)
		}
		delete(output, key)
		return true
	}
	return false
}

func print(out io.Writer, lines []string) {
	for _, line := range lines {
		if !strings.HasPrefix(line, "=== ") {
			io.WriteString(out, line)
		}
	}
}
