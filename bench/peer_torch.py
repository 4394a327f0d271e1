"""PyTorch at the exercise: eager, with a fused optimizer, or compiled with one."""

import torch
from torch.nn import functional

from exercise import BATCH, EVALUATION_BATCH, initial_weights, loss_and_output

VARIANTS = ("eager", "fused", "compiled")


class Peer:
    """A model in training."""

    linear = staticmethod(functional.linear)
    relu = staticmethod(functional.relu)
    mean_squared_error = staticmethod(functional.mse_loss)

    def __init__(self, model, variant, training):
        self.batch = BATCH[model]
        self.x, self.y = torch.from_numpy(training.images), torch.from_numpy(training.labels)
        self.weights = [torch.from_numpy(w).requires_grad_() for w in initial_weights(model).values()]
        fused = variant != "eager"
        if model == "svm":
            self.optimizer = torch.optim.SGD(self.weights, lr=0.1, weight_decay=0.5, fused=fused)
        else:
            self.optimizer = torch.optim.Adam(self.weights, lr=1e-3, fused=fused)

        def of_batch(x, y):
            return loss_and_output(self, model, self.weights, x, y)

        self.of_batch = torch.compile(of_batch) if variant == "compiled" else of_batch

    def step(self, places):
        """Trains on the images at the places and returns their loss."""
        self.optimizer.zero_grad(set_to_none=True)
        loss, _ = self.of_batch(self.x[places], self.y[places])
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def epoch(self, order):
        """Trains on all images in the order and returns the mean of their losses."""
        return float(sum(self.step(places) * len(places) for places in self.batches(order))) / len(order)

    def batches(self, order):
        """The places of each batch, as step takes them."""
        return torch.from_numpy(order).split(self.batch)

    @staticmethod
    def wait(loss):
        """Returns when the step of the loss is done."""
        return loss.item()

    def evaluation(self, given):
        """A function that measures the mean loss and the accuracy over a set."""
        x, y = torch.from_numpy(given.images), torch.from_numpy(given.labels)

        @torch.no_grad()
        def evaluate():
            loss, right = 0, 0
            for xs, ys in zip(x.split(EVALUATION_BATCH), y.split(EVALUATION_BATCH)):
                each, output = self.of_batch(xs, ys)
                loss += each * len(xs)
                if output.ndim == 1:
                    right += ((output > 0) == (ys > 0)).sum()
            return float(loss) / len(x), float(right) / len(x)

        return evaluate
