package sample

// A picture is how the sample draws one of CIFAR-10's classes: a thing before a scene, mostly one it is at home in. Now and then it is elsewhere,
// where the scene tells nothing of the class or even points to another.
type picture struct {
	home, elsewhere []scene
	draw            func(*painter)
}

// pictures are those of the classes in the order of their labels. A scene listed
// twice is twice as likely.
//
// The frog's scenes are dark above and light below, the horse's the other way
// round, and none is very bright. Differing in layout rather than in brightness
// makes them a fair pair for a linear classifier, even one whose learning rate
// is high: its threshold moves with every image's brightness. Elsewhere means
// the same place for both, where only the animal tells.
var pictures = [...]picture{
	{[]scene{clearSky, clearSky, greySky}, []scene{airfield, sea}, (*painter).airplane},
	{[]scene{street, street, airfield}, []scene{meadow, sand}, (*painter).automobile},
	{[]scene{clearSky, greySky, forest}, []scene{meadow, sand}, (*painter).bird},
	{[]scene{room, room, sand}, []scene{meadow, street}, (*painter).cat},
	{[]scene{forest, forest, meadow}, []scene{sand, pond}, (*painter).deer},
	{[]scene{room, meadow, sand}, []scene{street, forest}, (*painter).dog},
	{[]scene{pond, soil}, []scene{clearing}, (*painter).frog},
	{[]scene{pasture, paddock}, []scene{clearing}, (*painter).horse},
	{[]scene{sea, sea, harbour}, []scene{pond, sand}, (*painter).ship},
	{[]scene{street, street, airfield}, []scene{sand, meadow}, (*painter).truck},
}

// A scene is what lies behind a thing. Each gradient runs from the image's top
// to its bottom; the horizon, in shares of the height, falls between two bounds.
type scene struct {
	far, ground [2]colour
	horizon     [2]float32
}

var (
	clearSky = scene{blueSky, blueSky, [2]float32{1, 1}}
	greySky  = scene{paleSky, paleSky, [2]float32{1, 1}}
	airfield = scene{paleSky, tarmac, [2]float32{0.6, 0.9}}
	street   = scene{[2]colour{{0.62, 0.62, 0.64}, {0.48, 0.46, 0.44}}, tarmac, [2]float32{0.4, 0.7}}
	sea      = scene{blueSky, water, [2]float32{0.35, 0.65}}
	harbour  = scene{paleSky, water, [2]float32{0.45, 0.75}}
	meadow   = scene{blueSky, grass, [2]float32{0.2, 0.6}}
	forest   = scene{leaves, grass, [2]float32{0.5, 0.9}}
	pasture  = scene{evening, [2]colour{{0.22, 0.24, 0.12}, {0.12, 0.15, 0.06}}, [2]float32{0.4, 0.65}}
	paddock  = scene{evening, [2]colour{{0.25, 0.19, 0.13}, {0.17, 0.12, 0.08}}, [2]float32{0.4, 0.65}}
	clearing = scene{[2]colour{{0.30, 0.33, 0.33}, {0.34, 0.36, 0.33}}, [2]colour{{0.30, 0.32, 0.22}, {0.31, 0.30, 0.20}}, [2]float32{0.4, 0.65}}
	pond     = scene{thicket, [2]colour{{0.36, 0.47, 0.38}, {0.32, 0.44, 0.37}}, [2]float32{0.3, 0.6}}
	soil     = scene{thicket, [2]colour{{0.52, 0.44, 0.31}, {0.47, 0.39, 0.26}}, [2]float32{0.3, 0.6}}
	sand     = scene{paleSky, [2]colour{{0.70, 0.62, 0.48}, {0.58, 0.50, 0.38}}, [2]float32{0.0, 0.5}}
	room     = scene{[2]colour{{0.70, 0.62, 0.55}, {0.60, 0.52, 0.46}}, [2]colour{{0.50, 0.40, 0.32}, {0.40, 0.32, 0.26}}, [2]float32{0.4, 0.8}}

	blueSky = [2]colour{{0.50, 0.68, 0.92}, {0.80, 0.88, 0.94}}
	paleSky = [2]colour{{0.66, 0.70, 0.75}, {0.84, 0.84, 0.82}}
	water   = [2]colour{{0.30, 0.46, 0.58}, {0.14, 0.28, 0.42}}
	grass   = [2]colour{{0.56, 0.66, 0.36}, {0.40, 0.54, 0.24}}
	leaves  = [2]colour{{0.14, 0.20, 0.10}, {0.28, 0.34, 0.16}}
	evening = [2]colour{{0.44, 0.54, 0.70}, {0.56, 0.56, 0.60}}
	thicket = [2]colour{{0.08, 0.10, 0.06}, {0.15, 0.17, 0.10}}
	tarmac  = [2]colour{{0.48, 0.48, 0.50}, {0.34, 0.34, 0.36}}
)

// strangers is the share of the images that show a thing away from home.
const strangers = 0.28

// paint paints a new image of class into pixels.
func (p *painter) paint(class picture, pixels []byte) {
	scenes := class.home
	if p.chance(strangers) {
		scenes = class.elsewhere
	}
	scene := scenes[p.random.IntN(len(scenes))]
	const spread = 0.06
	far := [2]colour{p.near(scene.far[0], spread), p.near(scene.far[1], spread)}
	ground := [2]colour{p.near(scene.ground[0], spread), p.near(scene.ground[1], spread)}
	p.landscape(far, ground, side*p.between(scene.horizon[0], scene.horizon[1]), p.between(-0.12, 0.12))
	p.drift(p.between(0.04, 0.16), p.near(colour{}, 0.03))
	p.place(16+p.between(-6, 6), 16+p.between(-6, 6), p.between(7, 13))
	class.draw(p)
	p.expose(pixels)
}

// coat is a colour of hair, from black over brown to cream, or grey.
func (p *painter) coat() colour {
	if p.chance(0.25) {
		return colour{}.mix(colour{0.85, 0.84, 0.82}, p.between(0.1, 1))
	}
	return colour{0.16, 0.10, 0.07}.mix(colour{0.80, 0.62, 0.42}, p.random.Float32())
}

// lacquer is a colour of painted metal: any at all, or white or grey.
func (p *painter) lacquer() colour {
	if p.chance(0.25) {
		return colour{}.mix(colour{0.95, 0.95, 0.95}, p.between(0.1, 1))
	}
	return colour{p.random.Float32(), p.between(0.1, 0.7), p.between(0.1, 0.9)}
}

var (
	black = colour{0.06, 0.06, 0.06}
	white = colour{0.92, 0.92, 0.90}
	glass = colour{0.25, 0.32, 0.38}
)

func (p *painter) airplane() {
	body := colour{}.mix(white, p.between(0.45, 1))
	shade := body.lit(0.65)
	sweep := p.between(0.1, 0.5)
	p.polygon(shade, point{0.2, 0}, point{-0.1, 0}, point{-0.2 - sweep, -0.6}, point{-sweep, -0.6})
	p.polygon(body, point{-0.7, 0}, point{-1, -0.5}, point{-0.8, -0.5}, point{-0.45, 0})
	p.ellipse(body, point{0, 0}, 1.05, 0.17)
	p.polygon(shade, point{0.3, 0.05}, point{-0.3 - sweep, 0.65}, point{-0.5 - sweep, 0.65}, point{-0.2, 0.05})
	p.ellipse(glass, point{0.82, -0.04}, 0.1, 0.06)
}

func (p *painter) automobile() {
	body := p.lacquer()
	p.ellipse(black, point{0, 0.45}, 1.05, 0.15)
	p.polygon(body.lit(0.85), point{-0.6, 0}, point{-0.4, -0.45}, point{0.3, -0.45}, point{0.65, 0})
	p.polygon(glass, point{-0.48, -0.05}, point{-0.33, -0.37}, point{0.24, -0.37}, point{0.5, -0.05})
	p.polygon(body, point{-1, -0.05}, point{0.6, -0.1}, point{1, 0.05}, point{1, 0.35}, point{-1, 0.35})
	p.wheels(0.4, 0.22, -0.6, 0.6)
	p.ellipse(white, point{0.95, 0.12}, 0.07, 0.07)
}

func (p *painter) truck() {
	body, cab := p.lacquer(), p.lacquer()
	p.ellipse(black, point{0, 0.7}, 1.1, 0.15)
	p.polygon(body, point{-1, -0.7}, point{0.4, -0.7}, point{0.4, 0.5}, point{-1, 0.5})
	p.polygon(cab, point{0.4, -0.35}, point{0.8, -0.35}, point{1, 0.05}, point{1, 0.55}, point{0.4, 0.55})
	p.polygon(glass, point{0.52, -0.25}, point{0.76, -0.25}, point{0.9, 0.05}, point{0.52, 0.05})
	p.wheels(0.6, 0.2, -0.7, -0.3, 0.7)
}

// wheels paints wheels of one radius side by side at height y.
func (p *painter) wheels(y, radius float32, xs ...float32) {
	for _, x := range xs {
		p.ellipse(black, point{x, y}, radius, radius)
		p.ellipse(colour{0.6, 0.6, 0.6}, point{x, y}, radius/2, radius/2)
	}
}

func (p *painter) ship() {
	hull, deck := p.lacquer(), p.near(white, 0.08)
	p.limb(black, point{0.1, 0}, point{0.1, -0.9}, 0.08)
	p.polygon(deck, point{-0.6, -0.3}, point{0.3, -0.3}, point{0.4, 0.15}, point{-0.6, 0.15})
	p.polygon(deck.lit(0.85), point{-0.35, -0.55}, point{0.1, -0.55}, point{0.15, -0.3}, point{-0.35, -0.3})
	p.limb(hull, point{-0.35, -0.35}, point{-0.35, -0.85}, 0.25)
	p.polygon(hull, point{-1, 0.1}, point{1.1, 0.02}, point{0.8, 0.5}, point{-0.85, 0.5})
	p.polygon(water[0].lit(0.8), point{-1.1, 0.45}, point{1.1, 0.45}, point{1.1, 0.56}, point{-1.1, 0.56})
}

func (p *painter) bird() {
	body := p.coat().mix(p.lacquer(), p.between(0, 0.5))
	p.limb(body.lit(0.7), point{-0.3, 0}, point{-1, 0.25}, 0.3)
	p.limb(black, point{-0.05, 0.3}, point{-0.05, 0.8}, 0.07)
	p.limb(black, point{0.12, 0.3}, point{0.15, 0.8}, 0.07)
	p.ellipse(body, point{0, 0.05}, 0.55, 0.36)
	p.ellipse(body.lit(0.6), point{-0.15, 0}, 0.4, 0.2)
	p.polygon(colour{0.85, 0.6, 0.2}, point{0.6, -0.42}, point{0.95, -0.3}, point{0.6, -0.22})
	p.ellipse(body.lit(1.1), point{0.45, -0.32}, 0.25, 0.24)
	p.ellipse(black, point{0.53, -0.37}, 0.06, 0.06)
}

func (p *painter) cat() {
	fur := p.coat()
	p.limb(fur.lit(0.8), point{-0.4, 0.7}, point{-0.95, 0}, 0.25)
	p.ellipse(fur, point{-0.05, 0.45}, 0.5, 0.6)
	p.polygon(fur.lit(0.8), point{-0.45, -0.35}, point{-0.42, -1}, point{-0.02, -0.6})
	p.polygon(fur.lit(0.8), point{0.02, -0.6}, point{0.42, -1}, point{0.45, -0.35})
	p.ellipse(fur.lit(1.1), point{0, -0.32}, 0.48, 0.4)
	eye := colour{0.6, 0.7, 0.25}
	for _, x := range [...]float32{-0.2, 0.2} {
		p.ellipse(eye, point{x, -0.38}, 0.11, 0.1)
		p.ellipse(black, point{x, -0.38}, 0.04, 0.1)
	}
	p.ellipse(white, point{0, -0.12}, 0.18, 0.12)
	p.ellipse(colour{0.7, 0.4, 0.4}, point{0, -0.2}, 0.07, 0.05)
}

// legs paints four legs from height top to height bottom, the far two darker.
func (p *painter) legs(c colour, top, bottom, front, back, width float32) {
	stride := p.between(-0.12, 0.12)
	for _, x := range [...]float32{front, back} {
		p.limb(c.lit(0.6), point{x - 0.1, top}, point{x - 0.1 - stride, bottom}, width)
		p.limb(c.lit(0.85), point{x + 0.05, top}, point{x + 0.05 + stride, bottom}, width)
	}
}

func (p *painter) deer() {
	hide := colour{0.42, 0.28, 0.16}.mix(colour{0.72, 0.52, 0.34}, p.random.Float32())
	horn := hide.lit(0.5)
	p.legs(hide, 0.2, 1, 0.35, -0.45, 0.15)
	p.ellipse(white, point{-0.65, 0}, 0.12, 0.15)
	p.ellipse(hide, point{-0.1, 0.05}, 0.58, 0.26)
	p.limb(hide, point{0.35, 0.05}, point{0.65, -0.6}, 0.32)
	p.ellipse(hide.lit(1.1), point{0.75, -0.6}, 0.24, 0.13)
	p.limb(horn, point{0.65, -0.7}, point{0.5, -1.15}, 0.09)
	p.limb(horn, point{0.7, -0.7}, point{0.85, -1.15}, 0.09)
	p.limb(horn, point{0.55, -0.9}, point{0.3, -1.0}, 0.07)
}

func (p *painter) dog() {
	fur := p.coat()
	p.limb(fur.lit(0.8), point{-0.6, 0}, point{-1, -0.5}, 0.18)
	p.legs(fur, 0.25, 0.85, 0.35, -0.45, 0.24)
	p.ellipse(fur, point{-0.1, 0.15}, 0.62, 0.33)
	p.ellipse(fur.lit(0.9), point{0.75, -0.25}, 0.28, 0.16)
	p.ellipse(fur.lit(1.1), point{0.5, -0.32}, 0.34, 0.32)
	p.ellipse(fur.lit(0.5), point{0.3, -0.25}, 0.13, 0.3)
	p.ellipse(black, point{0.98, -0.3}, 0.08, 0.07)
	p.ellipse(black, point{0.6, -0.42}, 0.06, 0.06)
}

func (p *painter) frog() {
	skin := colour{0.26, 0.42, 0.16}.mix(p.coat(), p.between(0.1, 1))
	belly := skin.mix(colour{0.85, 0.85, 0.6}, p.between(0, 0.5))
	p.ellipse(black, point{0, 0.55}, 1.05, 0.15)
	p.limb(skin.lit(0.8), point{-0.75, 0.3}, point{-0.2, 0.65}, 0.3)
	p.limb(skin.lit(0.8), point{0.45, 0.2}, point{0.7, 0.68}, 0.25)
	p.ellipse(skin, point{0, 0.1}, 0.95, 0.45)
	p.ellipse(belly, point{0.4, 0.32}, 0.45, 0.2)
	p.ellipse(skin.lit(0.85), point{-0.55, 0.25}, 0.42, 0.35)
	for _, x := range [...]float32{0.3, 0.75} {
		p.ellipse(skin.lit(1.15), point{x, -0.3}, 0.2, 0.2)
		p.ellipse(colour{0.85, 0.7, 0.2}, point{x, -0.33}, 0.12, 0.12)
		p.ellipse(black, point{x, -0.33}, 0.07, 0.09)
	}
}

func (p *painter) horse() {
	coat := p.coat()
	mane := coat.lit(p.between(0.3, 0.8))
	p.limb(mane, point{-0.6, -0.1}, point{-0.9, 0.6}, 0.22)
	p.legs(coat, 0.15, 1, 0.4, -0.45, 0.2)
	p.ellipse(coat, point{-0.05, 0}, 0.65, 0.33)
	p.limb(mane, point{0.3, -0.1}, point{0.6, -0.85}, 0.42)
	p.limb(coat, point{0.45, 0}, point{0.72, -0.8}, 0.44)
	p.limb(coat.lit(1.1), point{0.62, -0.75}, point{1.1, -0.4}, 0.3)
	p.ellipse(black, point{0.78, -0.65}, 0.05, 0.05)
}
