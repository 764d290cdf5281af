# make run    builds everything, loads the sample article and serves it
# make test   runs every test and check
#
# Variables: STORE (file of the store; empty keeps it in memory), LISTEN
# (address), FILES (what to load). The other targets are named below.

STORE  ?= run/sample.bg
LISTEN ?= 127.0.0.1:8080
FILES  ?= data/articles/battle-of-tinzaouaten-2012.txt

GO         ?= go
FUZZTIME   ?= 10m
LOADTIME   ?= 10m
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK = golang.org/x/vuln/cmd/govulncheck@v1.9.0
VERSION    := $(shell git describe --always --dirty 2>/dev/null || echo unknown)

SHELL       = /bin/bash
.SHELLFLAGS = -o pipefail -c

.PHONY: run build test test-long load check bench clean stock-ui need-go

run: build
	@if [ -n "$(STORE)" ]; then mkdir -p "$$(dirname "$(STORE)")"; fi
	bin/belligraph serve --store "$(STORE)" --listen "$(LISTEN)" $(FILES)

build: need-go stock-ui
	$(GO) build -ldflags "-X main.version=$(VERSION)" -o bin/belligraph ./cmd/belligraph

# The pages of Cayley's own UI come from its module; they are embedded, never
# committed.
stock-ui: need-go
	@$(GO) run ./server/ui/internal/copystock

test: need-go stock-ui check
	$(GO) test -json -timeout 30m ./... | $(GO) run ./cmd/internal/testreport -show '^(TestSeed|TestInvented)$$'

# Long runs: oracle and differential comparison, crash tests, and each fuzzer for
# FUZZTIME.
test-long: need-go stock-ui
	BELLIGRAPH_LONG=1 $(GO) test -timeout 6h ./...
	$(GO) test -race -run '^(TestLoad|TestFairQueue|TestQueue|TestRotation)$$' ./server ./server/tokens
	@for package in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for fuzzer in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$package/*_test.go | cut -c6-); do \
	    echo "$$package $$fuzzer"; \
	    $(GO) test $$package -run '^$$' -fuzz "^$$fuzzer$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x || exit 1; \
	  done; \
	done

# 16 clients that look up, ask, count and write at once for LOADTIME: errors, times
# and the heap over time. It wants the machine for itself.
load: need-go stock-ui
	BELLIGRAPH_LOAD=$(LOADTIME) $(GO) test ./server -run '^TestLoad$$' -v -count 1 -timeout 2h

check: need-go
	@bad="$$(gofmt -l $$(git ls-files '*.go'))"; if [ -n "$$bad" ]; then echo "gofmt wants: $$bad" >&2; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	@if $(GO) run $(GOVULNCHECK) ./... > .govulncheck.out 2>&1; then echo "govulncheck: no known vulnerability is reached"; \
	elif grep -q 'Vulnerability #' .govulncheck.out; then cat .govulncheck.out; rm -f .govulncheck.out; exit 1; \
	else echo "govulncheck: its database cannot be reached from here; not checked"; fi; rm -f .govulncheck.out

bench: build
	$(GO) run ./cmd/bench $(BENCH)

clean:
	rm -rf bin run

need-go:
	@command -v $(GO) >/dev/null || { echo "belligraph needs Go 1.26 or newer: https://go.dev/dl/" >&2; exit 1; }
