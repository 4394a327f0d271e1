package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
	"cifartrain/internal/series"
)

// evaluate scores a run's best weights on the test images again.
func (p *program) evaluate(ctx context.Context, operands []string) error {
	s := &p.session
	run, err := series.Open(s, operands[0], p.settings())
	if err != nil {
		return err
	}
	if err := sameModel(s, run); err != nil {
		return err
	}
	need, _, err := run.BestWeights()
	if err != nil {
		return err
	}
	need.Images = true
	if err := run.Prepare(ctx, need); err != nil {
		return err
	}
	if err := compareWithTraining(s, run); err != nil {
		return err
	}
	test, err := run.Score(ctx, run.Test)
	if err != nil {
		return err
	}
	reports.ShowEvaluation(p.stdout, run.Dataset.Name+": "+reports.ClassList(run.Test.Classes), run.Test.Len(), run.Loss(), test.Loss, test.Confusion)
	return nil
}

// sameModel refuses keys with which the weights would be scored on something
// that they were not trained for.
func sameModel(s *runs.Session, run *runs.Run) error {
	trained, err := s.Load(run.Folder.File(runfolder.ConfigFile), nil)
	if err != nil {
		return err
	}
	changed := slices.DeleteFunc(configs.Differences(trained, run.Config), func(key string) bool {
		return slices.Contains([]string{"source", "place", "evaluation"}, configs.Changes(key))
	})
	if len(changed) > 0 {
		return wrong("%s was trained with another %s, so the score of its weights would be wrong; evaluate allows no key but data.source, data.eval_batch_size and those that say where the data is",
			run.Folder.Path, strings.Join(changed, ", "))
	}
	return nil
}

// compareWithTraining refuses other classes than those the run was trained on,
// and warns of another dataset. Without a summary of the run it can check
// neither.
func compareWithTraining(s *runs.Session, run *runs.Run) error {
	trained := run.Summary
	if trained == nil {
		return nil
	}
	if !slices.Equal(trained.Classes, run.Test.Classes) {
		return wrong("the run in %s was trained on %s, but its config now says %s",
			run.Folder.Path, reports.ClassList(trained.Classes), reports.ClassList(run.Test.Classes))
	}
	now := runfolder.Images{Training: run.Training.Len(), Validation: run.Validation.Len(), Test: run.Test.Len()}
	switch {
	case trained.Dataset != run.Dataset.Name:
		fmt.Fprintf(s.Err, "warning: these images are from another dataset (%s) than the one that the run was trained on (%s)\n", run.Dataset.Name, trained.Dataset)
	case trained.Images != now:
		fmt.Fprintf(s.Err, "warning: the dataset has changed since the run was trained: it had %s, %s and %s images for training, validation and test, and now has %s, %s and %s\n",
			reports.Thousands(trained.Images.Training), reports.Thousands(trained.Images.Validation), reports.Thousands(trained.Images.Test),
			reports.Thousands(now.Training), reports.Thousands(now.Validation), reports.Thousands(now.Test))
	}
	return nil
}
