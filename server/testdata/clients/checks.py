"""Checks of the scripts beside it: each says its name when it fails."""

import sys

endpoint = sys.argv[1]
EX = "http://example.org/"
_passed = 0


def check(name, got, want):
    global _passed
    if got != want:
        sys.exit(f"{name}: got {got!r}, want {want!r}")
    _passed += 1


def done(client, version):
    print(f"{client} {version}: {_passed} checks passed")
