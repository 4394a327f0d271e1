// Package configs holds the one typed [Config] of a training run, the shipped
// configuration files, and the strict reader that turns such a file into a
// checked Config or into one error that names every problem and its line.
package configs

// Config is everything that decides the result of a training run. Two runs of
// the same Config on the same data give the same numbers.
//
// # File format
//
// A configuration is one UTF-8 YAML document of at most 256 KiB: a mapping of the
// keys below. Every key may be left out and then has the default shown here
// ([Default] gives the reasons). Values are typed strictly: 64.5 is no whole
// number, "64" in quotes is no number, yes is not true. Whole numbers are plain
// decimal digits; numbers may use an exponent (1e-8) but are never infinite or
// NaN. A key that is unknown, given twice, without a value, out of range or in
// contradiction with another is an error, and all errors are reported together.
// An alias (*name) stands for the value of its anchor (&name); merge keys (<<)
// are unknown keys like any other.
//
//	name: svm            names the run folder: letters, digits, "-", "_", ".",
//	                     not starting with ".", at most 100, not "comparison";
//	                     default: the file's name without its extension
//	seed: 1              every random choice derives from it (see Config.Random);
//	                     0 to 18446744073709551615
//
//	model:
//	  kind: linear_svm   linear_svm | autoencoder | tied_autoencoder
//	  hidden: [128]      autoencoders: widths of the encoder's layers between
//	                     input and latent, mirrored in the decoder; 1 to 32
//	                     layers of 1 to 65536; linear_svm ignores it
//	  latent: 32         autoencoders: width of the code, 1 to 65536;
//	                     linear_svm ignores it
//	  init: torch        torch: weights and biases uniform in
//	                     ±1/sqrt(fan_in), torch.nn.Linear's default | he |
//	                     glorot | orthogonal, these with zero biases, as
//	                     torch.nn.init's kaiming_uniform_, xavier_uniform_ and
//	                     orthogonal_ draw weights | pca: what as many principal
//	                     components of the training images as the latent has
//	                     values reconstruct, which every unit takes part in;
//	                     needs data.center and even hidden widths of at least
//	                     twice latent
//
//	data:
//	  source: cifar10    cifar10 | sample (the small built-in set)
//	  if_missing: sample when CIFAR-10 is neither in dir nor downloadable:
//	                     fail | sample
//	  dir: data          folder of the dataset's .bin files
//	  url: https://...   where the archive is fetched from, http or https
//	  download: true     whether a missing dataset may be fetched at all
//	  classes: []        names or numbers (6 is frog, see Classes); empty: all
//	                     ten; linear_svm needs exactly two, the first labelled
//	                     -1, the second +1
//	  validation: 0.3    share of the training images held out to validate,
//	                     between 0 and 1, both excluded
//	  split: random      random (by seed) | sequential (the last images validate)
//	  shuffle: true      new batch order every epoch (by seed and epoch); false
//	                     keeps the dataset's order
//	  flip: false        flip training images left to right at random
//	  shift: 0           shift training images by up to so many pixels to either
//	                     side and up or down at random, their edges repeated;
//	                     0 to 31
//	  normalize: null    null leaves pixels in [0, 1]; else both keys below:
//	    mean: [r, g, b]  torchvision's Normalize, (x - mean) / std per channel;
//	    std: [r, g, b]   mean in ±1000, std in 0.000001 to 1000
//	  center: false      subtract the training set's mean image (added back for
//	                     pictures and reported errors)
//	  batch_size: 64         images a training step, 1 to 60000
//	  eval_batch_size: 128   images a step of evaluation, 1 to 60000
//
//	loss:
//	  kind: hinge        hinge | squared_hinge (linear_svm) | mse
//	                     (autoencoders); default: hinge or mse, as suits
//	                     model.kind
//	  c: 1               hinge: C * mean(max(0, 1 - y*score)), squared_hinge:
//	                     C * mean(max(0, 1 - y*score)^2); above 0
//
//	optimizer:
//	  kind: sgd          sgd | adam | adamw, each exactly torch.optim's update
//	  learning_rate: 0.1 above 0
//	  momentum: 0        sgd only; at least 0, below 1
//	  nesterov: false    sgd only; needs momentum above 0
//	  weight_decay: 0.5  at least 0; applies to every parameter, biases too, as
//	                     in torch.optim
//	  betas: [0.9, 0.999]    adam, adamw: decay of the two running means, each
//	                     at least 0, below 1
//	  eps: 1e-08         adam, adamw: added to the denominator; above 0
//	  schedule: constant constant | cosine | step
//	  step_epochs: 30    step: epochs between two drops of the learning rate
//	                     (torch's StepLR step_size); at least 1
//	  gamma: 0.1         step: factor of each drop; above 0, at most 1
//	  warmup_steps: 0    training steps, from the run's first, over which the
//	                     learning rate grows in proportion to what the schedule
//	                     says: step s has s/warmup_steps of it (metrics.csv has
//	                     the rate of each epoch's last step); 0 to 1000000000
//	  clip_norm: 0       scales all gradients of a step down together where
//	                     their Euclidean norm is above this, as
//	                     torch.nn.utils.clip_grad_norm_; at least 0; 0: never
//
//	train:
//	  epochs: 50         1 to 1000000
//	  early_stopping: 0  stop after this many epochs without a better validation
//	                     loss; 0: never
//	  average_decay: 0   above 0, the weights that are evaluated, drawn and saved
//	                     are a moving average over the training steps, about the
//	                     last 1/(1-average_decay) of them: after step s
//	                     d*average + (1-d)*weights with d the smaller of this
//	                     and (1+s)/(10+s). train_loss stays that of the weights
//	                     in training; at least 0, below 1; 0: no average
//
//	plots:
//	  reconstructions: 3 how many random validation images to show beside their
//	                     reconstructions, 0 to 64
//
//	sweep:               left out for a single run; else the values to try:
//	  optimizer.learning_rate: [0.001, 0.01]
//	                     a list of values for any dotted key above but those
//	                     that say where the dataset is; each is typed and
//	                     checked as the key is, and takes the place of the
//	                     key's own value. As every such key has a dot in it,
//	                     none is mistaken for the two below
//	  method: grid       grid: every combination | random: budget of them, drawn
//	                     by the seed; at most 1000 runs
//	  budget: 0          random: how many combinations; at least 1
type Config struct {
	Name      string    `yaml:"name"`
	Seed      uint64    `yaml:"seed"`
	Model     Model     `yaml:"model"`
	Data      Data      `yaml:"data"`
	Loss      Loss      `yaml:"loss"`
	Optimizer Optimizer `yaml:"optimizer"`
	Train     Train     `yaml:"train"`
	Plots     Plots     `yaml:"plots"`
	Sweep     *Sweep    `yaml:"sweep,omitempty"` // nil for a single run
}

// Model is the section `model`: what is trained.
type Model struct {
	Kind   string `yaml:"kind"`
	Hidden []int  `yaml:"hidden,flow"`
	Latent int    `yaml:"latent"`
	Init   string `yaml:"init"`
}

// Data is the section `data`: which images, and what happens to them before
// they reach the model.
type Data struct {
	Source        string     `yaml:"source"`
	IfMissing     string     `yaml:"if_missing"`
	Dir           string     `yaml:"dir"`
	URL           string     `yaml:"url"`
	Download      bool       `yaml:"download"`
	Classes       []string   `yaml:"classes,flow"` // names out of [Classes], whatever the file wrote; nil for all ten
	Validation    float64    `yaml:"validation"`
	Split         string     `yaml:"split"`
	Shuffle       bool       `yaml:"shuffle"`
	Flip          bool       `yaml:"flip"`
	Shift         int        `yaml:"shift"`
	Normalize     *Normalize `yaml:"normalize"` // nil for pixels in [0, 1]
	Center        bool       `yaml:"center"`
	BatchSize     int        `yaml:"batch_size"`
	EvalBatchSize int        `yaml:"eval_batch_size"`
}

// Normalize is the section `data.normalize`: torchvision's Normalize,
// (x - mean) / std with one value each for red, green and blue.
type Normalize struct {
	Mean []float64 `yaml:"mean,flow"`
	Std  []float64 `yaml:"std,flow"`
}

// Loss is the section `loss`: what training makes small.
type Loss struct {
	Kind string  `yaml:"kind"`
	C    float64 `yaml:"c"`
}

// Optimizer is the section `optimizer`: how the parameters move.
type Optimizer struct {
	Kind         string    `yaml:"kind"`
	LearningRate float64   `yaml:"learning_rate"`
	Momentum     float64   `yaml:"momentum"`
	Nesterov     bool      `yaml:"nesterov"`
	WeightDecay  float64   `yaml:"weight_decay"`
	Betas        []float64 `yaml:"betas,flow"`
	Eps          float64   `yaml:"eps"`
	Schedule     string    `yaml:"schedule"`
	StepEpochs   int       `yaml:"step_epochs"`
	Gamma        float64   `yaml:"gamma"`
	WarmupSteps  int       `yaml:"warmup_steps"`
	ClipNorm     float64   `yaml:"clip_norm"`
}

// Train is the section `train`: for how long, and which weights come out of it.
type Train struct {
	Epochs        int     `yaml:"epochs"`
	EarlyStopping int     `yaml:"early_stopping"`
	AverageDecay  float64 `yaml:"average_decay"`
}

// Plots is the section `plots`: what the pictures show.
type Plots struct {
	Reconstructions int `yaml:"reconstructions"`
}
