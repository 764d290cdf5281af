package expr

type patternKey struct{ pattern, flags string }

type pattern struct{}
