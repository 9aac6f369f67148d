"""Records how a recurrent network of PyTorch trains, in a folder that the VS Code extension Unroll opens.

    import unroll

    with unroll.record(model, "unroll-runs/my-run", optimizer=optimizer) as recorder:
        for inputs, targets in batches:
            optimizer.zero_grad()
            loss = criterion(model(inputs), targets)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            recorder.step(loss)  # after optimizer.step(), before the next zero_grad()

Of every update it records the loss, the learning rate, the norm of the gradient before and after clipping, and of each
parameter the norms of its gradient, its change and its value. Of every tenth update (`every`) it also records, for each
time step t, the norm of the gradient dL/dh_t of the hidden state (and dL/dc_t of an LSTM).

The kernels of nn.RNN, nn.LSTM and nn.GRU do not give dL/dh_t away. For these updates the layer is therefore computed step
by step, from its own weights, by operations that autograd sees. The results are those of the kernel but for rounding,
which is checked at the first of these updates. Such an update takes longer; all others run as always.

It needs Python 3.8 and PyTorch 1.13 or later, and nothing else. The file may be copied and changed freely.
"""

import json
import math
import os
import socket
import struct
import threading
import time
import types
import warnings
from datetime import datetime, timezone

__all__ = ["record", "Recorder", "VERSION"]

#: What the recorder can do; a program compares it where it needs something that an earlier copy does not have.
VERSION = 3

#: Seconds between two writes of the records; what is younger is lost if the process is killed.
WRITE_INTERVAL = 1.0

#: Set by _import_torch(): unroll_keras.py uses the files of this recorder where there is no PyTorch.
torch = nn = PackedSequence = None
_LAYERS, _CELLS = {}, {}
#: The gates and the candidate of each cell, in the order of the rows of their weights.
_GATES = {"rnn": ["h"], "lstm": ["i", "f", "g", "o"], "gru": ["r", "z", "n"]}
_CANDIDATES = {"h", "g", "n"}
#: The identities of the layers that are being recorded.
_recorded = set()


def _import_torch():
    global torch, nn, PackedSequence
    import torch
    from torch import nn
    from torch.nn.utils.rnn import PackedSequence

    _LAYERS.update({nn.RNN: "rnn", nn.LSTM: "lstm", nn.GRU: "gru"})
    _CELLS.update({nn.RNNCell: "rnn", nn.LSTMCell: "lstm", nn.GRUCell: "gru"})


def record(model, folder, **options):
    """Begins to record; use it in a `with` statement.

    model:      an nn.Module with an nn.RNN, nn.LSTM or nn.GRU, or with nn.RNNCell, nn.LSTMCell or nn.GRUCell
    folder:     the folder of the run; it must not exist, or be empty. Unroll finds runs in folders named `unroll-runs`
                beside the program, and shows a run while it is recorded

    Options:
    optimizer:  for the learning rate; that of its first parameter group
    module:     the recurrent layer to record, or its name in `model`; needed only if there are several
    every:      the gradient through time is recorded at every update whose number is a multiple of it (default 10)
    steps:      the longest sequence, in time steps; by default the length of the first one
    name:       the name of the run; by default that of its folder
    notes:      a text that is shown with the run
    clip:       the threshold of gradient clipping by norm, for its line in the picture
    lag:        time steps that the task requires to remember, if that is known
    updates:    how many updates are planned, if that is known
    config:     a dictionary of what distinguishes this run from others, for comparisons, such as {"dropout": 0.2}
    scaler:     the GradScaler of mixed precision, whose scale is taken out of the gradients
    capture:    numbers of updates, the first is 0, of which everything is kept, in step-N.safetensors: parameters,
                gradients, inputs, states, gates and outputs. For an nn.RNN, nn.LSTM or nn.GRU with one direction, an
                nn.Linear after it, and a mean cross-entropy or mean squared error, whose targets are passed to step()
    head:       that nn.Linear, or its name; by default the only one of the model
    distributed: True in every process of torch.distributed, where the loss of each process is its part of a sum, which is
                the loss of the whole batch. The process of rank 0 writes; norms through time are those of the whole batch.
                See `measure_gradients`
    recurrence: of a net whose recurrence is written out, a dictionary with its cell, hidden, layers, activation (or None),
                inputs and batch. Its layers are not observed: pass `series` to step()
    experiment: a dictionary for comparisons, in place of what the recorder knows of the model and the optimizer
    facts:      entries of `facts` in run.json, in place of what the recorder cannot know
    resume:     what `position` returned: the records in the folder are cut there and continued
    """
    return Recorder(model, folder, **options)


class Recorder:
    """See `record`."""

    def __init__(
        self, model, folder, *, optimizer=None, module=None, every=10, steps=None, name=None, notes="", clip=None,
        lag=None, updates=0, config=None, scaler=None, capture=(), head=None, distributed=False, recurrence=None,
        experiment=None, facts=None, resume=None,
    ):  # fmt: skip
        if not isinstance(every, int) or every < 1:
            raise ValueError(f"every is {every!r}; it must be a whole number of at least 1.")
        _import_torch()
        self.folder = os.fspath(folder)
        self._distributed = distributed and torch.distributed.get_world_size() > 1
        self._writes = not self._distributed or torch.distributed.get_rank() == 0
        begins = resume is None or resume["bytes"] == 0
        self._files = _RunFiles(self.folder)
        if resume is None and self._writes:
            self._files.check_new()
        self._model, self._optimizer, self._every, self._scaler = model, optimizer, every, scaler
        self._recurrence = recurrence
        self._modules = _recurrent_modules(model, module) if recurrence is None else []
        self._cell = recurrence["cell"] if recurrence else _kind_of(self._modules[0])
        self._gates = [] if recurrence else _GATES[self._cell]
        self._captures = frozenset(capture)
        if self._captures and (self._distributed or recurrence):
            raise ValueError("capture= needs a layer of torch.nn, and one process.")
        self._head = _head_of(model, head, self._modules) if self._captures else None
        self._head_calls, self._raw_grads = [], {}
        self._layers = recurrence["layers"] if recurrence else sum(_rows_of(one) for one in self._modules)
        self._steps = steps
        self._facts = {"name": name, "notes": notes, "clip": clip, "lag": lag, "updates": updates}
        self._config = dict(config or {})
        for option, value in {**self._facts, "config": self._config}.items():
            try:
                json.dumps(value, allow_nan=False)
            except (TypeError, ValueError) as error:
                raise ValueError(f"{option} is {value!r}; it may hold finite numbers, texts and lists ({error}).") from None
        self._parameters = [(key, p) for key, p in model.named_parameters() if p.requires_grad]
        self._updates, self._rows, self._traces, self._raw = 0, [], [], {}
        self._sizes, self._loss = None, None
        self._is_checked, self._is_too_long, self._first_not_finite = False, False, None
        self._validation, self._state, self._message, self._ended = None, "running", None, None
        self._reason, self._experiment, self._more_facts = None, experiment, dict(facts or {})
        self._resume, self._resumed_at = (None if begins else resume), []
        self._rate = None if optimizer is None else float(optimizer.param_groups[0]["lr"])
        self._restore, self._scale = [], 1.0

    def __enter__(self):
        if any(id(module) in _recorded for module in self._modules):
            raise RuntimeError("This layer is being recorded already. End the other recorder first.")
        _recorded.update(id(module) for module in self._modules)
        self._began, self._clock = _now(), time.perf_counter()
        self._before = [p.detach().clone() for _, p in self._parameters]
        for key, parameter in self._parameters:
            self._restore.append(parameter.register_hook(self._measures_raw(key, parameter)).remove)
        for row, module in enumerate(self._modules):
            self._observe(module, row)
        if self._head is not None:
            self._observe_head(self._head)
        if self._resume is not None:
            self._restore_position(self._resume)
        if self._writes:
            self._files.lock()
        return self

    def __exit__(self, kind, error, _):
        if self._ended is not None:
            self._state, self._reason, self._message = self._ended
        elif kind is None:
            self._state = "finished" if self._first_not_finite is None else "diverged"
        elif issubclass(kind, KeyboardInterrupt):
            self._state = "stopped"
        else:
            self._state, self._message = "failed", f"The program ended with {kind.__name__}: {error}"[:2000]
        if self._first_not_finite is not None and self._ended is None:
            self._message = f"The loss or the gradient is not finite from update {self._first_not_finite} on."
        for restore in self._restore:
            restore()
        _recorded.difference_update(id(module) for module in self._modules)
        try:
            if self._sizes is not None:
                self._write()
        finally:
            if self._writes:
                self._files.close()
        return False

    def end(self, state, reason=None, message=None):
        """Says how the run ends, before the `with` statement does: `finished` with the reason `steps`,
        `stopAtLoss` or `patience`, or `diverged` with a message."""
        self._ended = (state, reason, message)

    def discard(self):
        """Forgets the forward passes since the last step(): call it where no update follows them."""
        self._traces, self._head_calls, self._raw_grads = [], [], {}

    def measure_gradients(self):
        """Takes the norms before clipping from the gradients as they are now, in place of as backward() left them: call it
        where the gradients of several processes have been summed, before anything clips them."""
        self._raw = {key: _norm(_values(p.grad)) / self._scale for key, p in self._parameters if p.grad is not None}

    def position(self):
        """Where the records are, for a checkpoint of the program; None in processes that do not write. See `resume`."""
        if not self._writes:
            return None
        if self._sizes is None:
            return {"bytes": 0}
        self._write()
        return {
            "bytes": self._files.size(),
            "updates": self._updates,
            "seconds": time.perf_counter() - self._clock,
            "began": self._began,
            "sizes": list(self._sizes),
            "steps": self._steps,
            "rate": self._rate,
            "resumedAt": list(self._resumed_at),
        }

    def _restore_position(self, position):
        self._updates, self._steps, self._rate = position["updates"], position["steps"], position["rate"]
        self._sizes, self._began = tuple(position["sizes"]), position["began"]
        self._clock -= position["seconds"]
        self._resumed_at = [*position["resumedAt"], self._updates]
        self._set_layout()
        if self._writes and not self._files.resume(self._layout, position["bytes"]):
            raise ValueError(
                f"{self._files.records_path} does not have the records up to update {self._updates}, from which they continue."
            )

    def step(
        self, loss, *, per_step=None, validation_loss=None, targets=None, series=None, skipped=0, sequences=None,
        learning_rate=None,
    ):  # fmt: skip
        """Records an update. Call it after `optimizer.step()` and before the next `zero_grad()`.

        loss:             the loss of the update, a number or a tensor with one element
        per_step:         the part of each time step in it, one number per step, if it is known
        validation_loss:  the loss on held-out data, if it was measured at this update
        targets:          those of the loss, of an update that is captured
        series:           of a net whose recurrence is written out: the norms over its batch for each layer and time step,
                          {"dh": [layer][t], "dh_local": [layer][t]}; None where nothing is recorded through time
        skipped:          time steps before those of the gradient, which truncated BPTT does not reach: 0 there
        sequences:        with `distributed`, how many sequences this process had; by default those of its layer
        learning_rate:    that of this update, where a schedule has changed that of the optimizer since
        """
        if all(p.grad is None for _, p in self._parameters):
            raise RuntimeError(
                "No parameter has a gradient. Call step() after loss.backward() and optimizer.step(), "
                "and before optimizer.zero_grad()."
            )
        after = [p.detach() for _, p in self._parameters]
        grads = [_values(p.grad) if p.grad is not None else None for _, p in self._parameters]
        clipped_norms = [_norm(g) if g is not None else torch.zeros(()) for g in grads]
        norms = _numbers(
            [self._raw.get(key, norm) for (key, _), norm in zip(self._parameters, clipped_norms)]
            + clipped_norms
            + [_norm(w - b) for w, b in zip(after, self._before)]
            + [_norm(b) for b in self._before]
        )
        count = len(self._parameters)
        raw, clipped, change, weight = (norms[at * count : (at + 1) * count] for at in range(4))
        self._raw = {}
        loss = float(loss.detach() if isinstance(loss, torch.Tensor) else loss)
        raw_norm, clipped_norm = math.hypot(*raw), math.hypot(*clipped)
        is_clipped = clipped_norm < raw_norm * (1 - 1e-5)
        if learning_rate is not None:
            rate = float(learning_rate)
        else:
            rate = math.nan if self._optimizer is None else float(self._optimizer.param_groups[0]["lr"])
        coefficient = clipped_norm / raw_norm if is_clipped else 1.0
        if self._updates in self._captures:
            self._capture(loss, targets, {"gradNorm": raw_norm, "clipCoefficient": coefficient, "learningRate": rate})
        for before, now in zip(self._before, after):
            before.copy_(now)
        if self._first_not_finite is None and not (math.isfinite(loss) and math.isfinite(raw_norm)):
            self._first_not_finite = self._updates
        if validation_loss is not None:
            self._validation = float(validation_loss)
        series = self._series(per_step, loss, series, skipped, sequences)
        if self._sizes is None:
            self._begin(series)
        row = {
            "update": self._updates,
            "loss": loss,
            "validation_loss": None if validation_loss is None else float(validation_loss),
            "grad_norm": raw_norm,
            "clipped_norm": clipped_norm,
            "clip_coefficient": coefficient,
            "clipped": is_clipped,
            "learning_rate": rate,
            "seconds": time.perf_counter() - self._clock,
        }
        for (key, _), *values in zip(self._parameters, raw, clipped, change, weight):
            row.update(zip((f"{q}/{key}" for q in ("grad_norm", "clipped_norm", "update_norm", "weight_norm")), values))
        row.update(series or {})
        self._rows.append(row)
        self._loss = loss
        self._updates += 1
        self.discard()
        if not self._writes:
            self._rows = []
        elif self._files.is_due():
            self._write()

    # What is measured

    @property
    def _records_series(self):
        is_recorded = self._updates % self._every == 0 or self._updates in self._captures
        return is_recorded and torch.is_grad_enabled()

    def _measures_raw(self, key, parameter):
        """The norm of a gradient as backward() leaves it, before anything clips it."""

        def hook(grad):
            # With several calls of backward() before one update, autograd adds this to what is there already.
            total = grad if parameter.grad is None else parameter.grad + grad
            # The scaler may change its scale before step() is called.
            self._scale = 1.0 if self._scaler is None else float(self._scaler.get_scale())
            self._raw[key] = _norm(_values(total)) / self._scale
            if self._updates in self._captures:
                self._raw_grads[key] = total.detach() / self._scale

        return hook

    def _observe(self, module, row):
        kernel, is_cell = module.forward, type(module) in _CELLS

        def forward(input, hx=None):
            if not (module.training and self._records_series):
                return kernel(input, hx)
            if is_cell:
                return self._recorded_cell(module, kernel, input, hx, row)
            if not self._is_checked:
                self._is_checked = True
                _check(module, kernel, input, hx)
            trace = _Trace(self._layers, self._cell == "lstm", self._updates in self._captures)
            self._traces.append(trace)
            return _unrolled(module, input, hx, trace)

        self._restore.append(_replace_forward(module, forward))

    def _observe_head(self, head):
        kernel = head.forward

        def forward(input):
            output = kernel(input)
            if self._updates in self._captures and output.requires_grad:
                output.retain_grad()
                self._head_calls.append((input.detach(), output))
            return output

        self._restore.append(_replace_forward(head, forward))

    def _recorded_cell(self, module, kernel, input, hx, row):
        """One step of a cell; the loop around it is the program's."""
        trace, is_lstm = self._trace_of_cells(), self._cell == "lstm"
        if hx is not None:
            # The part of dL/dh_{t-1} that comes back from step t passes through this copy alone.
            carried = (hx[0] if is_lstm else hx).clone()
            if carried.requires_grad:
                carried.retain_grad()
            hx = (carried, hx[1]) if is_lstm else carried
            if trace.states[row]:
                trace.carried[row].append(carried)
        output = kernel(input, hx)
        h, c = output if is_lstm else (output, None)
        with torch.no_grad():
            zeros = torch.zeros_like(h)
            before = ((zeros, zeros) if is_lstm else (zeros, None)) if hx is None else hx if is_lstm else (hx, None)
            weights = (module.weight_ih, module.weight_hh, module.bias_ih, module.bias_hh)
            _, _, gates, _ = _cell_step(self._cell, _activation_of(module), input, *before, weights)
        trace.add(row, h, c, None, gates, self._cell)
        if row == 0:
            trace.inputs, trace.batch = input.shape[-1], input.shape[0] if input.dim() == 2 else 1
        return output

    def _trace_of_cells(self):
        if not self._traces:
            self._traces.append(_Trace(self._layers, self._cell == "lstm"))
        return self._traces[0]

    def _series(self, per_step, loss, given=None, skipped=0, sequences=None):
        """The columns through time of the current update; None if it records none."""
        if self._recurrence is not None:
            if given is None:
                return None
            columns = {f"{quantity}_l{row}": list(norms) for quantity, rows in given.items() for row, norms in enumerate(rows)}
        else:
            columns = self._traced()
            if columns is None:
                return None
        if self._distributed:
            columns = self._of_all_processes(columns, sequences)
        if skipped > 0:
            before = [0.0] * skipped
            columns = {key: before + value if isinstance(value, list) else value for key, value in columns.items()}
        length = len(columns["dh_l0"])
        if per_step is None:
            losses = self._losses_by_gradient(columns[f"dh_local_l{self._layers - 1}"], loss)
            if skipped > 0:
                # The steps before may have a part in the loss that no gradient shows.
                losses = [math.nan] * length
        else:
            losses = [float(value) for value in per_step]
            if len(losses) != length:
                raise ValueError(f"per_step has {len(losses)} numbers; the sequences of this update have {length} steps.")
        columns["loss_per_step"] = losses
        limit = self._steps or length
        if length > limit:
            if not self._is_too_long:
                warnings.warn(
                    f"A sequence has {length} steps; the first {limit} are recorded. "
                    f"Pass steps={length} (or the longest there is) to record all."
                )
            self._is_too_long = True
            columns = {key: value[:limit] if isinstance(value, list) else value for key, value in columns.items()}
        return columns

    def _traced(self):
        """The norms and shares that the layers showed at this update; None if it records none."""
        traces = [trace for trace in self._traces if trace.steps > 0]
        if not traces:
            return None
        columns = {}
        for row in range(self._layers):
            parts = [trace.norms(row, self._scale) for trace in traces]
            for quantity in parts[0]:
                columns[f"{quantity}_l{row}"] = [value for part in parts for value in part[quantity]]
            for gate in self._gates:
                for end in ("low", "high"):
                    shares = [trace.saturation(row, gate, end) for trace in traces]
                    columns[f"saturation_{end}_l{row}/{gate}"] = sum(shares) / len(shares)
        self._sequence = traces[0]
        return columns

    def _of_all_processes(self, columns, sequences):
        """The norms and shares of the whole batch from those of the sequences of each process: squares of norms add up, and
        a share counts as often as there are sequences."""
        if sequences is None:
            sequences = self._recurrence["batch"] if self._recurrence else self._sequence.batch
        parts = [sequences]
        for value in columns.values():
            parts += [norm * norm for norm in value] if isinstance(value, list) else [value * sequences]
        total = torch.tensor(parts, dtype=torch.double, device=self._parameters[0][1].device)
        torch.distributed.all_reduce(total)
        count, *sums = total.tolist()
        self._all_sequences, whole, at = int(count), {}, 0
        for key, value in columns.items():
            if isinstance(value, list):
                whole[key] = [math.sqrt(one) for one in sums[at : at + len(value)]]
                at += len(value)
            else:
                whole[key] = sums[at] / count
                at += 1
        return whole

    def _losses_by_gradient(self, local, loss):
        """The loss of each step, as far as the gradient shows it: 0 where no loss reaches the top layer, the whole loss
        where one step alone is reached, and otherwise unknown (NaN)."""
        reached = sum(norm != 0 for norm in local)
        return [0.0 if norm == 0 else loss if reached == 1 else math.nan for norm in local]

    def _capture(self, loss, targets, measured):
        try:
            tensors, described = self._captured(loss, targets)
        except _NotCaptured as reason:
            warnings.warn(f"Update {self._updates} was not captured: {reason}")
            return
        metadata = {"step": self._updates, "loss": loss, **measured, "kernels": "pytorch", "cell": self._cell, **described}
        path = os.path.join(self.folder, f"step-{self._updates}.safetensors")
        with open(path + ".partial", "wb") as file:
            file.write(_safetensors(tensors, {key: str(value) for key, value in metadata.items()}))
        os.replace(path + ".partial", path)

    def _captured(self, loss, targets):
        """The tensors of the update by their names in step-N.safetensors, and the kind of its loss."""
        module, traces, calls = self._modules[0], self._traces, self._head_calls
        if len(traces) != 1 or len(calls) != 1:
            raise _NotCaptured(f"the recurrent layer ran {len(traces)} times and the head {len(calls)} times, not once.")
        if targets is None:
            raise _NotCaptured("its targets are not known. Pass targets=... to step().")
        (trace,), ((head_input, head_output),) = traces, calls
        if trace.is_packed:
            raise _NotCaptured("its sequences are packed.")
        states = torch.stack([output.detach() for _, _, output in trace.states[-1]])
        steps, batch, _ = states.shape
        to_grid, from_step = _order_of(head_input, states)
        weight, bias = (parameter.detach() for parameter in self._before_of(self._head))
        outputs = nn.functional.linear(states, weight, bias)
        gradient = torch.zeros_like(outputs)
        gradient[from_step:] = to_grid(_grad(head_output)) / self._scale
        outputs[from_step:] = to_grid(head_output.detach())
        kind, grid, mask, per_step = _loss_terms(loss, targets, outputs, gradient, to_grid, from_step)
        tensors = {}
        for prefix, part in (("rnn", module), ("head", self._head)):
            for (name, after), before in zip(part.named_parameters(), self._before_of(part)):
                key, whole = f"{prefix}.{name}", self._name_of(after)
                tensors[key], tensors[f"next/{key}"] = before, after
                tensors[f"clipped/{key}"] = after.grad
                tensors[f"grad/{key}"] = self._raw_grads.get(whole, after.grad)
        tensors.update({"inputs": torch.stack(trace.steps_of_input), "outputs": outputs, "dOutputs": gradient})
        tensors.update({"targets": grid, "mask": mask, "loss": per_step})
        for row in range(self._layers):
            tensors.update(trace.tensors(row, self._cell, self._scale))
        return tensors, {"lossKind": kind}

    def _name_of(self, parameter):
        return next(key for key, known in self._parameters if known is parameter)

    def _before_of(self, module):
        """The parameters of a part of the model as they were before the update."""
        before = {id(known): values for (_, known), values in zip(self._parameters, self._before)}
        if any(id(parameter) not in before for parameter in module.parameters()):
            raise _NotCaptured("some of its parameters do not train.")
        return [before[id(parameter)] for parameter in module.parameters()]

    # Files

    def _begin(self, series):
        """Begins the files, once the sizes are known from the first update."""
        if series is None:
            raise RuntimeError(
                "The recurrent layer was not called in training mode with gradients before the first step(). "
                "Call model.train(), and begin to record before the first update."
            )
        self._steps = self._steps or len(series["loss_per_step"])
        if self._recurrence is not None:
            self._sizes = (self._recurrence["inputs"], self._recurrence["batch"])
        else:
            batch = self._all_sequences if self._distributed else self._sequence.batch
            self._sizes = (self._sequence.inputs, batch)
        self._set_layout()
        if self._writes:
            self._files.begin(self._layout)

    def _set_layout(self):
        self._layout = {
            "parameters": [key for key, _ in self._parameters],
            "layers": self._layers,
            "steps": self._steps,
            "hasCellState": self._cell == "lstm",
            "saturating": self._gates,
        }

    def _write(self):
        """Appends the rows to the records, and writes the manifest anew."""
        if self._writes:
            self._files.write(self._rows, self._manifest())
            self._rows = []

    def _manifest(self):
        if self._recurrence is not None:
            hidden, activation = self._recurrence["hidden"], self._recurrence["activation"]
        else:
            hidden = self._modules[0].hidden_size
            activation = _activation_of(self._modules[0]) if self._cell == "rnn" else None
        inputs, batch = self._sizes
        name = self._facts["name"] or os.path.basename(os.path.abspath(self.folder))
        rate = self._rate
        optimizer = "unknown" if rate is None else f"{type(self._optimizer).__name__}, learning rate {rate:g}"
        linear = [module for module in self._model.modules() if isinstance(module, nn.Linear)]
        model = {"cell": self._cell, "hidden": hidden, "layers": self._layers}
        processes = f", {torch.distributed.get_world_size()} processes" if self._distributed else ""
        known = {
            "name": name,
            "model": model if activation is None else {**model, "activation": activation},
            **({} if rate is None else {"optimizer": {"kind": type(self._optimizer).__name__, "learningRate": rate}}),
            **({} if self._facts["clip"] is None else {"clip": {"norm": self._facts["clip"]}}),
        }
        return {
            "format": "unroll-run",
            "version": 1,
            "experiment": {
                **(known if self._experiment is None else self._experiment),
                **({"config": self._config} if self._config else {}),
            },
            "variant": self._more_facts.get("variant"),
            "kernels": "pytorch",
            "state": self._state,
            "reason": self._reason or ("steps" if self._state == "finished" else None),
            "updates": self._updates,
            "startedAt": self._began,
            "endedAt": None if self._state == "running" else _now(),
            "seconds": time.perf_counter() - self._clock,
            "loss": _finite(self._loss),
            "validationLoss": _finite(self._validation),
            "message": self._message,
            "facts": {
                "name": name,
                "variant": None,
                "notes": self._facts["notes"],
                "seed": torch.initial_seed() % 2**53,
                "cell": self._cell,
                "activation": activation,
                "inputs": inputs,
                "hidden": hidden,
                "layerCount": self._layers,
                "outputs": linear[-1].out_features if linear else hidden,
                "parameterCount": sum(p.numel() for _, p in self._parameters),
                "steps": self._steps,
                "batch": batch,
                "data": "recorded from PyTorch",
                "loss": {"kind": "other", "reduction": "mean"},
                "bptt": "full",
                "clip": None if self._facts["clip"] is None else {"kind": "norm", "threshold": self._facts["clip"]},
                "optimizer": optimizer,
                "plannedUpdates": self._facts["updates"] or 0,
                "recordEvery": self._every,
                "validateEvery": 0 if self._validation is None else 1,
                "baselines": [],
                "lag": self._facts["lag"],
                **self._more_facts,
                "recordedBy": f"PyTorch {torch.__version__}{processes}",
                "resumedAt": self._resumed_at,
                "kernels": "pytorch",
                "memoryBytes": 0,
                "folder": None,
                "layout": self._layout,
            },
        }


# The recurrent layers of a model


def _recurrent_modules(model, chosen):
    """The layer to record, or the cells, one for each layer."""
    known = {key: one for key, one in model.named_modules() if _kind_of(one) is not None}
    if isinstance(chosen, str):
        if chosen not in known:
            raise ValueError(f"The model has no recurrent layer {chosen!r}; it has {_listed(known)}.")
        chosen = known[chosen]
    if chosen is not None:
        if _kind_of(chosen) is None:
            raise ValueError(f"module is a {type(chosen).__name__}; it must be one of {_supported()}.")
        found = [chosen]
    else:
        found = list(known.values())
    if not found:
        raise ValueError(f"The model has no recurrent layer. Recorded are {_supported()}.")
    are_cells = all(type(one) in _CELLS for one in found)
    is_one_stack = are_cells and len({(type(one), one.hidden_size) for one in found}) == 1
    if len(found) > 1 and not is_one_stack:
        raise ValueError(f"The model has several recurrent layers: {_listed(known)}. Choose one with module=NAME.")
    if getattr(found[0], "proj_size", 0):
        raise ValueError("An LSTM with proj_size is not supported.")
    return found


def _head_of(model, chosen, modules):
    """The linear layer after the recurrent one, of a model whose updates are captured."""
    first = modules[0]
    if type(first) in _CELLS or first.bidirectional or not first.bias:
        raise ValueError("capture= needs an nn.RNN, nn.LSTM or nn.GRU with one direction and with biases.")
    known = {key: one for key, one in model.named_modules() if type(one) is nn.Linear}
    if isinstance(chosen, str):
        if chosen not in known:
            raise ValueError(f"The model has no nn.Linear {chosen!r}; it has {_listed(known)}.")
        chosen = known[chosen]
    if chosen is None:
        if len(known) != 1:
            raise ValueError(f"capture= needs the nn.Linear after the recurrent layer: head=NAME, one of {_listed(known)}.")
        (chosen,) = known.values()
    if type(chosen) is not nn.Linear or chosen.in_features != first.hidden_size or chosen.bias is None:
        raise ValueError(f"head must be an nn.Linear with biases and {first.hidden_size} inputs.")
    return chosen


def _replace_forward(module, replacement):
    """Replaces the forward pass of this module, and returns what puts the one before back.

    As a bound method it goes along with copy.deepcopy() and pickle, where it is that of the copy: a copy of the model
    computes with its own weights, as if it had never been recorded.
    """

    def forward(self, *args, **kwargs):
        return replacement(*args, **kwargs) if self is module else type(self).forward(self, *args, **kwargs)

    before = vars(module).get("forward")
    module.forward = types.MethodType(forward, module)
    return lambda: delattr(module, "forward") if before is None else setattr(module, "forward", before)


def _kind_of(module):
    return _LAYERS.get(type(module)) or _CELLS.get(type(module))


def _rows_of(module):
    """Rows of the heatmap: each layer, and with two directions each direction of it, the forward one first."""
    return 1 if type(module) in _CELLS else module.num_layers * (2 if module.bidirectional else 1)


def _activation_of(module):
    return getattr(module, "nonlinearity", "tanh")


def _listed(modules):
    return ", ".join(repr(key) for key in modules) or "none"


def _supported():
    return "nn." + ", nn.".join(kind.__name__ for kind in (*_LAYERS, *_CELLS))


# The forward pass, step by step


def _cell_step(kind, activation, x, h, c, weights):
    """One step of a cell as PyTorch's documentation defines it: the new h, the new c, the gates by name, and the products
    with the input and the state, biases included, which the gates are computed from.

    x: [B, I], h and c: [B, H]. Gates are after their sigmoid, candidates (h, g, n) before their activation.
    """
    w_ih, w_hh, b_ih, b_hh = weights
    from_input, from_state = nn.functional.linear(x, w_ih, b_ih), nn.functional.linear(h, w_hh, b_hh)
    if kind == "rnn":
        pre = from_input + from_state
        return (torch.tanh(pre) if activation == "tanh" else torch.relu(pre)), None, {"h": pre}, (from_input, from_state)
    if kind == "lstm":
        i, f, g, o = (from_input + from_state).chunk(4, 1)
        i, f, o = torch.sigmoid(i), torch.sigmoid(f), torch.sigmoid(o)
        candidate = torch.tanh(g)
        new_c = f * c + i * candidate
        return o * torch.tanh(new_c), new_c, {"i": i, "f": f, "g": g, "o": o}, (from_input, from_state)
    x_r, x_z, x_n = from_input.chunk(3, 1)
    h_r, h_z, h_n = from_state.chunk(3, 1)
    r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
    pre = x_n + r * h_n
    n = torch.tanh(pre)
    return n + z * (h - n), None, {"r": r, "z": z, "n": pre}, (from_input, from_state)


def _unrolled(module, input, hx, trace):
    """What `module(input, hx)` returns, computed step by step; `trace` keeps the states whose gradients are wanted."""
    kind, is_lstm = _kind_of(module), isinstance(module, nn.LSTM)
    is_packed = isinstance(input, PackedSequence)
    if is_packed:
        sizes = input.batch_sizes.tolist()
        steps = list(input.data.split(sizes))
        is_batched = True
    else:
        is_batched = input.dim() == 3
        if not is_batched:
            input = input.unsqueeze(0 if module.batch_first else 1)
            hx = None if hx is None else tuple(s.unsqueeze(1) for s in hx) if is_lstm else hx.unsqueeze(1)
        steps = list((input.transpose(0, 1) if module.batch_first else input).unbind(0))
    directions = 2 if module.bidirectional else 1
    size = (module.num_layers * directions, steps[0].shape[0], module.hidden_size)
    zeros = steps[0].new_zeros(size)
    h0, c0 = (zeros, zeros) if hx is None else hx if is_lstm else (hx, None)
    if is_packed and input.sorted_indices is not None and hx is not None:
        h0 = h0.index_select(1, input.sorted_indices)
        c0 = c0.index_select(1, input.sorted_indices) if is_lstm else None
    if trace.keeps_all:
        trace.steps_of_input, trace.initial, trace.is_packed = list(steps), (h0, c0), is_packed
    last_h, last_c = [], []
    for layer in range(module.num_layers):
        outputs = []
        for direction in range(directions):
            row = layer * directions + direction
            state = (h0[row], c0[row] if is_lstm else None)
            weights = _weights(module, layer, direction)
            each, h, c = _one_direction(kind, _activation_of(module), steps, state, weights, direction == 1, row, trace)
            outputs.append(each)
            last_h.append(h)
            last_c.append(c)
        steps = outputs[0] if directions == 1 else [torch.cat(both, 1) for both in zip(*outputs)]
        if module.dropout and module.training and layer + 1 < module.num_layers:
            steps = [nn.functional.dropout(step, module.dropout) for step in steps]
    h_n = torch.stack(last_h)
    c_n = torch.stack(last_c) if is_lstm else None
    if is_packed:
        output = PackedSequence(torch.cat(steps), input.batch_sizes, input.sorted_indices, input.unsorted_indices)
        if input.unsorted_indices is not None:
            h_n = h_n.index_select(1, input.unsorted_indices)
            c_n = c_n.index_select(1, input.unsorted_indices) if is_lstm else None
    else:
        output = torch.stack(steps, 1 if module.batch_first else 0)
        if not is_batched:
            output = output.squeeze(0 if module.batch_first else 1)
            h_n, c_n = h_n.squeeze(1), c_n.squeeze(1) if is_lstm else None
    return output, ((h_n, c_n) if is_lstm else h_n)


def _weights(module, layer, direction):
    suffix = f"_l{layer}" + ("_reverse" if direction == 1 else "")
    biases = (getattr(module, f"{name}{suffix}") if module.bias else None for name in ("bias_ih", "bias_hh"))
    return (getattr(module, f"weight_ih{suffix}"), getattr(module, f"weight_hh{suffix}"), *biases)


def _one_direction(kind, activation, steps, state, weights, is_reversed, row, trace):
    """Runs one direction of one layer: its output at each step, in the order of time, and its last h and c."""
    h, c = state
    outputs = [None] * len(steps)
    kept = [None] * len(steps)
    for t in reversed(range(len(steps))) if is_reversed else range(len(steps)):
        # Of a packed batch, the sequences that are not over at step t are the first ones.
        count = steps[t].shape[0]
        new_h, new_c, gates, products = _cell_step(
            kind, activation, steps[t], h[:count], None if c is None else c[:count], weights
        )
        # What comes from the output of this step passes through this copy alone.
        outputs[t] = new_h.clone()
        kept[t] = (new_h, new_c, outputs[t], gates)
        if trace.keeps_all:
            for product in products:
                product.retain_grad()
            trace.products[row].append((products, gates))
        h = new_h if count == h.shape[0] else torch.cat([new_h, h[count:]])
        if c is not None:
            c = new_c if count == c.shape[0] else torch.cat([new_c, c[count:]])
    last = h.clone()
    trace.inputs, trace.batch = (steps[0].shape[1] if row == 0 else trace.inputs), steps[0].shape[0]
    for new_h, new_c, output, gates in kept:
        trace.add(row, new_h, new_c, output, gates, kind)
    trace.last[row] = (last, is_reversed)
    if last.requires_grad:
        last.retain_grad()
    return outputs, last, c


def _check(module, kernel, input, hx):
    """Compares the step-by-step layer with PyTorch's kernel, without the random choices of dropout."""
    dropout, module.dropout = module.dropout, 0.0
    try:
        with torch.no_grad():
            ours, theirs = _unrolled(module, input, hx, _Trace(_rows_of(module), True)), kernel(input, hx)
    finally:
        module.dropout = dropout
    pairs = list(zip(_tensors(ours), _tensors(theirs)))
    size = max(float(b.abs().max()) for _, b in pairs)
    error = max(float((a - b).abs().max()) for a, b in pairs)
    # Rounding grows with the number of steps; half precision has 11 bits.
    allowed = 1000 * torch.finfo(pairs[0][1].dtype).eps * max(size, 1e-30)
    if not error <= allowed:
        raise RuntimeError(
            f"The outputs of {type(module).__name__}, computed step by step, differ by {error:.3g} from those of its kernel "
            f"(at most {allowed:.3g} is rounding), so its gradients through time would be wrong. Please report this."
        )


def _tensors(value):
    if isinstance(value, PackedSequence):
        return [value.data]
    return [value] if isinstance(value, torch.Tensor) else [t for part in value for t in _tensors(part)]


class _Trace:
    """The states of one forward pass, whose gradients are read after backward()."""

    def __init__(self, rows, has_c, keeps_all=False):
        #: Of an update that is captured: the products and gates of each step, the inputs, and the states before them.
        self.keeps_all, self.products, self.steps_of_input, self.initial = keeps_all, [[] for _ in range(rows)], [], None
        self.is_packed = False
        self.states = [[] for _ in range(rows)]
        self.carried = [[] for _ in range(rows)]
        self.last = [None] * rows
        self.counts = [{} for _ in range(rows)]
        self.has_c, self.inputs, self.batch = has_c, 0, 0

    @property
    def steps(self):
        return len(self.states[0])

    def add(self, row, h, c, output, gates, kind):
        for one in (h, c, output):
            if one is not None and one.requires_grad:
                one.retain_grad()
        self.states[row].append((h, c, output))
        with torch.no_grad():
            for name, values in gates.items():
                low, high = _ends(name, kind, values)
                total = self.counts[row].setdefault(name, [0, 0, 0])
                self.counts[row][name] = [total[0] + low, total[1] + high, total[2] + values.numel()]

    def saturation(self, row, gate, end):
        low, high, total = self.counts[row][gate]
        return float(low if end == "low" else high) / total

    def tensors(self, row, kind, scale):
        """The states, gates and gradients of a layer, by their names in step-N.safetensors."""
        stack = lambda tensors: torch.stack([tensor.detach() for tensor in tensors])
        total, local = self._gradients(row)
        (h0, c0), states = self.initial, self.states[row]
        found = {"h0": h0[row], "h": stack(h for h, _, _ in states)}
        found.update({"dh": stack(total) / scale, "dhLocal": stack(local) / scale})
        if self.has_c:
            found.update({"c0": c0[row], "c": stack(c for _, c, _ in states)})
            found["dc"] = stack(_grad(c) for _, c, _ in states) / scale
        if kind != "rnn":
            found["gates"] = torch.stack(
                [
                    torch.cat([torch.tanh(v) if name in _CANDIDATES else v for name, v in gates.items()], 1).detach()
                    for _, gates in self.products[row]
                ]
            )
        found["dgates"] = stack(_grad(products[0]) for products, _ in self.products[row]) / scale
        if kind == "gru":
            found["dgh"] = stack(_grad(products[1]) for products, _ in self.products[row]) / scale
        return {f"{name}_l{row}": values for name, values in found.items()}

    def norms(self, row, scale):
        """The norm over the whole batch at each step of dL/dh_t, of its part that does not come from step t + 1, and of
        dL/dc_t."""
        total, local = self._gradients(row)
        wanted = {"dh": total, "dh_local": local}
        if self.has_c:
            wanted["dc"] = [_grad(c) for _, c, _ in self.states[row]]
        return {key: [norm / scale for norm in _numbers([_norm(g) for g in values])] for key, values in wanted.items()}

    def _gradients(self, row):
        """dL/dh_t at each step, and its part that does not come from step t + 1."""
        states = self.states[row]
        total = [_grad(h) for h, _, _ in states]
        if self.last[row] is None:
            # Cells: what is left when the part from the next step is taken away.
            carried = self.carried[row]
            local = [g - _grad(n) for g, n in zip(total, carried)] + total[len(carried) :]
        else:
            local = [_grad(output) for _, _, output in states]
            last, is_reversed = self.last[row]
            order = list(reversed(range(len(states)))) if is_reversed else list(range(len(states)))
            ended = _grad(last)
            for place, t in enumerate(order):
                # The sequences that have a step here and none after it end here, with the gradient of the last state.
                rows = local[t].shape[0]
                after = local[order[place + 1]].shape[0] if place + 1 < len(order) else 0
                if after < rows:
                    local[t] = torch.cat([local[t][:after], local[t][after:] + ended[after:rows]])
        return total, local


class _NotCaptured(Exception):
    """Why an update can't be captured, as the end of a sentence."""


def _order_of(head_input, states):
    """How the rows of the head lie in time: a function from its rows to [T, B, ...], and the step from which it has them.

    The head may have been given all states, [T, B, H] or [B, T, H] or as a list of rows, or those of the last step.
    """
    steps, batch, hidden = states.shape
    rows = head_input.reshape(-1, hidden)
    if torch.equal(rows, states.reshape(-1, hidden)):
        return (lambda values: values.reshape(steps, batch, *values.shape[head_input.dim() - 1 :])), 0
    if torch.equal(rows, states.transpose(0, 1).reshape(-1, hidden)):
        return (lambda values: values.reshape(batch, steps, *values.shape[head_input.dim() - 1 :]).transpose(0, 1)), 0
    if torch.equal(rows, states[-1]):
        return (lambda values: values.reshape(1, batch, *values.shape[head_input.dim() - 1 :])), steps - 1
    raise _NotCaptured("the head does not read the states of the recurrent layer as they are, all of them or the last.")


def _loss_terms(loss, targets, outputs, gradient, to_grid, from_step):
    """The kind of the loss, the targets [T, B, O] or [T, B], where there are any [T, B], and the loss of each step [T]."""
    steps, batch, width = outputs.shape
    used, is_classes = steps - from_step, not targets.is_floating_point()
    shape = (used, batch) if is_classes else (used, batch, width)
    if targets.numel() != math.prod(shape):
        raise _NotCaptured(f"the targets have {targets.numel()} elements, and the outputs need {math.prod(shape)}.")
    turned = targets.detach().reshape(batch, used, *shape[2:]).transpose(0, 1)
    for candidate in (targets.detach().reshape(shape), turned):
        if is_classes:
            mask = candidate >= 0
            classes = candidate.clamp_min(0)
            log_p = torch.log_softmax(outputs[from_step:], -1)
            terms = -log_p.gather(-1, classes.unsqueeze(-1)).squeeze(-1) * mask
            factor = 1 / max(1, int(mask.sum()))
            expected = (log_p.exp() - nn.functional.one_hot(classes, width)) * mask.unsqueeze(-1) * factor
        else:
            mask = torch.ones(shape[:2], dtype=torch.bool, device=candidate.device)
            error = outputs[from_step:] - candidate
            factor = 1 / error.numel()
            terms, expected = (error**2).sum(-1), 2 * error * factor
        per_step = (terms * factor).sum(-1)
        close = 1e-3 * float(expected.abs().max()) + 1e-30
        is_this = float((expected - gradient[from_step:]).abs().max()) <= close
        if is_this and abs(float(per_step.sum()) - loss) <= 1e-3 * max(abs(loss), 1e-6):
            whole = torch.full((steps, *shape[1:]), -1 if is_classes else 0, dtype=torch.int32 if is_classes else candidate.dtype)
            whole[from_step:] = torch.where(mask, candidate, -1) if is_classes else candidate
            grid_mask, losses = torch.zeros(steps, batch), torch.zeros(steps, dtype=per_step.dtype)
            grid_mask[from_step:], losses[from_step:] = mask, per_step
            return "crossEntropy" if is_classes else "mse", whole, grid_mask, losses
    raise _NotCaptured("its loss is not the mean cross-entropy or the mean squared error of the head's outputs.")


def _safetensors(tensors, metadata):
    """The bytes of a file of tensors (https://github.com/huggingface/safetensors, "Format")."""
    header, parts, end = {"__metadata__": metadata}, [], 0
    types = {torch.float64: "F64", torch.float32: "F32", torch.int32: "I32"}
    plain = {key: value.detach().cpu() for key, value in tensors.items()}
    plain = {key: value if value.dtype in types else value.float() for key, value in plain.items()}
    for key, value in sorted(plain.items(), key=lambda item: -item[1].element_size()):
        data = bytes(value.contiguous().view(torch.uint8).flatten().tolist()) if value.numel() else b""
        header[key] = {"dtype": types[value.dtype], "shape": list(value.shape), "data_offsets": [end, end + len(data)]}
        parts.append(data)
        end += len(data)
    text = json.dumps(header).encode("utf-8")
    text += b" " * (_padded(len(text)) - len(text))
    return struct.pack("<Q", len(text)) + text + b"".join(parts)


def _ends(name, kind, values):
    """How many values are at either end of the range: of a gate, up to 0.1 and from 0.9; of a candidate, beyond +-5 before
    its activation."""
    if name not in _CANDIDATES:
        return (values <= 0.1).sum(), (values >= 0.9).sum()
    return 0, (values.abs() >= 5).sum()


def _grad(tensor):
    return torch.zeros_like(tensor) if tensor.grad is None else tensor.grad


def _values(grad):
    return grad.detach().coalesce().values() if grad.is_sparse else grad.detach()


def _norm(tensor):
    # Apple's GPUs have no double precision.
    tensor = tensor.detach()
    return torch.linalg.vector_norm(tensor.float() if tensor.device.type == "mps" else tensor.double())


def _numbers(scalars):
    """Tensors with one element, of any devices, as numbers; those of one device are fetched at once."""
    devices = {one.device for one in scalars}
    return torch.stack(scalars).tolist() if len(devices) == 1 else [float(one) for one in scalars]


def _finite(value):
    return value if value is not None and math.isfinite(value) else None


def _now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# The folder of a run, for any recorder: nothing below needs PyTorch.


class _RunFiles:
    """The files of a run: run.lock while it is recorded, run.json, and the rows of records.arrows."""

    def __init__(self, folder):
        self.folder = folder
        self.records_path = os.path.join(folder, "records.arrows")
        self._records, self._columns, self._written = None, None, 0.0

    def check_new(self):
        """Raises FileExistsError if there is something in the folder."""
        if os.path.isdir(self.folder) and os.listdir(self.folder):
            raise FileExistsError(f"The folder {self.folder!r} is not empty. Record into a new folder for each run.")

    def lock(self):
        os.makedirs(self.folder, exist_ok=True)
        self._lock, self._closing = os.path.join(self.folder, "run.lock"), threading.Event()
        with open(self._lock, "w") as file:
            file.write(f"{os.getpid()} {socket.gethostname()}")
        self._keeper = threading.Thread(target=self._keep_lock, daemon=True)
        self._keeper.start()

    def begin(self, layout):
        """Begins the records, with a layout as the key `facts.layout` of run.json."""
        self._columns = _columns(layout)
        self._records = open(self.records_path, "wb")
        self._records.write(_schema_message(self._columns, layout))

    def resume(self, layout, size):
        """Continues the records after their first `size` bytes; False if there are not so many."""
        if not os.path.exists(self.records_path) or os.path.getsize(self.records_path) < size:
            return False
        self._columns = _columns(layout)
        self._records = open(self.records_path, "r+b")
        self._records.truncate(size)
        self._records.seek(size)
        return True

    def size(self):
        """The bytes of the records."""
        return self._records.tell()

    def is_due(self):
        """Whether it is time to write."""
        return time.perf_counter() - self._written >= WRITE_INTERVAL

    def write(self, rows, manifest):
        """Appends rows to the records, and writes the manifest anew."""
        if rows:
            self._records.write(_batch_message(self._columns, rows))
            self._records.flush()
        path = os.path.join(self.folder, "run.json")
        with open(path + ".partial", "w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=2)
            file.write("\n")
        os.replace(path + ".partial", path)
        self._written = time.perf_counter()

    def close(self):
        """Closes the records and takes the lock away."""
        if self._records is not None:
            self._records.close()
        self._closing.set()
        # A thread that still runs when the interpreter ends may abort the process.
        self._keeper.join()
        os.remove(self._lock)

    def _keep_lock(self):
        """Shows other machines that this process lives: they can only see when the file was last written."""
        while not self._closing.wait(10):
            try:
                os.utime(self._lock)
            except OSError:
                return


# The records: an Apache Arrow IPC stream (https://arrow.apache.org/docs/format/Columnar.html), written by hand to need no
# library. Its metadata are FlatBuffers (https://flatbuffers.dev/internals/): tables whose fields are found by a table of
# their places. A table is a list of fields here, each (size, value) or None; offsets point to what follows.


def _columns(layout):
    """Name, kind (update, number, flag or series) and whether it may be null, in the order of the file."""
    columns = [("update", "update", False), ("loss", "number", False), ("validation_loss", "number", True)]
    columns += [(name, "number", False) for name in ("grad_norm", "clipped_norm", "clip_coefficient")]
    columns += [("clipped", "flag", False), ("learning_rate", "number", False), ("seconds", "number", False)]
    for name in layout["parameters"]:
        for quantity in ("grad_norm", "clipped_norm", "update_norm", "weight_norm"):
            columns.append((f"{quantity}/{name}", "number", False))
    columns.append(("loss_per_step", "series", True))
    for row in range(layout["layers"]):
        series = ["dh", "dh_local"] + (["dc"] if layout["hasCellState"] else [])
        columns += [(f"{name}_l{row}", "series", True) for name in series]
        for gate in layout["saturating"]:
            columns += [(f"saturation_{end}_l{row}/{gate}", "number", True) for end in ("low", "high")]
    return columns


class _Ref:
    """A value of a table that is written after it, and to which an offset points."""

    def __init__(self, write):
        self.write = write


def _table(*fields):
    """A table; each field is None, (format of struct, number) or a _Ref."""

    def write(out):
        while len(out) % 8:
            out.append(0)
        # The table of places comes first: its size, that of the table, and the place of each field in it.
        places, size = [], 4
        for field in fields:
            if field is None:
                places.append(0)
                continue
            width = 4 if isinstance(field, _Ref) else struct.calcsize("<" + field[0])
            size = (size + width - 1) // width * width
            places.append(size)
            size += width
        head = struct.pack(f"<{2 + len(places)}H", 4 + 2 * len(places), size, *places)
        out += head
        # The widest field is a number of 8 bytes; its place is even only if the table begins at a multiple of 8.
        while len(out) % 8:
            out.append(0)
        start = len(out)
        out += bytes(size)
        struct.pack_into("<i", out, start, start - (start - _padded(len(head))))
        for field, place in zip(fields, places):
            if field is not None and not isinstance(field, _Ref):
                struct.pack_into("<" + field[0], out, start + place, field[1])
        for field, place in zip(fields, places):
            if isinstance(field, _Ref):
                struct.pack_into("<I", out, start + place, field.write(out) - (start + place))
        return start

    return _Ref(write)


def _padded(size):
    return (size + 7) // 8 * 8


def _text(value):
    data = value.encode("utf-8")

    def write(out):
        while len(out) % 4:
            out.append(0)
        start = len(out)
        out += struct.pack("<I", len(data)) + data + b"\0"
        return start

    return _Ref(write)


def _vector(items):
    """A vector of tables."""

    def write(out):
        while len(out) % 4:
            out.append(0)
        start = len(out)
        out += struct.pack("<I", len(items)) + bytes(4 * len(items))
        for place, item in enumerate(items):
            at = start + 4 + 4 * place
            struct.pack_into("<I", out, at, item.write(out) - at)
        return start

    return _Ref(write)


def _pairs(numbers):
    """A vector of structs of two 8-byte numbers, which begin at a multiple of 8."""

    def write(out):
        while len(out) % 8 != 4:
            out.append(0)
        start = len(out)
        out += struct.pack("<I", len(numbers))
        for pair in numbers:
            out += struct.pack("<qq", *pair)
        return start

    return _Ref(write)


_SCHEMA, _RECORD_BATCH = 1, 3
_INT, _FLOAT, _BOOL, _LIST = 2, 3, 6, 12


def _message(kind, header, body):
    out = bytearray(4)
    root = _table(("h", 4), ("B", kind), header, ("q", len(body))).write(out)
    struct.pack_into("<I", out, 0, root)
    out += bytes(_padded(len(out)) - len(out))
    return struct.pack("<iI", -1, len(out)) + out + body


def _schema_message(columns, layout):
    types = {
        "update": (_INT, _table(("i", 32), ("?", False))),
        "number": (_FLOAT, _table(("h", 2))),
        "flag": (_BOOL, _table()),
        "series": (_LIST, _table()),
    }

    def field(name, kind, nullable):
        number, details = types[kind]
        children = [field("item", "number", False)] if kind == "series" else []
        return _table(_text(name), ("?", nullable), ("B", number), details, None, _vector(children))

    metadata = {"unroll.records": "1", "unroll.layout": json.dumps(layout, separators=(",", ":"), ensure_ascii=False)}
    pairs = _vector([_table(_text(key), _text(value)) for key, value in metadata.items()])
    return _message(_SCHEMA, _table(("h", 0), _vector([field(*column) for column in columns]), pairs), b"")


def _batch_message(columns, rows):
    nodes, buffers, body = [], [], bytearray()

    def add(data):
        buffers.append((len(body), len(data)))
        body.extend(data + bytes(_padded(len(data)) - len(data)))

    def bits(flags):
        out = bytearray((len(flags) + 7) // 8)
        for place, flag in enumerate(flags):
            out[place >> 3] |= bool(flag) << (place & 7)
        return bytes(out)

    for name, kind, nullable in columns:
        values = [row.get(name) for row in rows]
        present = [value is not None for value in values]
        nulls = len(rows) - sum(present)
        nodes.append((len(rows), nulls))
        add(bits(present) if nulls else b"")
        if kind == "series":
            lists = [value or [] for value in values]
            offsets = [0]
            for value in lists:
                offsets.append(offsets[-1] + len(value))
            add(struct.pack(f"<{len(offsets)}i", *offsets))
            nodes.append((offsets[-1], 0))
            add(b"")
            add(struct.pack(f"<{offsets[-1]}d", *(x for value in lists for x in value)))
        elif kind == "flag":
            add(bits(values))
        else:
            code = "I" if kind == "update" else "d"
            add(struct.pack(f"<{len(rows)}{code}", *(0 if value is None else value for value in values)))
    return _message(_RECORD_BATCH, _table(("q", len(rows)), _pairs(nodes), _pairs(buffers)), bytes(body))
