package expr

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
)

// The hash functions (§17.4.6) take an xsd:string and give lower-case hex
// digits of the hash of its UTF-8 octets.

func fnMD5(_ *Context, a []Value) (Value, error) {
	s, ok := a[0].simple()
	if !ok {
		return Value{}, operandError(a)
	}
	h := md5.Sum([]byte(s))
	return String(hex.EncodeToString(h[:])), nil
}

func fnSHA1(_ *Context, a []Value) (Value, error) {
	s, ok := a[0].simple()
	if !ok {
		return Value{}, operandError(a)
	}
	h := sha1.Sum([]byte(s))
	return String(hex.EncodeToString(h[:])), nil
}

func fnSHA256(_ *Context, a []Value) (Value, error) {
	s, ok := a[0].simple()
	if !ok {
		return Value{}, operandError(a)
	}
	h := sha256.Sum256([]byte(s))
	return String(hex.EncodeToString(h[:])), nil
}

func fnSHA384(_ *Context, a []Value) (Value, error) {
	s, ok := a[0].simple()
	if !ok {
		return Value{}, operandError(a)
	}
	h := sha512.Sum384([]byte(s))
	return String(hex.EncodeToString(h[:])), nil
}

func fnSHA512(_ *Context, a []Value) (Value, error) {
	s, ok := a[0].simple()
	if !ok {
		return Value{}, operandError(a)
	}
	h := sha512.Sum512([]byte(s))
	return String(hex.EncodeToString(h[:])), nil
}
