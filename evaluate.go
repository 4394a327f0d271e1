package main

import (
	"context"
	"fmt"
	"slices"

	"cifartrain/runfolder"
	"cifartrain/terminal"
)

// evaluate scores a finished run's best weights on the test images again.
func (p *program) evaluate(ctx context.Context, path string) error {
	folder, err := runfolder.Open(path)
	if err != nil {
		return usageError(err.Error())
	}
	config, err := p.load(folder.File(runfolder.ConfigFile))
	if err != nil {
		return err
	}
	p.init = folder.File(runfolder.BestWeightsFile)
	architecture, weights, err := p.model(config)
	if err != nil {
		return err
	}
	images, err := p.open(ctx, config)
	if err != nil {
		return err
	}
	if err := p.compareWithTraining(folder, images); err != nil {
		return err
	}
	test, err := score(ctx, architecture, weights, evaluationBatches(config, images, images.test))
	if err != nil {
		return err
	}
	terminal.Evaluation(p.stdout, images.dataset.Name+": "+classList(images.test.Classes), images.test.Len(), lossName(config, architecture), test.Loss, test.Confusion)
	return nil
}

// compareWithTraining refuses other classes than the run was trained on, and
// warns of another dataset. A run that was cut short tells neither.
func (p *program) compareWithTraining(folder *runfolder.Folder, images *images) error {
	trained, err := folder.Summary()
	if err != nil {
		return nil
	}
	if !slices.Equal(trained.Classes, images.test.Classes) {
		return usageError(fmt.Sprintf("the run in %s was trained on %s, its config now says %s",
			folder.Path, classList(trained.Classes), classList(images.test.Classes)))
	}
	if trained.Dataset != images.dataset.Name {
		fmt.Fprintf(p.stderr, "warning: the run was trained on the %s, these images are the %s\n", trained.Dataset, images.dataset.Name)
	}
	return nil
}
