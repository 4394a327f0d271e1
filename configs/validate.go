package configs

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// linearSVM is the kind of model that scores; every other kind reconstructs.
const linearSVM = "linear_svm"

// Bounds on sizes. CIFAR-10 has 60,000 images of 3,072 values; what goes beyond
// these is a slip of the keyboard.
const (
	maxWidth   = 65536       // of a layer
	maxLayers  = 32          // hidden ones in the encoder
	maxWeights = 500_000_000 // 2 GB of float32, several times that while training
	maxBatch   = 60000
	side       = 32 // of an image
	inputWidth = 3 * side * side
)

// validate checks the values of all keys and their agreement.
func (d *decoder) validate() {
	d.validateName()
	d.validateModel()
	d.validateData()
	d.validateNormalize()
	d.validateLoss()
	d.validateOptimizer()
	d.validateMomentum()
	d.wholeBetween("train.epochs", d.result.Train.Epochs, 1, 1_000_000)
	d.wholeBetween("train.early_stopping", d.result.Train.EarlyStopping, 0, 1_000_000)
	d.belowOne("train.average_decay", d.result.Train.AverageDecay)
	d.wholeBetween("plots.reconstructions", d.result.Plots.Reconstructions, 0, 64)
}

var folderName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$`)

// comparisons is the folder of the comparisons among those of the runs.
const comparisons = "comparison"

func (d *decoder) validateName() {
	if d.sound("name") && d.result.Name == comparisons {
		d.invalid("name", "is where comparisons of runs go; choose another")
	}
	if name := d.result.Name; d.sound("name") && !folderName.MatchString(name) {
		const rule = `use at most 100 of the characters A-Z a-z 0-9 "-" "_" ".", the first not "."`
		if _, given := d.places["name"]; given {
			d.invalid("name", "%s cannot name the run folder; %s", quoted(name), rule)
		} else {
			d.invalid("name", "is not given, and the file's own name %s cannot name the run folder; %s", quoted(name), rule)
		}
	}
}

func (d *decoder) kindNames() (names []string) {
	for _, kind := range d.kinds {
		names = append(names, kind.Name)
	}
	return names
}

func (d *decoder) validateModel() {
	m := d.result.Model
	d.choice("model.kind", m.Kind, d.kindNames()...)
	d.choice("model.init", m.Init, "torch", "he", "glorot", "orthogonal", "pca")
	if m.Kind == linearSVM && m.Init == "pca" && d.sound("model.kind") {
		d.invalid("model.init", "pca starts from what principal components reconstruct; a linear SVM reconstructs nothing")
	}
	if m.Kind == linearSVM || !d.sound("model.kind") {
		return // the widths are the autoencoders'
	}
	d.wholeBetween("model.latent", m.Latent, 1, maxWidth)
	if d.sound("model.hidden") && len(m.Hidden) < 1 || len(m.Hidden) > maxLayers {
		d.invalid("model.hidden", "has %d layers; %s needs 1 to %d, as in [128]", len(m.Hidden), m.Kind, maxLayers)
	}
	for i, width := range m.Hidden {
		d.wholeBetween(element("model.hidden", i), width, 1, maxWidth)
	}
	if !d.sound("model.hidden", "model.latent") {
		return
	}
	d.validatePrincipal()
	if n := weights(m); n > maxWeights {
		d.invalid("model.hidden", "these widths make %d weights, more than the %d that fit; use narrower layers", n, maxWeights)
	}
}

// validatePrincipal checks what first weights made of principal components need.
func (d *decoder) validatePrincipal() {
	m, data := d.result.Model, d.result.Data
	if m.Init != "pca" {
		return
	}
	for _, width := range m.Hidden {
		if width%2 != 0 || width < 2*m.Latent {
			d.invalid("model.init", "pca needs hidden layers of an even width of at least twice model.latent, so %d or more, not %d", 2*m.Latent, width)
		}
	}
	if !data.Center && d.sound("data.center") {
		d.invalid("model.init", "pca needs images without their mean: set data.center to true")
	}
	if n := data.Normalize; n != nil && len(n.Std) == 3 && (n.Std[1] != n.Std[0] || n.Std[2] != n.Std[0]) {
		d.invalid("model.init", "pca needs pixels of one scale: give data.normalize.std three times the same value")
	}
}

// weights returns how many weights, biases apart, an autoencoder holds. A tied
// decoder's are the encoder's own.
func weights(m Model) int {
	n, in := 0, inputWidth
	for _, out := range append(slices.Clone(m.Hidden), m.Latent) {
		n += in * out
		in = out
	}
	if m.Kind == "autoencoder" {
		n *= 2
	}
	return n
}

func (d *decoder) validateData() {
	data := d.result.Data
	d.choice("data.source", data.Source, "cifar10", "sample")
	d.choice("data.if_missing", data.IfMissing, "fail", "sample")
	d.choice("data.split", data.Split, "random", "sequential")
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	if data.Dir == "" || strings.ContainsFunc(data.Dir, unprintable) {
		d.invalid("data.dir", "%s is not the path of a folder", quoted(data.Dir))
	}
	if data.Download {
		d.validateURL(data.URL)
	}
	d.validateClasses()
	if !(data.Validation > 0 && data.Validation < 1) {
		d.invalid("data.validation", "%v is not a share above 0 and below 1", data.Validation)
	}
	d.wholeBetween("data.shift", data.Shift, 0, side-1)
	d.wholeBetween("data.batch_size", data.BatchSize, 1, maxBatch)
	d.wholeBetween("data.eval_batch_size", data.EvalBatchSize, 1, maxBatch)
}

func (d *decoder) validateURL(text string) {
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		d.invalid("data.url", "%s is not an address such as https://host/file.tar.gz; data.download: false needs none", quoted(text))
	}
}

func (d *decoder) validateClasses() {
	const key = "data.classes"
	classes := d.result.Data.Classes
	for i, class := range classes {
		key := element(key, i)
		if !d.sound(key) {
			continue
		}
		if _, known := className(class); !known {
			hint := "the classes are " + strings.Join(Classes(), ", ") + ", or their numbers 0 to 9"
			if meant := nearest(class, Classes()); meant != "" {
				hint = "did you mean " + meant + "?"
			}
			d.invalid(key, "%s is not a class; %s", quoted(class), hint)
		} else if slices.Contains(classes[:i], class) {
			d.invalid(key, "%s is named twice", class)
		}
	}
	if d.result.Model.Kind == linearSVM && len(classes) != 2 && d.sound("model.kind", key) {
		d.invalid(key, "a linear SVM tells two classes apart: name exactly two, as in [frog, horse], not %d", len(classes))
	}
}

func (d *decoder) validateNormalize() {
	n := d.result.Data.Normalize
	if n == nil {
		return
	}
	d.channels("data.normalize.mean", n.Mean, -1000)
	d.channels("data.normalize.std", n.Std, 1e-6) // its reciprocal stays an ordinary float32
}

// channels checks that a list has a value each for red, green and blue, and
// that each is in range.
func (d *decoder) channels(key string, values []float64, least float64) {
	if !d.sound(key) {
		return
	}
	const most = 1000
	if len(values) != 3 {
		if _, given := d.places[key]; !given { // then the line is the section's
			section, name := key[:strings.LastIndex(key, ".")], key[strings.LastIndex(key, ".")+1:]
			d.invalid(section, "lacks %s: mean and std need 3 values each, for red, green and blue", name)
			return
		}
		d.invalid(key, "needs exactly 3 values, for red, green and blue, not %d", len(values))
		return
	}
	for i, v := range values {
		if v < least || v > most {
			d.invalid(element(key, i), "%v is not between %v and %v", v, least, most)
		}
	}
}

func (d *decoder) validateLoss() {
	loss, kind := d.result.Loss, d.result.Model.Kind
	d.choice("loss.kind", loss.Kind, "hinge", "squared_hinge", "mse")
	d.positive("loss.c", loss.C)
	if !d.sound("model.kind", "loss.kind") {
		return
	}
	switch {
	case kind == linearSVM && loss.Kind == "mse":
		d.invalid("loss.kind", "%s compares pictures, and model.kind is %s; use hinge", loss.Kind, kind)
	case kind != linearSVM && loss.Kind != "mse":
		d.invalid("loss.kind", "%s scores two classes, and model.kind is %s; use mse", loss.Kind, kind)
	}
}

func (d *decoder) validateOptimizer() {
	o := d.result.Optimizer
	d.choice("optimizer.kind", o.Kind, "sgd", "adam", "adamw")
	d.choice("optimizer.schedule", o.Schedule, "constant", "cosine", "step")
	d.positive("optimizer.learning_rate", o.LearningRate)
	if o.WeightDecay < 0 {
		d.invalid("optimizer.weight_decay", "%v is below 0", o.WeightDecay)
	}
	if d.sound("optimizer.betas") && len(o.Betas) != 2 {
		d.invalid("optimizer.betas", "needs exactly 2 values, as in [0.9, 0.999], not %d", len(o.Betas))
	}
	for i, beta := range o.Betas {
		d.belowOne(element("optimizer.betas", i), beta)
	}
	d.positive("optimizer.eps", o.Eps)
	d.wholeBetween("optimizer.step_epochs", o.StepEpochs, 1, 1_000_000)
	d.positive("optimizer.gamma", o.Gamma)
	if o.Gamma > 1 {
		d.invalid("optimizer.gamma", "%v is above 1, so the learning rate would grow", o.Gamma)
	}
	d.wholeBetween("optimizer.warmup_steps", o.WarmupSteps, 0, 1_000_000_000)
	if o.ClipNorm < 0 {
		d.invalid("optimizer.clip_norm", "%v is below 0", o.ClipNorm)
	} else if o.ClipNorm > 0 {
		d.positive("optimizer.clip_norm", o.ClipNorm)
	}
}

func (d *decoder) validateMomentum() {
	o := d.result.Optimizer
	d.belowOne("optimizer.momentum", o.Momentum)
	if !d.sound("optimizer.kind", "optimizer.momentum", "optimizer.nesterov") {
		return
	}
	if o.Kind != "sgd" {
		if o.Momentum != 0 {
			d.invalid("optimizer.momentum", "%s has no momentum but the first of its betas; set momentum to 0 or optimizer.kind to sgd", o.Kind)
		}
		if o.Nesterov {
			d.invalid("optimizer.nesterov", "%s has no Nesterov momentum; set it to false or optimizer.kind to sgd", o.Kind)
		}
		return
	}
	if o.Nesterov && o.Momentum == 0 {
		d.invalid("optimizer.nesterov", "needs a momentum above 0, and optimizer.momentum is 0")
	}
}
