// Package runs combines all parts into one run: config, dataset, batches, graph,
// training, history, pictures and report. train.go reads like that sentence.
package runs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/loaders"
	"cifartrain/loaders/sources"
	"cifartrain/metrics/pca"
	"cifartrain/plots"
	"cifartrain/training"
)

// A Session holds what all runs of one command share.
type Session struct {
	Out, Err io.Writer
	Display  *reports.Display
	Runs     string // the folder that run folders go into
	Init     string // the weights file that training starts from; if empty, the seed draws the weights

	Repeated []string // flags of this command that must be repeated in a command that resumes

	Vector        plots.Vector // how runs that are drawn again write their charts for a paper; without a format they do not
	LeavePictures bool         // whether runs leave their pictures to Redraw, as the many runs of a sweep do

	TensorBoard bool          // whether runs write event files for TensorBoard
	SaveEvery   time.Duration // the time between two checkpoints within an epoch; 0 means a minute
	Offline     bool          // download nothing: the sample takes the place of CIFAR-10 that would be downloaded, with a warning

	datasets map[sources.Source]*loaders.Dataset // the dataset that was loaded last
	selected Sets                                // the sets of it that were used last
}

// A Run is one run: its config, its folder, and the parts that the config describes,
// as far as a command needs them.
type Run struct {
	Config  configs.Config
	Folder  *runfolder.Folder  // nil before it is made
	Summary *runfolder.Summary // nil if the run has written none

	Shape        loaders.Shape // of an image
	Classes      []string      // in the order of the labels
	Architecture *graphs.Architecture
	Weights      graphs.Weights // nil if not needed or not drawn yet
	WeightsName  string         // what to call the weights of a run that has been trained

	Sets

	session     *Session
	wrappings   []string     // what the weights of a file were taken out of, see [runfolder.ReadWeights]
	components  *pca.Fit     // of the training images, once they are needed
	evaluator   *evaluator   // of the weights
	predictions []Prediction // for the test images, while the pictures are drawn

	// While it trains:
	text   []byte         // of config.yaml
	loop   *training.Loop // nil until the weights exist
	best   *Run           // with the best weights; nil until they are evaluated
	began  time.Time      // its beginning, moved forward by the time between stopping and resuming
	saving func() error   // waits for the checkpoint that is being written; nil if none is
}

// Sets are a run's dataset, selected and split as its config says. All but
// Transform is nil if not needed.
type Sets struct {
	Dataset                    *loaders.Dataset
	Training, Validation, Test *loaders.Set

	// Transform turns an image's bytes into the model's input. If the images
	// are not loaded, it lacks the mean image of a centered run unless
	// [Need.Pixels] asks for it.
	Transform *loaders.Transform

	key string // everything that the selection depends on
}

// Need says what a command needs of a run. Anything else is neither loaded nor
// computed.
type Need struct {
	Images bool
	Others bool // if they are not those that the run was trained on, a warning will do

	// Where the weights come from. If neither is set, there are none, and training
	// begins with weights that the config's seed draws.
	File    string             // read from this file
	weights *runfolder.Weights // read already

	// Pixels says that images will go through the model. A centered run
	// subtracts the mean of its training images; it is read from the metadata
	// of the weights file or, if it is not there, computed from the images.
	Pixels bool
}

// claim claims a folder, so that no other process writes into it meanwhile.
func (s *Session) claim(ctx context.Context, folder *runfolder.Folder) (context.Context, *runfolder.Claim, error) {
	return folder.Claim(ctx, func(holder runfolder.Holder) {
		fmt.Fprintf(s.Out, "waiting for %v, which has given no sign of having ended; a minute without a sign of life means that it is dead\n", holder)
	})
}

// PointLatest points the latest link at a folder, and warns if the system does not
// allow it.
func (s *Session) PointLatest(folder *runfolder.Folder) {
	if err := folder.PointLatest(); err != nil {
		fmt.Fprintf(s.Err, "warning: %v\n", err)
	}
}

// Index updates the page of all runs, if the folder is one that it lists. If
// another program is writing the page at the same time, that program's version
// is kept; it lists this run, too.
func (s *Session) Index(folder *runfolder.Folder) {
	root, errRoot := filepath.Abs(s.Runs)
	path, errPath := filepath.Abs(folder.Path)
	if s.Runs == "" || errRoot != nil || errPath != nil || filepath.Dir(filepath.Dir(path)) != root {
		return
	}
	if err := reports.WriteIndex(s.Runs); err != nil && !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(s.Err, "warning: %v\n", err)
	}
}
