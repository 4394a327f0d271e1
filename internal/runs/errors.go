package runs

import (
	"context"
	"fmt"
)

// A RequestError is a request that cannot be carried out as it stands. Errors
// of the work itself have other types.
type RequestError string

func (e RequestError) Error() string { return string(e) }

// WrongRequest marks the error as a fault of the request.
func (RequestError) WrongRequest() {}

// Requestf returns a [RequestError].
func Requestf(format string, args ...any) error {
	return RequestError(fmt.Sprintf(format, args...))
}

// An Interruption is the user's wish to stop. It says what was done before and
// how to go on.
type Interruption string

func (i Interruption) Error() string { return string(i) }

// Unwrap returns context.Canceled, which tells an interruption from a failure.
func (Interruption) Unwrap() error { return context.Canceled }

// WasInterrupted marks the error as one whose text already says so.
func (Interruption) WasInterrupted() {}
