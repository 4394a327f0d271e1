package runfolder

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"cifartrain/internal/shell"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/metrics/pca"
)

// The states of a run.
const (
	Training    = "training" // from the first file written to the last
	Finished    = "finished"
	Stopped     = "stopped early"
	Paused      = "paused" // before its last epoch, because other runs of its sweep are more promising
	Interrupted = "interrupted"
	Failed      = "failed"
)

// A Summary is the content of summary.json.
type Summary struct {
	Name   string       `json:"name"`
	Status string       `json:"status"` // Finished, Stopped, Paused, Interrupted or Failed
	Error  string       `json:"error,omitempty"`
	Model  string       `json:"model"` // the model's kind
	Task   metrics.Task `json:"task"`  // what the model is for
	Loss   string       `json:"loss"`  // the loss with its constants
	Seed   uint64       `json:"seed"`

	Dataset    string      `json:"dataset"`
	Checksum   string      `json:"dataset_sha256"`    // of its images and labels
	Warning    string      `json:"warning,omitempty"` // why the dataset is not the one asked for
	Classes    []string    `json:"classes"`
	Shape      []int       `json:"shape,omitempty"` // of an image: channels, height, width
	Images     ImageCounts `json:"images"`
	Parameters int         `json:"parameters"` // trained values
	Layers     []Layer     `json:"layers,omitempty"`

	InitialWeights string `json:"initial_weights,omitempty"` // the file that the run started from; empty if the seed drew the weights

	// Lengthened says that the run was made longer after it had begun, while
	// its learning rate depends on its length. Training from its config alone
	// gives other numbers.
	Lengthened bool `json:"lengthened,omitempty"`

	Files   []string    `json:"files,omitempty"` // the files that the run has written, so that a missing one is noticed
	Epochs  int         `json:"epochs"`          // the number of epochs trained
	Final   *Figures    `json:"final,omitempty"`
	Best    *Figures    `json:"best,omitempty"` // of the lowest validation loss
	PCA     *pca.Result `json:"pca,omitempty"`  // of as many components as the model has latent values, in the loss's units
	Verdict *Verdict    `json:"verdict,omitempty"`

	DeadUnits []metrics.DeadUnits `json:"dead_units,omitempty"` // of the best weights, for each layer with a ReLU

	Confusion *metrics.Confusion `json:"confusion,omitempty"` // of the best weights on the test images

	Started         time.Time `json:"started"` // UTC
	Seconds         float64   `json:"seconds"` // from start to summary
	TrainingSeconds float64   `json:"training_seconds"`
	ImagesPerSecond float64   `json:"images_per_second"` // training images; the time includes evaluation
	PeakMemory      int64     `json:"peak_memory_bytes"` // resident; 0 if the system does not tell
	Processor       string    `json:"processor"`         // architecture and instructions used
	ProcessorName   string    `json:"processor_name,omitempty"`
	System          string    `json:"operating_system"`
	Cores           int       `json:"cores"`
	Command         string    `json:"command"` // that trained the run or, if it was resumed, went on with it
	Version         string    `json:"version"` // of this program, see [Version]
	Executable      string    `json:"executable_sha256"`
	GoVersion       string    `json:"go_version"`
}

// A Layer is an affine map of a model and the activation after it.
type Layer struct {
	Name       string `json:"name"`
	In         int    `json:"in"` // values of an image
	Out        int    `json:"out"`
	Parameters int    `json:"parameters"` // its own trained values
	Activation string `json:"activation,omitempty"`
	Latent     bool   `json:"latent,omitempty"`      // its output is the latent code
	SharesWith string `json:"shares_with,omitempty"` // the layer whose weight it uses transposed; empty if it has its own
}

// A Verdict is a [metrics.Verdict] in words.
type Verdict struct {
	Fit    metrics.Fit `json:"fit"`
	Reason string      `json:"reason"` // in sentences, with the figures it rests on
}

// ImageCounts counts a run's images.
type ImageCounts struct {
	Training   int `json:"training"`
	Validation int `json:"validation"`
	Test       int `json:"test"`
}

// Figures are what the weights of one epoch score.
type Figures struct {
	Epoch              int      `json:"epoch"`
	TrainLoss          float64  `json:"train_loss"`
	TrainLossAfter     *float64 `json:"train_loss_after,omitempty"`
	ValidationLoss     float64  `json:"val_loss"`
	TestLoss           *float64 `json:"test_loss,omitempty"`
	TrainAccuracy      *float64 `json:"train_accuracy,omitempty"`
	ValidationAccuracy *float64 `json:"val_accuracy,omitempty"`
	TestAccuracy       *float64 `json:"test_accuracy,omitempty"`
}

// FiguresOf returns the figures of an epoch, without those on test images, for
// a model with a task.
func FiguresOf(task metrics.Task, e metrics.Epoch) *Figures {
	f := &Figures{Epoch: e.Number, TrainLoss: e.TrainLoss, ValidationLoss: e.ValidationLoss}
	if task.Classifies() {
		f.TrainLossAfter, f.TrainAccuracy, f.ValidationAccuracy = &e.TrainLossAfter, &e.TrainAccuracy, &e.ValidationAccuracy
	}
	return f
}

// Training is the training loss to show beside the validation loss, see
// [metrics.Epoch.Training].
func (f *Figures) Training() float64 {
	if f.TrainLossAfter == nil {
		return f.TrainLoss
	}
	return *f.TrainLossAfter
}

// WriteSummary writes summary.json.
func (f *Folder) WriteSummary(s *Summary) error {
	return f.writeJSON(SummaryFile, s)
}

// Summary reads summary.json.
func (f *Folder) Summary() (*Summary, error) {
	content, err := read(f.File(SummaryFile), maxTextFile)
	if err != nil && !errors.Is(err, errNoFile) {
		return nil, err
	}
	s := &Summary{}
	if err == nil {
		err = json.Unmarshal(content, s)
	}
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %s; delete it and have it written again with: %s", f.File(SummaryFile), shortened(err.Error()), shell.Command("-resume", f.Path))
	}
	return s, nil
}

// check returns an error for what no run writes: an unknown task, sizes that no
// memory has room for, an end without figures, and texts that would harm a terminal or a picture that
// shows them.
func (s *Summary) check() error {
	const longest, mostClasses, mostValues, mostParameters = 1000, 1000, 1 << 24, 1 << 28
	if !s.Task.Known() {
		return fmt.Errorf("the task %q is unknown", shortened(string(s.Task)))
	}
	values := 1
	for _, size := range s.Shape {
		if size < 1 || size > mostValues/values {
			return fmt.Errorf("no image has the shape %v", s.Shape)
		}
		values *= size
	}
	if len(s.Shape) != 0 && len(s.Shape) != 3 {
		return fmt.Errorf("the shape has %d numbers; an image has 3: channels, height and width", len(s.Shape))
	}
	if s.Parameters < 0 || s.Parameters > mostParameters {
		return fmt.Errorf("no model has %d parameters", s.Parameters)
	}
	ended := s.Status == Finished || s.Status == Stopped
	if ended && (!s.comparable() || s.Dataset == "") {
		return errors.New("the figures of a finished run or the name of its dataset are missing")
	}
	matrix, classes := s.Confusion, len(s.Classes)
	if ended && matrix == nil && s.Task.Classifies() || matrix != nil && (len(matrix.Classes) != classes || len(matrix.Counts) != classes ||
		slices.ContainsFunc(matrix.Counts, func(row []int) bool { return len(row) != classes || slices.Min(row) < 0 })) {
		return fmt.Errorf("the confusion matrix is not one of %d classes", classes)
	}
	for _, text := range append([]string{s.Name, s.Status, s.Model, s.Loss, s.Dataset}, s.Classes...) {
		if len(text) > longest || loaders.CheckName(text) != nil {
			return fmt.Errorf("a text is too long or cannot be printed: %q", shortened(text))
		}
	}
	if len(s.Classes) > mostClasses {
		return fmt.Errorf("no dataset has %d classes", len(s.Classes))
	}
	for i, class := range s.Classes {
		if slices.Contains(s.Classes[:i], class) {
			return fmt.Errorf("two classes have the name %q", class)
		}
	}
	return nil
}
