package experiments

import (
	"context"
	"fmt"
)

// A RequestError is a request that cannot be met as it stands, as against work
// that failed.
type RequestError string

func (e RequestError) Error() string { return string(e) }

// WrongRequest marks the error as the request's fault.
func (RequestError) WrongRequest() {}

// requestf returns a [RequestError].
func requestf(format string, args ...any) error {
	return RequestError(fmt.Sprintf(format, args...))
}

// An Interruption is the user's wish to stop, with what had been done by then
// and how it goes on.
type Interruption string

func (i Interruption) Error() string { return string(i) }

// Unwrap tells the interruption from a failure.
func (Interruption) Unwrap() error { return context.Canceled }

// WasInterrupted marks the error as one that already says so in words.
func (Interruption) WasInterrupted() {}
