package runs

import (
	"context"
	"slices"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/training"
)

// test scores the last and the best weights on the test images.
func (r *Run) test(ctx context.Context, result training.Result) error {
	last, err := r.with(r.loop.Evaluated()).Score(ctx, r.Test)
	if err != nil {
		return err
	}
	r.best = r.with(result.Best)
	best, err := r.best.Score(ctx, r.Test)
	if err != nil {
		return err
	}
	r.Summary.Final = figures(result.History.Last(), last)
	r.Summary.Best = figures(result.History[result.History.Best()], best)
	r.Summary.Confusion = best.Confusion
	if best.Correct != nil {
		if err := r.Folder.WriteCorrect(best.Correct); err != nil {
			return err
		}
	}
	return r.best.evaluate(r.Validation, func(e *training.Evaluator, batches *loaders.Batcher) (err error) {
		r.Summary.DeadUnits, err = e.DeadUnits(ctx, batches)
		return err
	})
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

// judge adds the history's figures, its speed and the verdict to the summary.
func (r *Run) judge(history metrics.History) {
	s := r.Summary
	for _, epoch := range history {
		s.TrainingSeconds += epoch.Seconds
	}
	if s.TrainingSeconds > 0 { // metrics.csv rounds epochs of less than half a millisecond to 0
		s.ImagesPerSecond = float64(len(history)*s.Images.Training) / s.TrainingSeconds
	}
	if s.Final == nil {
		s.Final = runfolder.FiguresOf(s.Task, history.Last())
	}
	if s.Best == nil {
		s.Best = runfolder.FiguresOf(s.Task, history[history.Best()])
	}
	against := metrics.Reference{Baseline: commonest(r.Training)}
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
