"""Records trainings with media/recorder/unroll_keras.py, and prints what it should have recorded, as JSON.

Usage: check_keras.py FOLDER, or check_keras.py exit FOLDER for a program that ends with an error in the middle of fit(), or
check_keras.py real FOLDER for the Keras that is installed.

Without `real`, a small driver takes the place of Keras: it calls the documented methods of a callback in the order of fit(),
with a model of numpy arrays whose weights move by known amounts, and a loss metric that is reset before each epoch, weights
batches by their samples and has its sum in single precision, as keras.metrics.Mean does. It trains nothing.
"""

import json
import os
import sys
import time
import types

import numpy as np


class Callback:
    """What a callback inherits from keras.callbacks.Callback."""

    def __init__(self):
        self.params = None
        self._model = None

    def set_params(self, params):
        self.params = params

    def set_model(self, model):
        self._model = model

    @property
    def model(self):
        return self._model

    def _nothing(self, *_):
        pass

    on_epoch_begin = on_epoch_end = on_train_begin = on_train_end = _nothing
    on_train_batch_begin = on_train_batch_end = on_test_begin = on_test_end = _nothing


class Variable:
    def __init__(self, path, value):
        self.path, self.value, self.shape = path, np.asarray(value), np.shape(value)

    def numpy(self):
        # The memory itself, as some backends give it.
        return self.value


class Mean:
    name = "loss"

    def __init__(self):
        self.reset()

    def reset(self):
        self.total, self.count = Variable("total", np.float32(0)), Variable("count", np.float32(0))

    def add(self, loss, weight):
        self.total = Variable("total", np.float32(self.total.value + np.float32(loss) * np.float32(weight)))
        self.count = Variable("count", np.float32(self.count.value + weight))

    def result(self):
        return float(self.total.value / self.count.value)


class LSTMCell:
    units = 4


class LSTM:
    def __init__(self):
        self.cell = LSTMCell()


class Bidirectional:
    def __init__(self):
        self.layer, self.forward_layer, self.backward_layer = LSTM(), LSTM(), LSTM()


class GRUCell:
    units = 6


class OwnCell(GRUCell):
    pass


class StackedRNNCells:
    def __init__(self, cells):
        self.cells = cells


class RNN:
    def __init__(self, cell):
        self.cell = cell


class Dense:
    pass


class Sequential:
    def __init__(self, layers):
        self.layers = layers


class Adam:
    """Its schedule halves the rate at every update."""

    iterations, global_clipnorm = 0, 0.5

    @property
    def learning_rate(self):
        return 0.1 * 0.5**self.iterations


class Model:
    input_shape, output_shape = (None, 7, 3), (None, 1)

    def __init__(self, layers, weighting="samples"):
        self.layers, self.weighting, self.optimizer = layers, weighting, Adam()
        self.trainable_weights = [
            Variable("net/kernel", np.arange(6, dtype=np.float32).reshape(2, 3)),
            Variable("net/bias", np.ones(3, np.float32)),
            Variable("net/bias", np.zeros(1, np.float32)),
        ]
        self.metrics, self.stop_training, self.random = [Mean()], False, np.random.default_rng(1)

    def fit(self, batches, callback, epochs=1, initial_epoch=0, steps=None, validation=None, event=None, losses=None):
        """In the order of Keras' trainers; `event` is called after each batch, as another callback."""
        callback.set_params({"verbose": 0, "epochs": epochs, "steps": steps})
        callback.set_model(self)
        callback.on_train_begin()
        found = []
        for epoch in range(initial_epoch, epochs):
            self.metrics[0].reset()
            callback.on_epoch_begin(epoch)
            for batch, size in enumerate(batches):
                callback.on_train_batch_begin(batch)
                loss = float(np.float32(self.random.uniform(0.2, 3))) if losses is None else losses[batch]
                moves = [self.random.normal(size=one.shape).astype(np.float32) / 8 for one in self.trainable_weights]
                found.append({
                    "loss": loss, "learningRate": 0.1 * 0.5**self.optimizer.iterations, "validation": None,
                    "weight": [float(np.sqrt((one.value.astype(float) ** 2).sum())) for one in self.trainable_weights],
                })  # fmt: skip
                before = [one.value.copy() for one in self.trainable_weights]
                for one, move in zip(self.trainable_weights, moves):
                    one.value += move
                found[-1]["change"] = [
                    float(np.sqrt(((one.value.astype(float) - old) ** 2).sum()))
                    for one, old in zip(self.trainable_weights, before)
                ]
                self.optimizer.iterations += 1
                self.metrics[0].add(loss, size if self.weighting == "samples" else 1)
                callback.on_train_batch_end(batch, {"loss": self.metrics[0].result()})
                if event is not None:
                    event(epoch, batch)
            logs = {"loss": self.metrics[0].result()}
            if validation is not None:
                # evaluate() resets the metric of the loss.
                self.metrics[0].reset()
                callback.on_test_begin()
                self.metrics[0].add(validation[epoch], 20)
                callback.on_test_end()
                found[-1]["validation"] = logs["val_loss"] = validation[epoch]
            # Between the batches something else changes the weights.
            self.trainable_weights[0].value += np.float32(1)
            callback.on_epoch_end(epoch, logs)
            if self.stop_training:
                break
        callback.on_train_end(logs)
        return found


def driver():
    keras = types.ModuleType("keras")
    keras.__version__ = "3.0.0 driver"
    keras.callbacks = types.SimpleNamespace(Callback=Callback)
    keras.backend = types.SimpleNamespace(backend=lambda: "numpy")
    sys.modules["keras"] = keras


def manifest(folder):
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
        return json.load(file)


def refusal(action):
    try:
        action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "none"


def wait_for(folder, state):
    until = time.monotonic() + 20
    while manifest(folder)["state"] != state or os.path.exists(os.path.join(folder, "run.lock")):
        assert time.monotonic() < until, manifest(folder)
        time.sleep(0.02)


def check(folder, unroll_keras):
    os.makedirs(folder, exist_ok=True)
    inside = lambda name: os.path.join(folder, name)
    net = lambda: [Bidirectional(), Dense()]
    found = {}

    recorder = unroll_keras.Recorder(inside("plain"), notes="a “note”", lag=4, config={"dropout": 0})
    locked = []
    found["plain"] = Model(net()).fit(
        [8, 8, 4], recorder, 3, steps=3, validation=[0.5, 0.25, 0.125],
        event=lambda *_: locked.append(os.path.exists(inside("plain/run.lock"))),
    )  # fmt: skip
    assert all(locked) and not os.path.exists(inside("plain/run.lock"))
    found["refused"] = [
        refusal(lambda: unroll_keras.Recorder(inside("plain"))),
        refusal(lambda: unroll_keras.Recorder(inside("x"), every=0)),
        refusal(lambda: unroll_keras.Recorder(inside("x"), config={"a": float("nan")})),
    ]

    found["equal"] = Model(net(), "batches").fit([8, 8, 4], unroll_keras.Recorder(inside("equal")), 2)

    # Two calls of fit(), the second from the epoch of the first on; the weights at every third batch.
    model, recorder = Model([RNN(StackedRNNCells([OwnCell(), OwnCell()])), Dense()]), unroll_keras.Recorder(inside("twice"), every=3)
    found["twice"] = model.fit([8, 8], recorder, 2, steps=2)
    assert manifest(inside("twice"))["state"] == "finished"
    found["twice"] += model.fit([8, 8], recorder, 4, initial_epoch=2, steps=2)
    model.trainable_weights = model.trainable_weights[:1]
    found["refused"].append(refusal(lambda: model.fit([8], recorder)))

    # Ctrl+C in the middle of an epoch; the same program goes on, as a notebook does, and fits again.
    def press(epoch, batch):
        if (epoch, batch) == (1, 0):
            raise KeyboardInterrupt

    model, recorder = Model([Dense()]), unroll_keras.Recorder(inside("interrupted"))
    try:
        model.fit([8, 8], recorder, 5, event=press)
    except KeyboardInterrupt:
        pass
    wait_for(inside("interrupted"), "interrupted")
    found["interruptedManifest"] = manifest(inside("interrupted"))
    model.fit([8], recorder, 1, steps=1)

    # The loss is not finite from the second batch on, and another callback ends the training.
    model = Model([Sequential([LSTM(), LSTM()])])
    model.stop_training = True
    model.fit([8, 8, 8], unroll_keras.Recorder(inside("diverged")), 3, losses=[1.0, float("nan"), 1.0])
    model = Model([LSTM(), RNN(GRUCell())])
    model.stop_training = True
    model.fit([8], unroll_keras.Recorder(inside("stopped")), 3)
    print(json.dumps(found))


def end_by_error(folder, unroll_keras):
    def fail(epoch, batch):
        if batch == 2:
            raise OSError("the disk is gone")

    Model([LSTM()]).fit([8, 8, 8, 8], unroll_keras.Recorder(folder), 2, steps=4, event=fail)


def real(folder, unroll_keras):
    """A training by fit(), and the same by train_on_batch(), which returns the loss of each batch by itself."""
    import keras

    def net():
        schedule = keras.optimizers.schedules.ExponentialDecay(1e-2, 2, 0.5)
        model = keras.Sequential(
            [keras.layers.Input((7, 3)), keras.layers.Bidirectional(keras.layers.LSTM(5)), keras.layers.Dense(1)]
        )
        model.compile(optimizer=keras.optimizers.Adam(schedule), loss="mse")
        return model, schedule

    random = np.random.default_rng(0)
    x, y = random.random((20, 7, 3)).astype("float32"), random.random((20, 1)).astype("float32")
    (one, _), (other, schedule) = net(), net()
    other.set_weights(one.get_weights())
    recorder = unroll_keras.Recorder(folder)
    one.fit(x, y, batch_size=8, epochs=3, shuffle=False, verbose=0, validation_data=(x, y), callbacks=[recorder])
    found, norm = [], lambda value: float(np.linalg.norm(value.astype(float)))
    for epoch in range(3):
        for batch in range(3):
            rows = slice(8 * batch, 8 * batch + 8)
            before = [np.array(value) for value in other.get_weights()]
            other.reset_metrics()
            loss = other.train_on_batch(x[rows], y[rows])
            found.append({
                "loss": float(np.ravel(loss)[0]), "learningRate": 1e-2 * 0.5 ** ((3 * epoch + batch) / 2),
                "validation": None, "weight": [norm(value) for value in before],
                "change": [norm(new.astype(float) - old) for new, old in zip(other.get_weights(), before)],
            })  # fmt: skip
        found[-1]["validation"] = float(np.ravel(other.evaluate(x, y, batch_size=8, verbose=0))[0])
    print(json.dumps({"real": found}))


if __name__ == "__main__":
    *mode, place = sys.argv[1:]
    if mode != ["real"]:
        driver()
    import unroll_keras as recorder_module

    recorder_module.WATCH_INTERVAL = 0.02
    {"": check, "exit": end_by_error, "real": real}["".join(mode)](place, recorder_module)
