package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"gopkg.in/yaml.v3"
)

// configCmd is about how serve is configured: flags go before the environment,
// the environment before the file, the file before the defaults.
type configCmd struct {
	Print configPrintCmd `cmd:"" help:"Print what serve would run with, and where each value comes from."`
}

type configPrintCmd struct {
	serveCmd
}

// Run prints a configuration file that says the same.
func (c *configPrintCmd) Run(k *kong.Context, std *streams) error {
	sources := make(map[*kong.Flag]string)
	for _, p := range k.Path {
		if p.Flag == nil {
			continue
		}
		sources[p.Flag] = "flag"
		if p.Resolved {
			sources[p.Flag] = "file"
		}
	}
	for _, f := range k.Selected().Flags {
		if f.Name == "help" || f.Name == "config" {
			continue
		}
		source := sources[f]
		if source == "" {
			source = "default"
			if name, ok := setVariable(f); ok {
				source = name
			}
		}
		value := k.FlagValue(f)
		if f.Name == "address" {
			if u, err := url.Parse(fmt.Sprint(value)); err == nil && u.User != nil {
				value = u.Redacted()
			}
		}
		text, err := yaml.Marshal(map[string]any{f.Name: plain(value)})
		if err != nil {
			return err
		}
		line := strings.TrimSuffix(string(text), "\n")
		first, rest, more := strings.Cut(line, "\n")
		fmt.Fprintf(std.out, "%-40s # %s\n", first, source)
		if more {
			fmt.Fprintln(std.out, rest)
		}
	}
	return nil
}

// plain returns a value in a type that the file has; durations are written as
// people do.
func plain(v any) any {
	if d, ok := v.(fmt.Stringer); ok {
		return d.String()
	}
	return v
}

// setVariable returns the variable of the environment that sets a flag.
func setVariable(f *kong.Flag) (string, bool) {
	for _, name := range f.Envs {
		if _, ok := os.LookupEnv(name); ok {
			return name, true
		}
	}
	return "", false
}

// variables gives each flag of serve a variable: --slow-query is
// BELLIGRAPH_SLOW_QUERY.
func variables(k *kong.Kong) error {
	return kong.Visit(k.Model, func(v kong.Visitable, next kong.Next) error {
		if n, ok := v.(*kong.Node); ok && (n.Path() == "serve" || n.Path() == "config print") {
			for _, f := range n.Flags {
				if len(f.Envs) == 0 && f.Name != "help" {
					f.Envs = []string{"BELLIGRAPH_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))}
					f.Tag.Envs = f.Envs
				}
			}
		}
		return next(nil)
	})
}

// cayleyKeys are the keys of Cayley's configuration that mean a flag of ours, and
// those that mean nothing here and are let pass.
var cayleyKeys = map[string]string{
	"store.backend": "backend", "store.address": "address", "store.path": "store", "query.timeout": "timeout",
	"store.read_only": "", "store.options": "", "load.batch": "", "load.ignore_duplicates": "", "load.ignore_missing": "",
}

// configFile is a configuration file: names of flags and their values, in YAML
// or JSON. It resolves flags for kong.
type configFile struct {
	path   string
	values map[string]any
}

// findConfig returns the file that the arguments or the environment name, nil
// for none.
func findConfig(args []string) (*configFile, error) {
	path := os.Getenv("BELLIGRAPH_CONFIG")
	for i, a := range args {
		if value, ok := strings.CutPrefix(a, "--config="); ok {
			path = value
		} else if a == "--config" && i+1 < len(args) {
			path = args[i+1]
		}
	}
	if path == "" || len(args) == 0 || args[0] != "serve" && args[0] != "config" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var top map[string]any
	if err := yaml.Unmarshal(text, &top); err != nil { // JSON is YAML
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c := &configFile{path: path, values: make(map[string]any)}
	for key, value := range top {
		section, ok := value.(map[string]any)
		if !ok {
			c.values[flagName(key)] = value
			continue
		}
		for name, value := range section {
			flag, known := cayleyKeys[key+"."+name]
			switch {
			case !known:
				return nil, fmt.Errorf("%s: there is no setting %s.%s", path, key, name)
			case flag != "":
				c.values[flag] = value
			}
		}
	}
	return c, nil
}

func flagName(key string) string { return strings.ReplaceAll(key, "_", "-") }

// Validate implements kong.Resolver: each name is that of a flag of serve.
func (c *configFile) Validate(app *kong.Application) error {
	var names []string
	for _, n := range app.Children {
		if n.Name == "serve" {
			for _, f := range n.Flags {
				names = append(names, f.Name)
			}
		}
	}
	for key := range c.values {
		if !slices.Contains(names, key) || key == "config" || key == "help" {
			return fmt.Errorf("%s: there is no setting %s; \"belligraph config print\" lists them", c.path, key)
		}
	}
	return nil
}

// Resolve implements kong.Resolver. The environment goes before the file.
func (c *configFile) Resolve(_ *kong.Context, _ *kong.Path, f *kong.Flag) (any, error) {
	value, ok := c.values[f.Name]
	if _, set := setVariable(f); set || !ok {
		return nil, nil
	}
	switch v := value.(type) {
	case map[string]any:
		return nil, errors.New("a setting is a value or a list of them")
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = fmt.Sprint(v[i])
		}
		return list, nil
	case int, float64, bool, string:
		return fmt.Sprint(v), nil
	default:
		return nil, fmt.Errorf("%v is no value of a setting", v)
	}
}
