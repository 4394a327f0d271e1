"""JAX at the exercise: a jitted function for each step, or one for a whole epoch."""

import jax
import jax.numpy as jnp

from exercise import BATCH, EVALUATION_BATCH, initial_weights, loss_and_output

VARIANTS = ("steps", "scan")


class Peer:
    """A model in training."""

    relu = staticmethod(jax.nn.relu)

    @staticmethod
    def linear(x, w, b):
        return x @ w.T + b

    @staticmethod
    def mean_squared_error(a, b):
        return jnp.mean((a - b) ** 2)

    def __init__(self, model, variant, training):
        self.model, self.batch, self.scanned = model, BATCH[model], variant == "scan"
        self.x, self.y = jnp.asarray(training.images), jnp.asarray(training.labels)
        weights = [jnp.asarray(w) for w in initial_weights(model).values()]
        zeros = [jnp.zeros_like(w) for w in weights]
        self.state = (weights, zeros, [jnp.copy(z) for z in zeros], jnp.zeros(()))
        self.jitted_step = jax.jit(self.stepped, donate_argnums=0)
        self.jitted_epoch = jax.jit(self.scanned_epoch, donate_argnums=0)

    def stepped(self, state, x, y, places):
        """The state after a step on the images at the places, and their loss."""
        w, m, v, t = state
        xs, ys = x[places], y[places]
        (loss, _), gradients = jax.value_and_grad(
            lambda w: loss_and_output(self, self.model, w, xs, ys), has_aux=True)(w)
        if self.model == "svm":  # SGD with weight decay
            return ([w - 0.1 * (g + 0.5 * w) for w, g in zip(w, gradients)], m, v, t), loss
        t += 1  # Adam with its usual constants
        m = [0.9 * m + 0.1 * g for m, g in zip(m, gradients)]
        v = [0.999 * v + 0.001 * g * g for v, g in zip(v, gradients)]
        w = [w - 1e-3 / (1 - 0.9 ** t) * m / (jnp.sqrt(v / (1 - 0.999 ** t)) + 1e-8) for w, m, v in zip(w, m, v)]
        return (w, m, v, t), loss

    def scanned_epoch(self, state, x, y, order):
        """The state after an epoch, and the sum of its images' losses."""
        whole = len(order) // self.batch * self.batch
        state, losses = jax.lax.scan(lambda state, places: self.stepped(state, x, y, places), state,
                                     order[:whole].reshape(-1, self.batch))
        state, last = self.stepped(state, x, y, order[whole:])
        return state, losses.sum() * self.batch + last * (len(order) - whole)

    def step(self, places):
        """Trains on the images at the places and returns their loss."""
        self.state, loss = self.jitted_step(self.state, self.x, self.y, places)
        return loss

    def epoch(self, order):
        """Trains on all images in the order and returns the mean of their losses."""
        if not self.scanned:
            return float(sum(self.step(places) * len(places) for places in self.batches(order))) / len(order)
        self.state, loss = self.jitted_epoch(self.state, self.x, self.y, order)
        return float(loss) / len(order)

    def batches(self, order):
        """The places of each batch, as step takes them."""
        return [order[first:first + self.batch] for first in range(0, len(order), self.batch)]

    @staticmethod
    def wait(loss):
        """Returns when the step of the loss is done."""
        return float(loss)

    def evaluation(self, given):
        """A function that measures the mean loss and the accuracy over a set, whose size is whole batches."""
        shape = (-1, EVALUATION_BATCH)
        x, y = jnp.asarray(given.images).reshape(*shape, given.images.shape[1]), jnp.asarray(given.labels).reshape(shape)

        @jax.jit
        def means(weights, x, y):
            def of_batch(batch):
                loss, output = loss_and_output(self, self.model, weights, *batch)
                return loss, jnp.mean((output > 0) == (batch[1] > 0)) if output.ndim == 1 else 0.0
            return [each.mean() for each in jax.lax.map(of_batch, (x, y))]

        return lambda: tuple(float(mean) for mean in means(self.state[0], x, y))
