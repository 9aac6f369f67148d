"""Records how a model of Keras trains, in a folder that the VS Code extension Unroll opens.

    import unroll_keras

    model.fit(x, y, epochs=20, callbacks=[unroll_keras.Recorder("unroll-runs/my-run")])

Of every batch it records the loss, the learning rate, and of each trainable weight its norm and the norm of its change; of
every epoch the validation loss, if `fit` measures it. Keras gives callbacks no gradients: they are not recorded, and neither
is the gradient through time.

It needs Python 3.8, numpy, Keras 3 or `tf.keras` of TensorFlow 2, and the file `unroll.py` beside it, of which it uses what
writes the files of a run (PyTorch is not needed for that). Both may be copied and changed freely.
"""

import atexit
import math
import os
import sys
import threading
import time
import warnings

import numpy as np
import unroll

__all__ = ["Recorder"]

if getattr(unroll, "VERSION", 0) < 3:
    raise ImportError(
        f"{unroll.__file__} is not the recorder of this file, or an earlier one. Delete it, and copy both files "
        "by “Unroll: Copy Keras Callback…”."
    )

#: Seconds between two looks whether fit() still runs.
WATCH_INTERVAL = 2.0

#: In place of the gradient, in run.json and in the panel.
NO_GRADIENT = "Keras gives callbacks no gradients"

_CELLS = {"SimpleRNNCell": "rnn", "LSTMCell": "lstm", "GRUCell": "gru"}


def _import_keras():
    """The Keras of the program, whose Callback must be the base of a callback."""
    if os.environ.get("TF_USE_LEGACY_KERAS", "").lower() in ("1", "true"):
        # tf.keras is then Keras 2, beside a `keras` that is Keras 3.
        import tf_keras

        return tf_keras
    try:
        import keras
    except ModuleNotFoundError as error:
        if error.name != "keras":
            raise
        from tensorflow import keras
    return keras


keras = _import_keras()


class Recorder(keras.callbacks.Callback):
    """A callback for `model.fit()`.

    folder: the folder of the run; it must not exist, or be empty. Unroll finds runs in folders named `unroll-runs` beside
            the program, and shows a run while it is recorded

    Options:
    every:  the norms of the weights are recorded at every batch whose number is a multiple of it (default 1). They cost two
            copies of the weights to the memory of the CPU, before and after the batch
    name:   the name of the run; by default that of its folder
    notes:  a text that is shown with the run
    lag:    time steps that the task requires to remember, if that is known
    config: a dictionary of what distinguishes this run from others, for comparisons, such as {"dropout": 0.2}

    The same recorder may be given to several calls of `fit()` of one model: they are one run. A run whose `fit()` ends by an
    exception or Ctrl+C is interrupted. With `steps_per_execution=N` a record is that of N batches, with their mean loss.
    """

    def __init__(self, folder, *, every=1, name=None, notes="", lag=None, config=None):
        super().__init__()
        if not isinstance(every, int) or every < 1:
            raise ValueError(f"every is {every!r}; it must be a whole number of at least 1.")
        self._files = unroll._RunFiles(os.fspath(folder))
        self._files.check_new()
        self._name = name or os.path.basename(os.path.abspath(folder))
        self._every, self._notes, self._lag, self._config = every, notes, lag, dict(config or {})
        for option, value in {"name": name, "notes": notes, "lag": lag, "config": self._config}.items():
            try:
                unroll.json.dumps(value, allow_nan=False)
            except (TypeError, ValueError) as error:
                raise ValueError(f"{option} is {value!r}; it may hold finite numbers, texts and lists ({error}).") from None
        self._updates, self._calls, self._rows, self._planned = 0, 0, [], 0
        self._weights, self._names, self._layout, self._facts = None, None, None, None
        self._state, self._message, self._reason = "running", None, None
        self._last_loss, self._validation, self._first_not_finite = None, None, None
        self._began, self._seconds, self._rate, self._is_told = None, 0.0, math.nan, False
        self._recording, self._guard = False, threading.RLock()

    # What Keras calls: https://keras.io/guides/writing_your_own_callbacks/

    def on_train_begin(self, logs=None):
        self._end("interrupted", "The fit() before did not end by itself.")
        if self._layout is None:
            self._files.check_new()
            self._began = unroll._now()
        self._begins_epoch, self._planned_here = None, 0
        self._clock = time.perf_counter() - self._seconds
        self._total, self._count, self._before = 0.0, 0.0, None
        self._state, self._message, self._reason = "running", None, None
        self._find_weights()
        self._files.lock()
        if self._layout is not None:
            self._files.resume(self._layout, os.path.getsize(self._files.records_path))
        self._recording, self._fit = True, _frame_of_fit()
        atexit.register(self._at_exit)
        threading.Thread(target=self._watch, args=(self._fit, threading.get_ident()), daemon=True).start()

    def on_epoch_begin(self, epoch, logs=None):
        # fit() resets its metrics before every epoch.
        self._total, self._count = 0.0, 0.0
        if self._begins_epoch is None:
            self._begins_epoch = epoch
            steps, epochs = (self.params or {}).get("steps"), (self.params or {}).get("epochs")
            # The number of steps of a generator is not known.
            self._planned = self._updates + steps * (epochs - epoch) if steps and epochs else 0

    def on_train_batch_begin(self, batch, logs=None):
        self._first_batch = batch
        # Here, as the schedule of a learning rate has gone on to the next update when the batch has ended. With JAX, the
        # property `model` brings the weights up to date.
        self._rate = _learning_rate(self.model)
        self._before = None
        if self._calls % self._every == 0:
            self._find_weights()
            if self._weights is not None:
                self._before = [_copy(weight) for weight in self._weights]

    def on_train_batch_end(self, batch, logs=None):
        if not self._recording:
            return
        model = self.model
        loss = self._loss_of_batch(model, logs or {})
        self._updates += batch - self._first_batch + 1
        if not math.isfinite(loss) and self._first_not_finite is None:
            self._first_not_finite = self._updates - 1
        row = {
            "update": self._updates - 1,
            "loss": loss,
            "validation_loss": None,
            # Not known, which is not 0.
            **dict.fromkeys(("grad_norm", "clipped_norm", "clip_coefficient"), math.nan),
            "clipped": False,
            "learning_rate": self._rate,
            "seconds": time.perf_counter() - self._clock,
        }
        if self._layout is None:
            self._begin(model, is_sparse=self._every > 1 or batch > self._first_batch)
        row.update(self._norms())
        with self._guard:
            self._rows.append(row)
            self._last_loss, self._calls = loss, self._calls + 1
            if self._files.is_due():
                self._write(keep_last=True)

    def on_epoch_end(self, epoch, logs=None):
        loss = (logs or {}).get("val_loss")
        with self._guard:
            if loss is not None and self._rows:
                self._validation = self._rows[-1]["validation_loss"] = float(loss)

    def on_train_end(self, logs=None):
        if self._first_not_finite is not None:
            self._end("diverged", f"The loss is not finite from update {self._first_not_finite} on.")
        else:
            # A callback such as EarlyStopping has ended it otherwise.
            self._reason = None if getattr(self.model, "stop_training", False) else "steps"
            self._end("finished", None)

    # What is measured

    def _loss_of_batch(self, model, logs):
        """The loss of the batch (with steps_per_execution, the mean of its batches).

        What Keras passes on, `logs["loss"]`, is the mean of all batches of the epoch so far: a metric `keras.metrics.Mean`
        that fit() resets before each epoch ("Aggregated metric results up until this batch" in the documentation of
        Callback.on_train_batch_end). It weights batches by their samples, in Keras 3.0 and 3.1 equally. The metric has the sum
        and the sum of the weights, so the loss of the batch is the difference of two sums divided by that of the weights,
        whatever they are. Both are kept in single precision: at the nth batch of an epoch, it is rounded to about 6e-8 n of
        the mean.
        """
        if "loss" not in logs:
            raise RuntimeError("Keras gives no loss: model.compile() needs a loss, or train_step() must return it as `loss`.")
        mean = float(np.asarray(_plain(logs["loss"])))
        metric = next((one for one in model.metrics if one.name == "loss" and hasattr(one, "total")), None)
        if metric is None:
            if not self._is_told:
                warnings.warn(
                    "The model has no metric `loss` with its sum, as fit() of Keras has: "
                    "the loss is recorded as train_step() returns it."
                )
            self._is_told = True
            return mean
        total, count = float(np.asarray(_plain(metric.total))), float(np.asarray(_plain(metric.count)))
        if count <= self._count:
            # Something else has reset the metric, such as evaluate() in another callback.
            self._total, self._count = 0.0, 0.0
        loss = (total - self._total) / (count - self._count) if count > self._count else math.nan
        self._total, self._count = total, count
        return loss

    def _norms(self):
        """The norm of each weight before the batch, and that of its change; NaN where they are not measured."""
        norms = {}
        for place, name in enumerate(self._names):
            change = norm = math.nan
            if self._before is not None:
                before = self._before[place].astype(np.float64).ravel()
                after = _copy(self._weights[place]).astype(np.float64).ravel()
                change, norm = float(np.linalg.norm(after - before)), float(np.linalg.norm(before))
            norms.update({f"grad_norm/{name}": math.nan, f"clipped_norm/{name}": math.nan})
            norms.update({f"update_norm/{name}": change, f"weight_norm/{name}": norm})
        self._before = None
        return norms

    def _find_weights(self):
        """The trainable weights; a model that was not called yet may have none."""
        weights = list(self.model.trainable_weights)
        if not weights:
            return
        names = _unique([str(getattr(weight, "path", None) or weight.name).split(":")[0] for weight in weights])
        if self._layout is not None and names != self._names:
            raise ValueError(
                "The trainable weights of the model are not those that this recorder began with. "
                "Record them with another Recorder, in a folder of its own."
            )
        self._weights, self._names = weights, names

    # Files

    def _begin(self, model, is_sparse):
        self._find_weights()
        if self._weights is None:
            raise RuntimeError("The model has no trainable weights.")
        self._layout = {
            "parameters": self._names,
            "layers": 0,
            "steps": 0,
            "hasCellState": False,
            "saturating": [],
            # Between the records of weights there is nothing, rather than something that was lost.
            **({"isSparse": True} if is_sparse else {}),
        }
        self._describe(model)
        self._files.begin(self._layout)

    def _describe(self, model):
        cells = [cell for layer in model.layers for cell in _cells_of(layer)]
        kinds = {_kind_of(cell) for cell in cells}
        units = [int(getattr(cell, "units", 0) or 0) for cell in cells]
        kind = kinds.pop() if len(kinds) == 1 else "unknown"
        hidden = units[0] if len(set(units)) == 1 else 0
        activation = getattr(getattr(cells[0], "activation", None), "__name__", None) if kind == "rnn" else None
        optimizer, rate = type(model.optimizer).__name__, self._rate
        has_rate, clip = math.isfinite(rate), _clipping(model.optimizer)
        input_shape, output_shape = _shape(model, "input_shape"), _shape(model, "output_shape")
        is_sequence = len(input_shape) == 3
        self._experiment = {
            "name": self._name,
            "model": {
                "cell": kind,
                "hidden": units if hidden == 0 else hidden,
                "layers": len(cells),
                **({"activation": activation} if activation else {}),
            },
            "optimizer": {"kind": optimizer, **({"learningRate": rate} if has_rate else {})},
            **({"config": self._config} if self._config else {}),
        }
        self._facts = {
            "name": self._name,
            "variant": None,
            "notes": self._notes,
            "seed": 0,
            "cell": kind,
            "activation": activation,
            "inputs": input_shape[-1] if len(input_shape) > 1 else 0,
            "hidden": hidden,
            "layerCount": len(cells),
            "outputs": output_shape[-1] if len(output_shape) > 1 else 0,
            "parameterCount": sum(math.prod(weight.shape) for weight in self._weights),
            "steps": input_shape[1] if is_sequence else 0,
            "batch": 0,
            "data": "recorded from Keras",
            "loss": {"kind": "other", "reduction": "mean"},
            "bptt": "full",
            "clip": clip,
            "optimizer": f"{optimizer}, learning rate {rate:g}" if has_rate else optimizer,
            "recordEvery": self._every,
            "baselines": [],
            "lag": self._lag,
            "recordedBy": f"Keras {keras.__version__} ({keras.backend.backend()})",
            "noGradient": NO_GRADIENT,
            "kernels": "keras",
            "memoryBytes": 0,
            "folder": None,
            "layout": self._layout,
        }

    def _write(self, keep_last=False):
        """Writes the rows; the last one may still get the validation loss of its epoch."""
        written = len(self._rows) - (1 if keep_last else 0)
        self._seconds = time.perf_counter() - self._clock
        self._files.write(self._rows[:written], self._manifest())
        self._rows = self._rows[written:]

    def _manifest(self):
        return {
            "format": "unroll-run",
            "version": 1,
            "experiment": self._experiment,
            "variant": None,
            "kernels": "keras",
            "state": self._state,
            "reason": self._reason,
            "updates": self._updates,
            "startedAt": self._began,
            "endedAt": None if self._state == "running" else unroll._now(),
            "seconds": self._seconds,
            "loss": unroll._finite(self._last_loss),
            "validationLoss": unroll._finite(self._validation),
            "message": self._message,
            "facts": {
                **self._facts,
                "plannedUpdates": self._planned,
                "validateEvery": 0 if self._validation is None else 1,
            },
        }

    def _end(self, state, message):
        """Ends the recording of a fit(), if it is recorded."""
        with self._guard:
            if not self._recording:
                return
            self._recording, self._state, self._message = False, state, message
            atexit.unregister(self._at_exit)
            try:
                if self._layout is not None:
                    self._write()
            finally:
                self._files.close()

    # fit() tells no callback that it ended by an exception or Ctrl+C. A program ends then, but a notebook goes on.

    def _at_exit(self):
        self._end("interrupted", "The program ended before fit() did.")

    def _watch(self, fit, thread):
        """Ends the recording when fit(), by the identity of its frame, is no longer on the stack of its thread."""
        while fit is not None and self._recording and self._fit == fit:
            time.sleep(WATCH_INTERVAL)
            frame = sys._current_frames().get(thread)
            while frame is not None and id(frame) != fit:
                frame = frame.f_back
            if frame is None and self._fit == fit:
                self._end("interrupted", "fit() ended before its last epoch did, by an exception or Ctrl+C.")


def _frame_of_fit():
    """The identity of the frame of fit() that has called this; None in a training loop of another kind."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_name != "fit":
        frame = frame.f_back
    return None if frame is None else id(frame)


def _cells_of(layer):
    """The recurrent cells of a layer and of what is in it, in their order; of Bidirectional those of both directions."""
    if hasattr(layer, "forward_layer") and hasattr(layer, "backward_layer"):
        return [*_cells_of(layer.forward_layer), *_cells_of(layer.backward_layer)]
    cell = getattr(layer, "cell", None)
    if cell is not None:
        # RNN([...]) has one cell of several.
        return list(getattr(cell, "cells", [cell]))
    inner = getattr(layer, "layers", None) or getattr(layer, "_layers", None) or []
    if not inner and hasattr(layer, "layer"):
        inner = [layer.layer]
    return [cell for one in inner for cell in _cells_of(one)]


def _kind_of(cell):
    return next((_CELLS[one.__name__] for one in type(cell).__mro__ if one.__name__ in _CELLS), "unknown")


def _learning_rate(model):
    """The learning rate of the next update; NaN if the optimizer has none."""
    rate = getattr(model.optimizer, "learning_rate", math.nan)
    if callable(rate):
        rate = rate(model.optimizer.iterations)
    return float(np.asarray(_plain(rate)))


def _clipping(optimizer):
    """How the optimizer clips, as run.json says it. Of clipnorm, which clips each weight by itself, it has no word."""
    for kind, option in (("norm", "global_clipnorm"), ("value", "clipvalue")):
        threshold = getattr(optimizer, option, None)
        if threshold is not None:
            return {"kind": kind, "threshold": float(threshold)}
    return None


def _shape(model, name):
    """The sizes of an input or output, 0 where they are free; empty if the model has several or does not know."""
    try:
        shape = getattr(model, name)
    except (AttributeError, RuntimeError, ValueError):
        return ()
    if not isinstance(shape, tuple) or not all(size is None or isinstance(size, int) for size in shape):
        return ()
    return tuple(size or 0 for size in shape)


def _plain(value):
    """A variable or tensor of any backend as what numpy reads."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    return value.numpy() if hasattr(value, "numpy") else value


def _copy(weight):
    # What numpy() returns may be the memory of the weight itself.
    return np.array(_plain(weight))


def _unique(names):
    """Names of at most 200 characters, each of which is there once."""
    found = []
    for name in (name[-200:] for name in names):
        count, one = 1, name
        while one in found:
            count += 1
            one = f"{name}_{count}"
        found.append(one)
    return found
