package cayley

import (
	"context"
	"errors"
	"fmt"
	"sync"

	cgraph "github.com/cayleygraph/cayley/graph"
	"github.com/cayleygraph/cayley/query"
	"github.com/cayleygraph/cayley/query/gizmo"
	"github.com/cayleygraph/quad"
	"github.com/dlclark/regexp2/v2"
	"github.com/dop251/goja"
)

// A Gizmo session of Cayley keeps its JavaScript engine to itself and runs
// scripts in a goroutine of its own. Neither will do for a server: a mistake
// such as g.V().out("<p>", 5) panics there and takes the whole process along,
// and a script without end, or one that recurses for ever, could not be stopped.
//
// So the engine is let out through the one thing that reaches a script from our
// side, a value. The first, private script of a session asks for the node
// doorKey; its value is a Go function, which the engine calls with itself. From
// then on scripts run inside a function of ours, below which panics are caught,
// and the engine is bounded and can be interrupted.

const (
	doorKey  = quad.BNode("belligraph engine")
	doorCall = `g.V(bnode("` + string(doorKey) + `")).toArray()[0]()`
	runCall  = `belligraphRun()`
)

// door is the value of doorKey.
type door struct {
	enter func(goja.FunctionCall, *goja.Runtime) goja.Value
}

func (d *door) String() string { return string(doorKey) }

func (d *door) Native() any { return d.enter }

// maxCalls bounds the depth of calls in a script.
const maxCalls = 4096

// prelude keeps single calls of built-in functions, which cannot be
// interrupted, from allocating without bound.
const prelude = `(function() {
	var most = 16 * 1024 * 1024;
	function bound(proto, name, size) {
		var original = proto[name];
		Object.defineProperty(proto, name, {value: function(a, b) {
			if (size(this, a) > most) throw new RangeError(name + ": the result is too large");
			return original.apply(this, arguments);
		}});
	}
	bound(String.prototype, "repeat", function(s, n) { return s.length * n; });
	bound(String.prototype, "padStart", function(s, n) { return n; });
	bound(String.prototype, "padEnd", function(s, n) { return n; });
	bound(Array.prototype, "fill", function(s) { return s.length; });
	bound(Array.prototype, "join", function(s) { return s.length; });
	["ArrayBuffer", "SharedArrayBuffer", "DataView", "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array",
	 "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"
	].forEach(function(name) { delete globalThis[name]; });
})()`

// boundRegexps makes the engine's backtracking regular expressions, which cannot
// be interrupted, give up. The package is used by nothing else here.
var boundRegexps = sync.OnceFunc(func() { regexp2.DefaultMatchTimeout = patience / 2 })

// openGizmo returns a session over qs and its engine.
func (s *running) openGizmo(qs cgraph.QuadStore) (*gizmo.Session, *goja.Runtime, error) {
	boundRegexps()
	var vm *goja.Runtime
	s.qs.door = &door{func(_ goja.FunctionCall, r *goja.Runtime) goja.Value {
		vm = r
		return goja.Undefined()
	}}
	ses := gizmo.NewSession(qs)
	_, err := ses.ShapeOf(doorCall) // runs the script here and now
	s.qs.door = nil
	if err != nil {
		return nil, nil, fmt.Errorf("cayley: open a Gizmo session: %w", err)
	}
	if vm == nil {
		return nil, nil, errors.New("cayley: the Gizmo session does not give its engine away")
	}
	vm.SetMaxCallStackSize(maxCalls)
	if _, err := vm.RunString(prelude); err != nil {
		return nil, nil, fmt.Errorf("cayley: open a Gizmo session: %w", err)
	}
	return ses, vm, nil
}

func (s *running) gizmo(text string, o QueryOptions, a *Answer) error {
	program, err := goja.Compile("", text, false)
	if err != nil {
		return badRequest(err)
	}
	ses, vm, err := s.openGizmo(s.qs)
	if err != nil {
		return err
	}
	// failed is written by the script's goroutine and read after pending is
	// closed.
	var failed error
	err = vm.Set("belligraphRun", func(goja.FunctionCall) (result goja.Value) {
		result = goja.Undefined()
		defer func() {
			if x := recover(); x != nil {
				failed = panicError(x)
			}
		}()
		if err := vm.GlobalObject().Delete("belligraphRun"); err != nil {
			failed = err
			return result
		}
		v, err := vm.RunProgram(program)
		if err != nil {
			failed = scriptError(err)
			return result
		}
		return v
	})
	if err != nil {
		return err
	}
	collation := query.JSON
	if o.Linked {
		collation = query.JSONLD
	}
	it, err := ses.Execute(s.ctx, runCall, query.Options{Collation: collation, Limit: o.Limit})
	if err != nil {
		return badRequest(err)
	}
	for it.Next(s.ctx) {
		a.Results = append(a.Results, it.Result())
	}
	ended := it.Err()
	// Stop the script if it still runs, and wait until it has: its goroutine
	// answers Next with false once it is through.
	vm.Interrupt("stopped")
	if err := it.Close(); err != nil {
		return err
	}
	s.pending = make(chan struct{})
	go func() {
		for it.Next(context.Background()) {
		}
		close(s.pending)
	}()
	if err := s.ctx.Err(); err != nil {
		return err
	}
	<-s.pending // it ended by itself, so this does not take long
	if failed != nil {
		return badRequest(failed)
	}
	return badRequest(ended)
}

func (s *running) gizmoShape(qs drawnStore, text string) (out any, err error) {
	ses, vm, err := s.openGizmo(qs)
	if err != nil {
		return nil, err
	}
	unhook := context.AfterFunc(s.ctx, func() { vm.Interrupt("stopped") })
	defer unhook()
	out, err = ses.ShapeOf(text)
	return out, badRequest(scriptError(err))
}

// scriptError returns the Go error that a script threw, if it is one, as
// Cayley does.
func scriptError(err error) error {
	var thrown *goja.Exception
	if errors.As(err, &thrown) && thrown.Value() != nil {
		if cause, ok := thrown.Value().Export().(error); ok {
			return cause
		}
	}
	return err
}
