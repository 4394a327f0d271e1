package metrics

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

// pcaMethod is part of every key; a change to the fit that changes figures
// makes it another, so that no cached ones are mistaken for its own.
const pcaMethod = "metrics.FitPCA 1"

// cachedPCA is the content of a cache file.
type cachedPCA struct {
	Key     string `json:"key"` // SHA-256 of all that decides the results
	Results []PCA  `json:"results"`
}

// CachedPCA is [FitPCA] with a memory: it keeps the results in a small file in
// dir, pca-<key>.json, which it makes where it is not there, and takes them from there when the same counts of the
// same images are asked for again. The key is computed from every pixel, so
// that another split, selection of classes or dataset has a file of its own.
//
// A file that is damaged or belongs to something else is replaced. Where dir is
// empty or cannot be written to, nothing is kept, which is no error.
func CachedPCA(ctx context.Context, dir string, counts []int, training, validation, test Images) ([]PCA, error) {
	if dir == "" {
		return FitPCA(ctx, counts, training, validation, test)
	}
	key, err := pcaKey(ctx, counts, training, validation, test)
	if err != nil {
		return nil, fmt.Errorf("principal components: %w", err)
	}
	path := filepath.Join(dir, "pca-"+key[:16]+".json")
	if results, ok := readPCA(path, key, counts); ok {
		return results, nil
	}
	results, err := FitPCA(ctx, counts, training, validation, test)
	if err != nil {
		return nil, err
	}
	_ = writePCA(path, cachedPCA{key, results}) // without it the next fit takes seconds, no more
	return results, nil
}

// pcaKey is the SHA-256, in hexadecimal, of all that decides the results.
func pcaKey(ctx context.Context, counts []int, sets ...Images) (string, error) {
	hash := sha256.New()
	hash.Write([]byte(pcaMethod))
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

// readPCA returns the results kept at path if they are those of key.
func readPCA(path, key string, counts []int) (results []PCA, ok bool) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, false
	}
	var kept cachedPCA
	if json.Unmarshal(content, &kept) != nil || kept.Key != key {
		return nil, false
	}
	return kept.Results, slices.EqualFunc(kept.Results, counts, func(r PCA, count int) bool {
		for _, share := range []float64{r.TrainMSE, r.ValidationMSE, r.TestMSE, r.ExplainedShare} {
			if share < 0 || share > 1 {
				return false
			}
		}
		return r.Components == count
	})
}

// writePCA puts a cache file in place, whole or not at all.
func writePCA(path string, content cachedPCA) (err error) {
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
