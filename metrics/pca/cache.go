package pca

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// method is part of every key. It must change with any change of the fit that
// changes figures, so that cached results of the old fit are not used.
const method = "pca.Fit 1"

// cacheFile is the content of a cache file.
type cacheFile struct {
	Key     string   `json:"key"` // SHA-256 of all that decides the results
	Results []Result `json:"results"`
}

// Cached is [Fit] with a memory. It keeps the results in a small file in dir,
// pca-<key>.json, and reads them from there when the same counts of the same
// images are asked for again. It makes dir if necessary. The key is computed
// from every pixel, so another split, selection of classes or dataset gets a
// file of its own.
//
// A file that is damaged or belongs to something else is replaced. If dir is
// empty or cannot be written to, nothing is kept; that is not an error.
func Cached(ctx context.Context, dir string, counts []int, training, validation, test Images) ([]Result, error) {
	if dir == "" {
		return Fit(ctx, counts, training, validation, test)
	}
	key, err := cacheKey(ctx, counts, training, validation, test)
	if err != nil {
		return nil, fmt.Errorf("principal components: %w", err)
	}
	path := filepath.Join(dir, "pca-"+key[:16]+".json")
	if results, ok := readCache(path, key, counts); ok {
		return results, nil
	}
	results, err := Fit(ctx, counts, training, validation, test)
	if err != nil {
		return nil, err
	}
	_ = writeCache(path, cacheFile{key, results}) // without it the next fit just takes seconds again
	return results, nil
}

// cacheKey is the SHA-256, in hexadecimal, of everything that decides the
// results.
func cacheKey(ctx context.Context, counts []int, sets ...Images) (string, error) {
	hash := sha256.New()
	hash.Write([]byte(method))
	number := func(n int) { hash.Write(binary.LittleEndian.AppendUint64(nil, uint64(n))) }
	number(len(counts))
	for _, count := range counts {
		number(count)
	}
	for _, images := range sets {
		number(images.Len())
		for i := range images.Len() {
			if err := ctx.Err(); err != nil {
				return "", err
			}
			pixels := images.Pixels(i)
			number(len(pixels))
			hash.Write(pixels)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// readCache returns the results kept at path if they are those of key.
func readCache(path, key string, counts []int) (results []Result, ok bool) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, false
	}
	var kept cacheFile
	if json.Unmarshal(content, &kept) != nil || kept.Key != key {
		return nil, false
	}
	return kept.Results, slices.EqualFunc(kept.Results, counts, func(r Result, count int) bool {
		for _, share := range []float64{r.TrainMSE, r.ValidationMSE, r.TestMSE, r.ExplainedShare} {
			if share < 0 || share > 1 {
				return false
			}
		}
		return r.Components == count
	})
}

// writeCache puts a cache file in place, whole or not at all.
func writeCache(path string, content cacheFile) (err error) {
	text, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".pca-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	_, err = file.Write(append(text, '\n'))
	if err = errors.Join(err, file.Chmod(0o644), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
