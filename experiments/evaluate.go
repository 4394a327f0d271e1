package experiments

import (
	"context"
	"fmt"
	"slices"

	"cifartrain/reports"
	"cifartrain/runfolder"
)

// Evaluate scores the best weights of the run at path on the test images again.
// overrides are those of [Session.Load].
func (s *Session) Evaluate(ctx context.Context, path string, overrides []string) error {
	folder, err := runfolder.Open(path)
	if err != nil {
		return UsageError(err.Error())
	}
	config, err := s.Load(folder.File(runfolder.ConfigFile), overrides)
	if err != nil {
		return err
	}
	s.Init = folder.File(runfolder.BestWeightsFile)
	architecture, weights, err := s.model(config)
	if err != nil {
		return err
	}
	images, err := s.open(ctx, config)
	if err != nil {
		return err
	}
	if err := s.compareWithTraining(folder, images); err != nil {
		return err
	}
	test, err := score(ctx, architecture, weights, evaluationBatches(config, images, images.test))
	if err != nil {
		return err
	}
	reports.ShowEvaluation(s.Out, images.dataset.Name+": "+reports.ClassList(images.test.Classes), images.test.Len(), lossName(config, architecture), test.Loss, test.Confusion)
	return nil
}

// compareWithTraining refuses other classes than the run was trained on, and
// warns of another dataset. A run that was cut short tells neither.
func (s *Session) compareWithTraining(folder *runfolder.Folder, images *images) error {
	trained, err := folder.Summary()
	if err != nil {
		return nil
	}
	if !slices.Equal(trained.Classes, images.test.Classes) {
		return UsageError(fmt.Sprintf("the run in %s was trained on %s, its config now says %s",
			folder.Path, reports.ClassList(trained.Classes), reports.ClassList(images.test.Classes)))
	}
	if trained.Dataset != images.dataset.Name {
		fmt.Fprintf(s.Err, "warning: the run was trained on the %s, these images are the %s\n", trained.Dataset, images.dataset.Name)
	}
	return nil
}
