package main

import (
	"context"

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
	test, err := score(ctx, architecture, weights, evaluationBatches(config, images, images.test))
	if err != nil {
		return err
	}
	terminal.Evaluation(p.stdout, images.dataset.Name+": "+classList(images.test.Classes), images.test.Len(), architecture.LossName, test.Loss, test.Confusion)
	return nil
}
