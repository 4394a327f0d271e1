package configs

import (
	"net/url"
	"regexp"
)

// An Address is where the dataset's archive is fetched from. Printed, stored or
// compared, it shows xxxxx in place of its password; only
// [Address.WithPassword] returns the password.
type Address struct{ text string }

// WithPassword returns the address as it was given, for the code that fetches
// from it. Pass it nowhere else. An address that was stored and read back has
// lost its password.
func (a Address) WithPassword() string { return a.text }

// String returns the address without its password.
func (a Address) String() string {
	address, err := url.Parse(a.text)
	if err != nil {
		return WithoutPasswords(a.text)
	}
	if _, secret := address.User.Password(); !secret {
		return a.text
	}
	address.User = url.UserPassword(address.User.Username(), mask)
	return address.String()
}

// GoString is [Address.String] for %#v.
func (a Address) GoString() string { return a.String() }

// MarshalText is [Address.String] for JSON and its like.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// Equal reports whether two addresses are the same apart from their passwords.
func (a Address) Equal(b Address) bool { return a.String() == b.String() }

const mask = "xxxxx" // net/url's own

var password = regexp.MustCompile(`(//[^/@:\s]*):[^@\s]*@`)

// WithoutPasswords returns text with xxxxx in place of everything that looks
// like a password in an address.
func WithoutPasswords(text string) string { return password.ReplaceAllString(text, "$1:"+mask+"@") }
