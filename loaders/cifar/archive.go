package cifar

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"cifartrain/loaders"
)

// errDamaged is wrapped by every fault in the content of an archive. Faults of
// this machine (a full disk, a missing permission) do not wrap it.
var errDamaged = errors.New("the archive is damaged or another one")

// damaged returns an error for a fault in the content of an archive.
func damaged(format string, values ...any) error {
	return fmt.Errorf("%w: %w", errDamaged, fmt.Errorf(format, values...))
}

// maxUnpacked bounds the length of an archive's whole tar stream, so that a
// hostile archive cannot fill the disk. The largest published one has 187 MB.
const maxUnpacked = 256 << 20

// readArchive reads a collection from its archive without unpacking it.
func (c *Collection) readArchive(ctx context.Context, from place) (*loaders.Dataset, error) {
	file, err := os.Open(from.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	reading := c.begin(from.version)
	err = c.walk(ctx, from.version, file, func(name string, size int64, content io.Reader) error {
		if !slices.Contains(c.files(from.version), name) {
			return nil
		}
		return reading.read(name, source{Reader: content, path: name, size: size})
	})
	if err != nil {
		return nil, err
	}
	dataset, err := reading.dataset("")
	if err != nil {
		return nil, damaged("%w", err)
	}
	return dataset, nil
}

// walk reads an archive from beginning to end and calls visit with each regular
// file in the version's folder that this program or another reader of the
// dataset needs. Faults of the archive wrap errDamaged, and so do errors of
// visit except those of the operating system.
func (c *Collection) walk(ctx context.Context, v version, archive io.Reader, visit func(name string, size int64, content io.Reader) error) error {
	sum := sha256.New()
	compressed := io.TeeReader(contextReader{ctx, archive}, sum)
	unzipped, err := gzip.NewReader(compressed)
	if err != nil {
		return readFault(ctx, err)
	}
	wanted, left := append(c.files(v), v.names), int64(maxUnpacked)
	entries := tar.NewReader(io.LimitReader(unzipped, maxUnpacked))
	for {
		header, err := entries.Next()
		if err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return readFault(ctx, err)
		}
		folder, name := path.Split(path.Clean(header.Name))
		if header.Typeflag != tar.TypeReg || path.Clean(folder) != v.folder || !slices.Contains(wanted, name) {
			continue
		}
		// A sparse file is longer than what the archive holds of it.
		if left -= header.Size; left < 0 {
			return damaged("%s has %d bytes, more than allowed", name, header.Size)
		}
		if err := visit(name, header.Size, entries); err != nil {
			return readFault(ctx, err)
		}
	}
	if _, err := io.Copy(io.Discard, compressed); err != nil { // the checksum includes the rest
		return readFault(ctx, err)
	}
	if got := fmt.Sprintf("%x", sum.Sum(nil)); v.sha256 != "" && got != v.sha256 {
		return damaged("its SHA-256 is %s, but the published one is %s", got, v.sha256)
	}
	return nil
}

// unpack writes the files of a version from the archive into a new folder.
func (c *Collection) unpack(ctx context.Context, v version, archive io.Reader, folder string) error {
	if err := os.Mkdir(folder, 0o777); err != nil {
		return err
	}
	return c.walk(ctx, v, archive, func(name string, size int64, content io.Reader) error {
		file, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		_, err = io.Copy(file, content)
		return errors.Join(err, file.Close())
	})
}

// readFault says why reading an archive ended early: the operating system
// failed to read or write a file, the caller canceled, or else the archive is
// damaged.
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
