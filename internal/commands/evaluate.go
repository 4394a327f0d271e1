package commands

import (
	"context"
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
	need := runs.Need{Images: true, Others: run.Config.Overridden("data.dir") || run.Config.Overridden("data.source")}
	if err := run.PrepareTrained(ctx, false, need); err != nil {
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
	trained, err := runs.Load(run.Folder.File(runfolder.ConfigFile), nil)
	if err != nil {
		return err
	}
	changed := slices.DeleteFunc(configs.Differences(trained, run.Config), func(key string) bool {
		return slices.Contains([]string{"source", "place", "evaluation"}, configs.Changes(key))
	})
	if len(changed) > 0 {
		return runs.Requestf("%s was trained with another %s, so the score of its weights would be wrong; evaluate allows no key but data.source, data.eval_batch_size and those that say where the data is",
			run.Folder.Path, strings.Join(changed, ", "))
	}
	return nil
}
