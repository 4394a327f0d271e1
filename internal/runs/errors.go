package runs

import (
	"context"
	"fmt"

	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
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

func howToResume(folder string) string { return "go on with: " + shell.Command("-resume", folder) }

// howToRepeat says how to repeat a run that cannot go on.
func howToRepeat(folder *runfolder.Folder) string {
	args := []string{"-config", folder.File(runfolder.ConfigFile)}
	if folder.Has(runfolder.InitialWeightsFile) {
		args = append(args, "-init", folder.File(runfolder.InitialWeightsFile))
	}
	return "do the run again with: " + shell.Command(args...)
}

// ResumeCommand is the command that resumes what is in a folder, with those flags
// of this command that the folder does not record.
func (s *Session) ResumeCommand(folder string) string {
	return shell.Command(append([]string{"-resume", folder}, s.Repeated...)...)
}
