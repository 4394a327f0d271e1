package cifar

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"cifartrain/loaders"
)

// errDamaged is what every fault in the content of a fetched archive wraps, as
// against a fault of this machine (a full disk, a missing permission).
var errDamaged = errors.New("the archive is damaged or not CIFAR-10's binary version")

// damaged words a fault in the content of an archive.
func damaged(format string, values ...any) error {
	return fmt.Errorf("%w: %w", errDamaged, fmt.Errorf(format, values...))
}

// archiveLimits bound what an archive may cost, so that a hostile or mistaken
// one fills neither the disk nor the time.
type archiveLimits struct {
	archive int64 // bytes of the archive itself
	entries int   // files and folders
	binary  int64 // bytes of a .bin file
	other   int64 // bytes of any other file
	total   int64 // bytes of all files, and of the unpacked tar stream
	name    int   // bytes of an entry's name
}

// publishedLimits leave room around the published archive: 170,052,171 bytes
// that hold a folder, six files of 30,730,000 bytes and two small ones.
var publishedLimits = archiveLimits{
	archive: 256 << 20,
	entries: 32,
	binary:  31_000_000,
	other:   1_000_000,
	total:   256 << 20,
	name:    255,
}

// install unpacks and checks the archive in part beside target, then renames
// the files' folder to target.
func (f *fetcher) install(ctx context.Context, part *partial, target string) (*loaders.Dataset, error) {
	temporary, err := os.MkdirTemp(filepath.Dir(target), "."+archiveFolder+"-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temporary)
	root, err := os.OpenRoot(temporary)
	if err != nil {
		return nil, err
	}
	err = unpack(ctx, io.NewSectionReader(part.file, 0, part.size), root, f.limits)
	root.Close()
	if err != nil {
		return nil, err
	}
	unpacked := filepath.Join(temporary, archiveFolder)
	if _, err := os.Stat(unpacked); err != nil {
		return nil, damaged("it holds no folder %s", archiveFolder)
	}
	data, err := f.check(unpacked)
	if err != nil {
		return nil, contentFault(err)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err := os.Rename(unpacked, target); err != nil {
		if _, statErr := os.Lstat(target); statErr == nil {
			return data, nil // another program fetched it meanwhile
		}
		return nil, err
	}
	return data, nil
}

// contentFault words what the check of the unpacked files found, without the
// path of the temporary folder, which is about to go.
func contentFault(err error) error {
	var format *loaders.FormatError
	var missing *fs.PathError
	switch {
	case errors.As(err, &format):
		return damaged("%s: byte %d: %s", filepath.Base(format.File), format.Offset, format.Reason)
	case errors.As(err, &missing):
		return damaged("%s: %w", filepath.Base(missing.Path), missing.Err)
	}
	return damaged("%w", err)
}

// unpack writes the files and folders of a gzip-compressed tar archive into
// folder, which should be empty. It refuses whatever is no regular file or
// folder, whatever would lie outside folder, and whatever goes beyond limits.
// Faults of the archive wrap errDamaged. After an error folder holds what was
// unpacked until then.
func unpack(ctx context.Context, archive io.Reader, folder *os.Root, limits archiveLimits) error {
	unzipped, err := gzip.NewReader(contextReader{ctx, archive})
	if err != nil {
		return readFault(ctx, err)
	}
	// The tar stream is bounded as well as the files: it can hold any amount
	// of headers that never become an entry.
	entries := tar.NewReader(&boundedReader{unzipped, limits.total})
	room := limits.total
	var files []string
	for count := 0; ; count++ {
		header, err := entries.Next()
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, tar.ErrInsecurePath):
			// entryName refuses these, and some more, by name.
		case err != nil:
			return readFault(ctx, err)
		}
		if count == limits.entries {
			return damaged("it holds more than %d files and folders", limits.entries)
		}
		name, err := entryName(header, files, limits.name)
		if err != nil {
			return err
		}
		if header.Typeflag == tar.TypeDir {
			if err := folder.MkdirAll(filepath.FromSlash(name), 0o777); err != nil {
				return err
			}
			continue
		}
		if most := limits.fileSize(name); header.Size > most {
			return damaged("entry %q has %d bytes, more than the %d allowed", header.Name, header.Size, most)
		}
		if room -= header.Size; room < 0 {
			return damaged("it unpacks to more than %d bytes", limits.total)
		}
		if err := unpackFile(ctx, entries, folder, name); err != nil {
			return err
		}
		files = append(files, name)
	}
}

// fileSize is the most bytes that a file called name may have.
func (l archiveLimits) fileSize(name string) int64 {
	if path.Ext(name) == ".bin" {
		return l.binary
	}
	return l.other
}

// entryName is the slash-separated path, inside the folder unpacked into, at
// which a tar entry belongs. It refuses an entry that belongs nowhere there;
// files are the paths of the files unpacked so far.
func entryName(header *tar.Header, files []string, longest int) (string, error) {
	parts := strings.FieldsFunc(header.Name, func(r rune) bool { return r == '/' || r == '\\' })
	name := path.Clean(header.Name)
	switch {
	case header.Typeflag == tar.TypeSymlink || header.Typeflag == tar.TypeLink:
		return "", damaged("entry %q is a link to %q; only files and folders are unpacked", header.Name, header.Linkname)
	case header.Typeflag != tar.TypeReg && header.Typeflag != tar.TypeDir:
		return "", damaged("entry %q is neither a file nor a folder but of tar type %q", header.Name, header.Typeflag)
	case len(header.Name) > longest:
		return "", damaged("entry %.40q... has a name of %d bytes, more than the %d allowed", header.Name, len(header.Name), longest)
	case slices.Contains(parts, ".."), !filepath.IsLocal(filepath.FromSlash(name)), strings.ContainsRune(name, 0):
		return "", damaged("entry %q would lie outside the folder it is unpacked into", header.Name)
	case name == "." && header.Typeflag == tar.TypeReg:
		return "", damaged("a file has no name")
	}
	for at := name; at != "."; at = path.Dir(at) {
		if slices.Contains(files, at) {
			return "", damaged("entry %q collides with the file %q before it", header.Name, at)
		}
	}
	return name, nil
}

// unpackFile writes the bytes of the tar entry at hand to the new file name in
// folder.
func unpackFile(ctx context.Context, content io.Reader, folder *os.Root, name string) error {
	local := filepath.FromSlash(name)
	if err := folder.MkdirAll(filepath.Dir(local), 0o777); err != nil {
		return err
	}
	file, err := folder.OpenFile(local, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return damaged("entry %q collides with one before it", name)
	}
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, content); err != nil {
		file.Close()
		return readFault(ctx, err)
	}
	return file.Close()
}

// readFault tells why unpacking ended early: the operating system failed to
// read or write a file, the caller gave up, or else the archive is at fault.
func readFault(ctx context.Context, err error) error {
	var local *fs.PathError
	switch {
	case errors.As(err, &local), errors.Is(err, errDamaged):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return damaged("it ends too early")
	}
	return damaged("%w", err)
}

// A contextReader fails once its context is done.
type contextReader struct {
	ctx    context.Context
	source io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.source.Read(p)
}

// A boundedReader takes a stream that goes on after left bytes for damaged.
type boundedReader struct {
	source io.Reader
	left   int64
}

func (r *boundedReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, damaged("its contents go on beyond the bytes allowed")
	}
	n, err := r.source.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	return n, err
}
