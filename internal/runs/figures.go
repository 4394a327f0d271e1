package runs

import (
	"context"
	"errors"
	"slices"

	"cifartrain/graphs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/training"
)

// test scores the last and the best weights on the test images.
func (r *record) test(ctx context.Context, result training.Result) error {
	last, err := r.Score(ctx, r.run.Evaluated(), r.Images.Test)
	if err != nil {
		return err
	}
	best, err := r.Score(ctx, result.Best, r.Images.Test)
	if err != nil {
		return err
	}
	r.summary.Final = figures(result.History.Last(), last)
	r.summary.Best = figures(result.History[result.History.Best()], best)
	r.summary.Confusion = best.Confusion
	if best.Correct != nil {
		if err := r.folder.WriteCorrect(best.Correct); err != nil {
			return err
		}
	}
	r.summary.DeadUnits, err = r.deadUnits(ctx, result.Best)
	return err
}

// deadUnits counts the dead units of the best weights on the validation images.
func (r *record) deadUnits(ctx context.Context, best graphs.Weights) ([]metrics.DeadUnits, error) {
	evaluator := training.NewEvaluator(r.Architecture, best)
	counts, err := evaluator.DeadUnits(ctx, r.run.ValidationSet)
	return counts, errors.Join(err, evaluator.Close())
}

// figures returns the figures of an epoch, and those of its weights on the test
// images.
func figures(epoch metrics.Epoch, test training.Evaluation) *runfolder.Figures {
	figures := runfolder.FiguresOf(test.Task, epoch)
	figures.TestLoss = &test.Loss
	if test.Task.Classifies() {
		accuracy := test.Confusion.Accuracy()
		figures.TestAccuracy = &accuracy
	}
	return figures
}

// judge adds the history's figures and the verdict to the summary.
func (r *record) judge(history metrics.History) {
	s := r.summary
	if s.Final == nil {
		s.Final = runfolder.FiguresOf(s.Task, history.Last())
	}
	if s.Best == nil {
		s.Best = runfolder.FiguresOf(s.Task, history[history.Best()])
	}
	against := metrics.Reference{Baseline: commonest(r.Images.Training)}
	if s.PCA != nil {
		against.PCATraining, against.PCAValidation = s.PCA.TrainMSE, s.PCA.ValidationMSE
	}
	s.Verdict = reports.Verdict(s.Task, metrics.Judge(s.Task, history, against))
}

// commonest is the share of the commonest class among the images.
func commonest(set *loaders.Set) float64 {
	counts := make([]int, len(set.Classes))
	for i := range set.Len() {
		counts[set.Class(i)]++
	}
	return float64(slices.Max(counts)) / float64(set.Len())
}

// measureSpeed adds to the summary how fast the epochs were.
func (r *record) measureSpeed(result training.Result) {
	s, epochs := r.summary, float64(len(result.History))
	for _, epoch := range result.History {
		s.TrainingSeconds += epoch.Seconds
	}
	if s.TrainingSeconds == 0 { // metrics.csv rounds epochs of less than half a millisecond to 0
		return
	}
	s.ImagesPerSecond = epochs * float64(s.Images.Training) / s.TrainingSeconds
}
