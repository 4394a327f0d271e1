// Package cifar reads CIFAR-10 and CIFAR-100 in the forms in which people have
// them: the binary version, the python version, and the archive of either. If
// none of these is there, it can download an archive.
//
// The formats are described at https://www.cs.toronto.edu/~kriz/cifar.html.
package cifar

import "cifartrain/loaders"

// Shape is the shape of the images of both collections: red, green and blue.
var Shape = loaders.Shape{Channels: 3, Height: 32, Width: 32}

// pixels and recordSize are the numbers of bytes of an image without and with
// its label.
const (
	pixels     = 3 * 32 * 32
	recordSize = 1 + pixels
)

// A Collection is CIFAR-10 or CIFAR-100 as its authors publish it.
type Collection struct {
	Name string

	classes     []string // nil if they are read from a file beside the images
	train, test []batch
	versions    []version // binary, then python
}

// A batch is a part of a collection that has a file of its own.
type batch struct {
	file    string // in the python version
	records int    // number of its images

	// sha256 is the published checksum of CIFAR-10's binary file. The records
	// made from the python version's file have the same checksum.
	sha256 string
	// md5 is the published checksum of the python version's file, if there is
	// no sha256.
	md5 string
}

// A version is one of the two ways in which a collection is published.
type version struct {
	archive string // the archive's file name
	folder  string // the folder in the archive
	ending  string // of the batches' files
	names   string // the file that names the classes

	// sha256 is the archive's published checksum; empty if its files have
	// checksums.
	sha256 string

	// readBatch reads a batch from its file into records.
	readBatch func(file batch, source source, records []byte) error
	// readNames reads the names of the classes.
	readNames func(source source) ([]string, error)
}

// Classes are the names of CIFAR-10's classes, in the order of their labels.
var Classes = []string{
	"airplane", "automobile", "bird", "cat", "deer",
	"dog", "frog", "horse", "ship", "truck",
}

// Ten is CIFAR-10. The checksums are those of its files and not of the archive,
// so that archives from any mirror are accepted.
var Ten = &Collection{
	Name:    "CIFAR-10",
	classes: Classes,
	train: []batch{
		{file: "data_batch_1", records: 10_000, sha256: "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"},
		{file: "data_batch_2", records: 10_000, sha256: "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"},
		{file: "data_batch_3", records: 10_000, sha256: "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"},
		{file: "data_batch_4", records: 10_000, sha256: "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"},
		{file: "data_batch_5", records: 10_000, sha256: "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"},
	},
	test: []batch{
		{file: "test_batch", records: 10_000, sha256: "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"},
	},
	versions: []version{
		{archive: "cifar-10-binary.tar.gz", folder: "cifar-10-batches-bin", ending: ".bin", names: "batches.meta.txt", readBatch: readBinary(1)},
		{archive: "cifar-10-python.tar.gz", folder: "cifar-10-batches-py", names: "batches.meta", readBatch: readPython("labels")},
	},
}

// Hundred is CIFAR-100 with its hundred fine classes. For its binary version
// only the archive's checksum is published.
var Hundred = &Collection{
	Name:  "CIFAR-100",
	train: []batch{{file: "train", records: 50_000, md5: "16019d7e3df5f24257cddd939b257f8d"}},
	test:  []batch{{file: "test", records: 10_000, md5: "f0ef6b0ae62326f3e7ffdfab6717acfc"}},
	versions: []version{
		{
			archive: "cifar-100-binary.tar.gz", folder: "cifar-100-binary", ending: ".bin",
			sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
			names:  "fine_label_names.txt", readBatch: readBinary(2), readNames: readNamesText,
		},
		{
			archive: "cifar-100-python.tar.gz", folder: "cifar-100-python",
			names: "meta", readBatch: readPython("fine_labels"), readNames: readNamesPickle,
		},
	},
}

// batches returns all batches of a collection, those for training first.
func (c *Collection) batches() []batch { return append(c.train[:len(c.train):len(c.train)], c.test...) }

// size is the number of bytes of a batch's records.
func (b batch) size() int { return b.records * recordSize }

// files returns the names of the files from which a dataset is read.
func (c *Collection) files(v version) []string {
	var files []string
	for _, b := range c.batches() {
		files = append(files, b.file+v.ending)
	}
	if c.classes == nil {
		files = append(files, v.names)
	}
	return files
}
