// Package sample draws the built-in sample: artificial pictures in the shape
// and numbers of CIFAR-10, for trying the program where CIFAR-10 is not
// available.
package sample

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"

	"cifartrain/loaders"
	"cifartrain/loaders/cifar"
)

// Name is the built-in sample's Dataset.Name.
const Name = "built-in sample (not CIFAR-10)"

// An imageSet is one of the sample's two sets. It is part of the seed of every
// image's random stream, so that test images never repeat training images.
type imageSet uint64

const (
	trainSet imageSet = iota + 1
	testSet
)

// The sample's sizes are CIFAR-10's.
const (
	trainImages = 50_000
	testImages  = 10_000
)

// Draw draws the built-in sample: pictures of CIFAR-10's ten classes in
// CIFAR-10's shape, numbers and record format. Figures reached on it say
// nothing about CIFAR-10.
//
// Every image has its own random stream, chosen by its set and index, so the
// bytes do not depend on GOMAXPROCS and are the same on all machines of one
// architecture. On another architecture, or with another GOAMD64, Go may round
// x*y + z once instead of twice, which changes a few bytes by one level.
//
// The sample is drawn once: all datasets that Draw returns share their images.
func Draw() *loaders.Dataset {
	dataset := *drawOnce()
	return &dataset
}

var drawOnce = sync.OnceValue(draw)

func draw() *loaders.Dataset {
	train, test := drawImages(trainSet, trainImages), drawImages(testSet, testImages)
	return &loaders.Dataset{
		Name: Name, Shape: cifar.Shape, Classes: cifar.Classes,
		Train: train, Test: test, Checksum: loaders.Checksum(train, test),
	}
}

// drawImages draws the first count images of a set. count must be a multiple of
// ten: each ten consecutive images, a decade, show each class once, in an order
// of their own.
func drawImages(set imageSet, count int) loaders.Images {
	classes, recordSize := len(pictures), cifar.Shape.RecordSize()
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
				for i, label := range labels(set, uint64(decade)) {
					record := records[(first+i)*recordSize : (first+i+1)*recordSize]
					record[0] = byte(label)
					painter.paint(set, uint64(first+i), pictures[label], record[1:])
				}
			}
		})
	}
	wait.Wait()
	return loaders.NewImages(cifar.Shape, records)
}

// labels returns the labels of one decade of a set, in order.
func labels(set imageSet, decade uint64) []int {
	// The streams of images count up from 0, those of decades down from the
	// largest number, so that the two never meet.
	return rand.New(rand.NewPCG(uint64(set), ^decade)).Perm(len(pictures))
}
