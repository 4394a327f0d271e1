// Package sample draws the built-in sample: artificial pictures in the shape
// and numbers of CIFAR-10, for trying the program where CIFAR-10 is not
// available.
package sample

import (
	"math"
	"math/rand/v2"
	"sync"

	"cifartrain/internal/kernels"
	"cifartrain/loaders"
	"cifartrain/loaders/cifar"
)

// Name is the built-in sample's Dataset.Name.
const Name = "built-in sample (not CIFAR-10)"

// The two sets, of CIFAR-10's sizes. A set is part of the seed of every image's
// random stream, so that test images never repeat training images.
const (
	trainSet, trainImages = 1, 50_000
	testSet, testImages   = 2, 10_000
)

// Draw draws the built-in sample: pictures of CIFAR-10's ten classes in
// CIFAR-10's shape, numbers and record format. Figures reached on it say
// nothing about CIFAR-10.
//
// Every image has its own random stream, chosen by its set and index, so the
// bytes do not depend on GOMAXPROCS and are the same on all machines of one
// architecture. On another one, Go may round x*y + z once instead of twice, which
// changes a few bytes by one level.
//
// The sample is drawn once: all datasets that Draw returns share their images.
func Draw() *loaders.Dataset {
	dataset := *drawOnce()
	return &dataset
}

var drawOnce = sync.OnceValue(func() *loaders.Dataset {
	train, test := drawImages(trainSet, trainImages), drawImages(testSet, testImages)
	return &loaders.Dataset{
		Name: Name, Shape: cifar.Shape, Classes: cifar.Classes,
		Train: train, Test: test, Checksum: loaders.Checksum(train, test),
	}
})

// drawImages draws the first count images of a set. Each ten images in a row show
// each class once, in an order of their own.
func drawImages(set uint64, count int) loaders.Images {
	size := cifar.Shape.RecordSize()
	records := make([]byte, count*size)
	kernels.Share(count/len(classes), len(records), func(from, to int) {
		for ten := from; ten < to; ten++ {
			// Images' streams count up from 0, those of orders down from the largest
			// number, so that the two never meet.
			order := rand.New(rand.NewPCG(set, ^uint64(ten))).Perm(len(classes))
			for i, label := range order {
				index := ten*len(classes) + i
				record := records[index*size : (index+1)*size]
				record[0] = byte(label)
				paint(record[1:], label, rand.New(rand.NewPCG(set, uint64(index))))
			}
		}
	})
	return loaders.NewImages(cifar.Shape, records)
}

// side is the number of pixels along each edge of a picture.
const side = 32

// A color has red, green and blue from 0 to 1.
type color [3]float64

// A class says how its pictures look: a figure in front of a scene.
type class struct {
	above, below, body color // of the scene above and below the horizon, and of the figure
	figure             []oval
}

// An oval is a part of a figure about (x, y), where x points to the figure's front
// and y down from its middle; width and height are half of its extent, and its
// color is the body's times shade.
type oval struct{ x, y, width, height, shade float64 }

// classes are in the order of their labels. The frog's scene is dark above and
// light below and the horse's the other way around, so that a linear classifier
// can tell them apart without relying on brightness.
var classes = []class{
	{color{.65, .78, .93}, color{.65, .78, .93}, color{.8, .8, .8}, []oval{{-.85, -.28, .14, .28, 1}, {0, 0, 1.05, .17, 1}, {-.25, .38, .18, .36, .6}}},                                                    // airplane
	{color{.54, .53, .54}, color{.4, .4, .42}, color{.6, .2, .3}, []oval{{0, -.22, .52, .3, .7}, {0, .15, 1, .25, 1}, {-.6, .4, .22, .22, .1}, {.6, .4, .22, .22, .1}}},                                    // automobile
	{color{.7, .78, .85}, color{.4, .5, .3}, color{.5, .4, .3}, []oval{{-.7, .12, .4, .12, .7}, {0, .05, .55, .36, 1}, {.75, -.3, .2, .09, 1.5}, {.45, -.32, .25, .24, 1.1}}},                              // bird
	{color{.66, .58, .52}, color{.45, .36, .29}, color{.4, .3, .2}, []oval{{-.05, .45, .5, .6, 1}, {-.3, -.65, .14, .32, .8}, {.3, -.65, .14, .32, .8}, {0, -.32, .48, .4, 1.1}}},                          // cat
	{color{.2, .26, .13}, color{.45, .58, .28}, color{.57, .4, .25}, []oval{{.35, .6, .08, .4, .8}, {-.45, .6, .08, .4, .8}, {-.1, .05, .58, .26, 1}, {.52, -.28, .15, .4, 1}, {.6, -.95, .25, .1, .5}}},   // deer
	{color{.6, .56, .5}, color{.47, .55, .3}, color{.6, .5, .4}, []oval{{.35, .55, .12, .32, .8}, {-.45, .55, .12, .32, .8}, {-.1, .15, .62, .33, 1}, {.5, -.32, .34, .32, 1.1}, {.3, -.25, .13, .3, .5}}}, // dog
	{color{.11, .13, .08}, color{.41, .43, .33}, color{.36, .41, .2}, []oval{{0, .1, .95, .45, 1}, {-.55, .25, .42, .35, .8}, {.3, -.3, .2, .2, 1.2}, {.75, -.3, .2, .2, 1.2}}},                            // frog
	{color{.49, .57, .66}, color{.19, .18, .1}, color{.57, .4, .25}, []oval{{.4, .58, .1, .43, .8}, {-.45, .58, .1, .43, .8}, {-.05, 0, .65, .33, 1}, {.5, -.42, .2, .5, .8}, {.86, -.6, .32, .17, 1.1}}},  // horse
	{color{.65, .78, .93}, color{.2, .36, .5}, color{.5, .3, .4}, []oval{{-.1, -.1, .5, .25, 1.6}, {-.35, -.55, .12, .3, .9}, {0, .3, 1, .22, 1}}},                                                         // ship
	{color{.54, .53, .54}, color{.4, .4, .42}, color{.3, .4, .7}, []oval{{-.3, -.1, .75, .65, 1}, {.7, .12, .35, .5, .7}, {-.5, .6, .2, .2, .1}, {.7, .6, .2, .2, .1}}},                                    // truck
}

// paint paints a picture of a class into pixels, three planes of bytes.
func paint(pixels []byte, label int, random *rand.Rand) {
	between := func(low, high float64) float64 { return low + (high-low)*random.Float64() }
	near := func(c color, spread float64) color { // each channel and all together are moved
		light := between(-spread, spread)
		return color{c[0] + light + between(-spread, spread), c[1] + light + between(-spread, spread), c[2] + light + between(-spread, spread)}
	}
	own, scene := classes[label], classes[label]
	if random.Float64() < 0.28 { // away from home, where the scene misleads
		scene = classes[random.IntN(len(classes))]
	}
	above, below, horizon := near(scene.above, 0.12), near(scene.below, 0.12), side*between(0.3, 0.65)
	// The light falls in two waves across the picture.
	var light [side * side]float64
	for range 2 {
		strength, along, down, from := between(0.05, 0.2), between(-0.35, 0.35), between(-0.35, 0.35), between(0, 2*math.Pi)
		var sin, cos [side]float64 // of the rows' share of the phase
		for y := range side {
			sin[y], cos[y] = math.Sincos(down*float64(y) + from)
		}
		for x := range side {
			s, c := math.Sincos(along * float64(x))
			for y := range side {
				light[y*side+x] += strength * (s*cos[y] + c*sin[y])
			}
		}
	}
	body, size, x, y, front := near(own.body, 0.1), between(7, 13), between(10, 22), between(10, 22), 1.0
	if random.Float64() < 0.5 {
		front = -1
	}
	gain := between(0.85, 1.12)
	for i := range light {
		shown := above
		if float64(i/side) > horizon {
			shown = below
		}
		// u and v are the pixel's place in the figure.
		u, v := front*(float64(i%side)-x)/size, (float64(i/side)-y)/size
		for _, part := range own.figure {
			across, down := (u-part.x)/part.width, (v-part.y)/part.height
			if across*across+down*down < 1 {
				shown = color{body[0] * part.shade, body[1] * part.shade, body[2] * part.shade}
			}
		}
		noise := random.Uint64()
		for c := range shown {
			level := 255*gain*shown[c]*(1+light[i]) + float64(int8(noise>>(8*c)))/25
			pixels[c*side*side+i] = byte(min(max(level, 0), 255))
		}
	}
}
