package loaders

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
)

// SampleName is the built-in sample's Dataset.Name.
const SampleName = "built-in sample (not CIFAR-10)"

// A sampleSet is one of the sample's two sets. It seeds the set's random
// streams, which is what keeps test images from repeating training images.
type sampleSet uint64

const (
	sampleTrain sampleSet = iota + 1
	sampleTest
)

// The sample's sizes are CIFAR-10's.
const (
	sampleTrainImages = 50_000
	sampleTestImages  = 10_000
)

// drawSample draws the built-in sample: pictures of CIFAR-10's ten things in
// CIFAR-10's shape, numbers and record format, for trying the program where
// CIFAR-10 cannot be had. Figures reached on it say nothing about CIFAR-10.
//
// Every image has its own random stream, named by its set and index, so the
// bytes do not depend on GOMAXPROCS and are the same on every machine of one
// architecture. On another, or with another GOAMD64, Go may round x*y + z once
// instead of twice, which moves a few bytes by one level.
func drawSample() *Dataset {
	train, test := drawSampleImages(sampleTrain, sampleTrainImages), drawSampleImages(sampleTest, sampleTestImages)
	sum := sha256.New()
	sum.Write(train.records)
	sum.Write(test.records)
	return &Dataset{Name: SampleName, Train: train, Test: test, Checksum: hex.EncodeToString(sum.Sum(nil))}
}

// drawSampleImages draws the first count images of set, a whole number of
// decades: ten consecutive images, one of each class, in an order of their own.
func drawSampleImages(set sampleSet, count int) Images {
	classes := len(sampleClasses)
	decades := int64(count / classes)
	records := make([]byte, count*recordSize)
	clouds := newClouds()
	var next atomic.Int64
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			painter := newPainter(clouds)
			for decade := next.Add(1) - 1; decade < decades; decade = next.Add(1) - 1 {
				first := int(decade) * classes
				for i, label := range sampleLabels(set, uint64(decade)) {
					record := records[(first+i)*recordSize : (first+i+1)*recordSize]
					record[0] = byte(label)
					painter.reseed(uint64(set), uint64(first+i))
					painter.paint(sampleClasses[label], record[1:])
				}
			}
		})
	}
	wait.Wait()
	return newImages(records)
}

// sampleLabels are the labels of a set's decade in order, each class once.
func sampleLabels(set sampleSet, decade uint64) []int {
	// Images' streams count up from 0, decades' down from the largest number,
	// so that the two never share one.
	return rand.New(rand.NewPCG(uint64(set), ^decade)).Perm(len(sampleClasses))
}
