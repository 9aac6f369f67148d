"""Compares what media/recorder/unroll.py measures with gradients that are computed another way, in double precision.

The other way runs every sequence by itself through nn.RNNCell, nn.LSTMCell or nn.GRUCell with the same weights, without
padding and packing, and adds a zero to every state, whose gradient autograd gives. Usage: check_recorder.py FOLDER; the
folder of unroll.py is on PYTHONPATH. It prints one JSON object per configuration: the largest difference, relative to the
largest value, of outputs, of the parameters' gradients, of dh, dh_local and dc; and last a run that it records in FOLDER.

check_recorder.py CAPTURE FOLDER FORM makes an update that Unroll captured again, and captures it in FOLDER.
"""

import copy
import itertools
import json
import pickle
import struct
import sys

import torch
import unroll
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

INPUT, HIDDEN = 3, 5
CELLS = {"RNN": nn.RNNCell, "LSTM": nn.LSTMCell, "GRU": nn.GRUCell}


def cell_of(module, layer, direction):
    suffix = f"_l{layer}" + ("_reverse" if direction else "")
    weight = getattr(module, "weight_ih" + suffix)
    options = {"nonlinearity": module.nonlinearity} if isinstance(module, nn.RNN) else {}
    cell = CELLS[type(module).__name__](weight.shape[1], module.hidden_size, bias=module.bias, **options).double()
    for name in ("weight_ih", "weight_hh") + (("bias_ih", "bias_hh") if module.bias else ()):
        getattr(cell, name).data.copy_(getattr(module, name + suffix))
    return cell


def one_sequence(module, x, weights_out, weights_last):
    """The gradients of the states of one sequence [T, I]: for each row [T, H] of dh, of its local part and of dc."""
    directions, is_lstm = 2 if module.bidirectional else 1, isinstance(module, nn.LSTM)
    T, zeros, last = x.shape[0], [], []
    for layer in range(module.num_layers):
        outputs = []
        for direction in range(directions):
            cell = cell_of(module, layer, direction)
            total, local, inner = (torch.zeros(T, HIDDEN, dtype=torch.double, requires_grad=True) for _ in range(3))
            zeros.append((total, local, inner))
            h, c = torch.zeros(HIDDEN, dtype=torch.double), torch.zeros(HIDDEN, dtype=torch.double)
            each = [None] * T
            for t in reversed(range(T)) if direction else range(T):
                state = (h[None], c[None]) if is_lstm else h[None]
                new = cell(x[t][None], state)
                if is_lstm:
                    # h is computed from c: the zero is added between them.
                    c = new[1][0] + inner[t]
                    gates = x[t] @ cell.weight_ih.T + h @ cell.weight_hh.T + (cell.bias_ih + cell.bias_hh if module.bias else 0)
                    h = torch.sigmoid(gates[3 * HIDDEN :]) * torch.tanh(c) + total[t]
                else:
                    h = new[0] + total[t]
                each[t] = h + local[t]
            ends_at = 0 if direction else T - 1
            last.append(h + local[ends_at])
            outputs.append(torch.stack(each))
        x = torch.cat(outputs, 1)
    loss = (x * weights_out).sum() + (torch.stack(last) * weights_last).sum()
    loss.backward()
    filled = [[torch.zeros_like(z) if z.grad is None else z.grad for z in row] for row in zeros]
    return x.detach(), filled


class Net(nn.Module):
    def __init__(self, module):
        super().__init__()
        self.layer = module


def difference(ours, theirs):
    ours, theirs = torch.as_tensor(ours, dtype=torch.double), torch.as_tensor(theirs, dtype=torch.double)
    assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
    return float((ours - theirs).abs().max() / theirs.abs().max().clamp_min(1e-300))


def check(folder, kind, layers, bidirectional, batch_first, is_packed, bias, options):
    torch.manual_seed(1)
    module = getattr(nn, kind)(
        INPUT, HIDDEN, layers, batch_first=batch_first, bidirectional=bidirectional, bias=bias, **options
    ).double()
    lengths = [4, 7, 2, 7] if is_packed else [6, 6, 6]
    sequences = [torch.randn(length, INPUT, dtype=torch.double) for length in lengths]
    rows, width = layers * (2 if bidirectional else 1), HIDDEN * (2 if bidirectional else 1)
    weights_out = [torch.randn(length, width, dtype=torch.double) for length in lengths]
    weights_last = torch.randn(rows, len(lengths), HIDDEN, dtype=torch.double)
    padded = nn.utils.rnn.pad_sequence(sequences, batch_first=batch_first)

    def loss_of():
        x = pack_padded_sequence(padded, lengths, batch_first, enforce_sorted=False) if is_packed else padded
        out, last = module(x)
        out = pad_packed_sequence(out, batch_first=True)[0] if is_packed else out if batch_first else out.transpose(0, 1)
        last = last[0] if isinstance(last, tuple) else last
        return sum((o[:n] * w).sum() for o, n, w in zip(out, lengths, weights_out)) + (last * weights_last).sum(), out

    net = Net(module)
    loss, out = loss_of()
    loss.backward()
    expected = [p.grad.clone() for p in module.parameters()]
    net.zero_grad()
    with unroll.record(net, folder, every=1) as recorder:
        loss, recorded_out = loss_of()
        loss.backward()
        grads = [difference(p.grad, e) for p, e in zip(module.parameters(), expected)]
        series = recorder._series(None, float(loss))
        recorder.step(loss)
    assert "forward" not in vars(module)
    steps = max(lengths)
    squares = torch.zeros(3, rows, steps, dtype=torch.double)
    outputs = []
    for b, x in enumerate(sequences):
        theirs, gradients = one_sequence(module, x, weights_out[b], weights_last[:, b])
        outputs.append(difference(recorded_out[b, : len(x)].detach(), theirs))
        for row, (total, local, inner) in enumerate(gradients):
            for place, gradient in enumerate((total, local, inner)):
                squares[place, row, : len(x)] += gradient.pow(2).sum(1)
    names = ["dh", "dh_local"] + (["dc"] if kind == "LSTM" else [])
    through_time = {
        name: max(difference(series[f"{name}_l{row}"], squares[place, row].sqrt()) for row in range(rows))
        for place, name in enumerate(names)
    }
    return {"outputs": max(outputs), "gradients": max(grads), **through_time}


class Cells(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.cells = nn.ModuleList([getattr(nn, kind + "Cell")(INPUT if l == 0 else HIDDEN, HIDDEN) for l in range(2)])
        self.double()

    def forward(self, x):
        states, outputs = [None, None], []
        for step in x:
            for l, cell in enumerate(self.cells):
                states[l] = cell(step, states[l])
                step = states[l][0] if isinstance(states[l], tuple) else states[l]
            outputs.append(step)
        return torch.stack(outputs)


def check_cells(folder, kind):
    """Cells in a loop of the model, against nn.RNN, nn.LSTM or nn.GRU with the same weights, recorded the other way."""
    torch.manual_seed(2)
    model = Cells(kind)
    layer = getattr(nn, kind)(INPUT, HIDDEN, 2).double()
    for l, cell in enumerate(model.cells):
        for name, parameter in cell.named_parameters():
            getattr(layer, f"{name}_l{l}").data.copy_(parameter)
    x, weights = torch.randn(6, 4, INPUT, dtype=torch.double), torch.randn(6, 4, HIDDEN, dtype=torch.double)
    weights[:4] = 0
    found = []
    for net, out in ((model, lambda: model(x)), (Net(layer), lambda: layer(x)[0])):
        with unroll.record(net, f"{folder}-{len(found)}", every=1) as recorder:
            loss = (out() * weights).sum()
            loss.backward()
            found.append(recorder._series(None, float(loss)))
            recorder.step(loss)
    cells, layers = found
    assert cells["loss_per_step"][:4] == [0, 0, 0, 0] == layers["loss_per_step"][:4], cells["loss_per_step"]
    return {
        key: difference(values, layers[key]) for key, values in cells.items() if key.startswith(("d", "saturation"))
    }


class Scaler:
    """What the recorder needs of torch.cuda.amp.GradScaler, which is inactive without a GPU."""

    def __init__(self, scale):
        self.scale = scale

    def get_scale(self):
        return self.scale


def check_scaler(folder):
    """Mixed precision: the loss is scaled, the scale changes before step(), and nothing of it is recorded."""
    found = []
    for place, scale in enumerate((1.0, 1024.0)):
        torch.manual_seed(4)
        net, scaler = Net(nn.LSTM(INPUT, HIDDEN).double()), Scaler(scale)
        x = torch.randn(6, 4, INPUT, dtype=torch.double)
        with unroll.record(net, f"{folder}-{place}", every=1, scaler=scaler) as recorder:
            loss = net.layer(x)[0].pow(2).sum()
            (loss * scale).backward()
            for parameter in net.parameters():
                parameter.grad /= scale
            scaler.scale *= 2
            raw = [float(norm) for norm in recorder._raw.values()]
            found.append([recorder._series(None, float(loss))["dh_l0"], raw])
            recorder.step(loss)
    return {name: difference(*values) for name, values in zip(("dh", "raw"), zip(*found))}


def check_copies(folder):
    """A copy of the model, and one that was stored whole, compute with their own weights, during the recording and after."""
    torch.manual_seed(5)
    net, x = Net(nn.GRU(INPUT, HIDDEN).double()), torch.randn(6, 4, INPUT, dtype=torch.double)
    cells = Cells("LSTM")
    with unroll.record(net, folder, every=1) as recorder, unroll.record(cells, f"{folder}-cells", every=1) as other:
        copies = [copy.deepcopy(net), pickle.loads(pickle.dumps(net))]
        copied_cells = copy.deepcopy(cells)
        expected, expected_cells = net.layer(x)[0].detach(), cells(x).detach()
        recorder._traces, other._traces = [], []
        for _ in range(2):
            loss = net.layer(x)[0].sum() + cells(x).sum()
            loss.backward()
            with torch.no_grad():
                for parameter in (*net.parameters(), *cells.parameters()):
                    parameter += 0.1
            recorder.step(loss)
            other.step(loss)
        during = [one.layer(x)[0] for one in copies] + [copied_cells(x)]
        assert not recorder._traces and not other._traces
    after = [one.layer(x)[0] for one in copies] + [copied_cells(x)]
    found = zip(during + after, 2 * [expected, expected, expected_cells])
    return {f"copy {n}": difference(ours.detach(), theirs) for n, (ours, theirs) in enumerate(found)}


def recorded_run(folder):
    """A whole run with clipping, and what it should have recorded, measured beside the recorder."""
    torch.manual_seed(3)
    model = nn.ModuleDict({"gru": nn.GRU(2, 4, batch_first=True), "head": nn.Linear(4, 1)}).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.5)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 3, 0.1)
    expected = []
    options = {"optimizer": optimizer, "every": 2, "clip": 0.25, "lag": 4, "notes": "a “note”", "config": {"dropout": 0}}
    with unroll.record(model, folder, **options) as recorder:
        for update in range(7):
            x, y = torch.randn(3, 5, 2, dtype=torch.double), torch.randn(3, 1, dtype=torch.double)
            optimizer.zero_grad()
            # The gradient is accumulated over two calls of backward().
            losses = [nn.functional.mse_loss(model["head"](model["gru"](part)[0][:, -1]), goal) / 2
                      for part, goal in ((x[:2], y[:2]), (x[2:], y[2:]))]  # fmt: skip
            for loss in losses:
                loss.backward()
            raw = {key: float(p.grad.norm()) for key, p in model.named_parameters()}
            total = float(nn.utils.clip_grad_norm_(model.parameters(), 0.25))
            before = {key: p.detach().clone() for key, p in model.named_parameters()}
            rate = optimizer.param_groups[0]["lr"]
            optimizer.step()
            loss = float(sum(losses))
            recorder.step(loss, validation_loss=1.5 if update == 4 else None)
            scheduler.step()
            expected.append({
                "loss": loss, "gradNorm": total, "clipped": total > 0.25, "learningRate": rate, "raw": list(raw.values()),
                "change": [float((p.detach() - before[key]).norm()) for key, p in model.named_parameters()],
                "weight": [float(w.norm()) for w in before.values()],
            })  # fmt: skip
    return expected


def read(path):
    """The tensors of a safetensors file in double precision or 32-bit integers, and its metadata."""
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    types = {"F64": torch.float64, "F32": torch.float32, "I32": torch.int32}
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        part = bytearray(data[8 + length + begin : 8 + length + end])
        tensors[name] = torch.frombuffer(part, dtype=types[entry["dtype"]]).reshape(entry["shape"])
    return tensors, header.get("__metadata__", {})


def captured_again(path, folder, form):
    """An update that Unroll captured, made again in PyTorch and captured by the recorder; `form`: how the head is called."""
    tensors, metadata = read(path)
    experiment = json.loads(metadata["experiment"])
    cell = experiment["model"]["cell"].upper()
    inputs = tensors["inputs"].double()
    hidden, layers = experiment["model"]["hidden"], experiment["model"]["layers"]
    options = {"batch_first": form == "batchFirst"}
    if cell == "RNN":
        options["nonlinearity"] = experiment["model"].get("activation", "tanh")
    layer = getattr(nn, cell)(inputs.shape[2], hidden, layers, **options)
    net = nn.ModuleDict({"layer": layer, "head": nn.Linear(hidden, tensors["outputs"].shape[2])}).double()
    for prefix, part in (("rnn", net["layer"]), ("head", net["head"])):
        for name, parameter in part.named_parameters():
            parameter.data.copy_(tensors[f"{prefix}.{name}"])
    optimizer = torch.optim.SGD(net.parameters(), lr=experiment["optimizer"]["learningRate"])
    targets, is_mse = tensors["targets"], experiment["loss"]["kind"] == "mse"
    targets = targets.double() if is_mse else targets.long()
    with unroll.record(net, folder, optimizer=optimizer, capture=[0]) as recorder:
        states = net["layer"](inputs.transpose(0, 1) if form == "batchFirst" else inputs)[0]
        if form == "last":
            outputs, targets = net["head"](states[-1]), targets[-1]
        elif form == "rows":
            outputs, targets = net["head"](states.reshape(-1, hidden)), targets.reshape(-1)
        else:
            outputs, targets = net["head"](states), targets.transpose(0, 1) if form == "batchFirst" else targets
        width = outputs.shape[-1]
        loss = nn.functional.mse_loss(outputs, targets) if is_mse else nn.functional.cross_entropy(
            outputs.reshape(-1, width), targets.reshape(-1), ignore_index=-1)  # fmt: skip
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), experiment["clip"]["norm"])
        optimizer.step()
        recorder.step(loss, targets=targets)


def main(folder):
    grid = itertools.product(CELLS, (1, 2), (False, True), (False, True), (False, True))
    for place, (kind, layers, bidirectional, batch_first, is_packed) in enumerate(grid):
        bias = place % 3 != 0
        options = {"nonlinearity": "relu"} if kind == "RNN" and place % 2 else {}
        result = check(f"{folder}/{place}", kind, layers, bidirectional, batch_first, is_packed, bias, options)
        name = f"nn.{kind}, layers {layers}, bidirectional {bidirectional}, packed {is_packed}, batch_first {batch_first}"
        print(json.dumps({"name": name, "differences": result}))
    for kind in CELLS:
        print(json.dumps({"name": f"nn.{kind}Cell", "differences": check_cells(f"{folder}/{kind}", kind)}))
    print(json.dumps({"name": "scaler", "differences": check_scaler(f"{folder}/scaler")}))
    print(json.dumps({"name": "copies", "differences": check_copies(f"{folder}/copies")}))
    print(json.dumps({"name": "run", "expected": recorded_run(f"{folder}/run")}))


if len(sys.argv) > 2:
    captured_again(*sys.argv[1:])
else:
    main(sys.argv[1])
