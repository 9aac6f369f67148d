"""Recomputes captured updates in PyTorch and compares every tensor.

Usage: recompute.py FOLDER [FOLDER...]; each folder holds step-0, step-1, ... .safetensors of one run.
Reads the files with nothing but numpy, builds the net from torch.nn where it has the cell, and unrolls it by hand for
the gradients of single steps. Prints one line per folder; exits with 1 where anything differs.
"""

import json
import math
import struct
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

TOLERANCE = {torch.float64: 1e-10, torch.float32: 2e-5}
NUMPY = {"F32": np.float32, "F64": np.float64, "I32": np.int32}
ACTIVATION = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "identity": lambda x: x}


def read(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    meta = header.pop("__metadata__", {})
    start = 8 + length
    tensors = {
        name: torch.from_numpy(
            np.frombuffer(data, NUMPY[e["dtype"]], offset=start + e["data_offsets"][0], count=math.prod(e["shape"])).reshape(e["shape"]).copy()
        )
        for name, e in header.items()
    }
    return tensors, meta


def state_dict(tensors, prefix=""):
    names = [n[len(prefix) :] for n in tensors if n.startswith(prefix) and n[len(prefix) :].startswith(("rnn.", "head."))]
    return {n: tensors[prefix + n] for n in names}


def loads_by_name(experiment, tensors):
    """The captured parameters are the state_dict of a module written the usual way."""
    model = experiment["model"]
    kinds = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
    if model["cell"] not in kinds:
        return None
    outputs = tensors["head.weight"].shape[0]
    module = nn.Module()
    module.rnn = kinds[model["cell"]](tensors["inputs"].shape[2], model["hidden"], model["layers"])
    module.head = nn.Linear(model["hidden"], outputs)
    module.double().load_state_dict(state_dict(tensors), strict=True)
    if model["cell"] == "rnn" and model.get("activation", "tanh") != "tanh":
        return None
    L = model["layers"]
    h0 = torch.stack([tensors[f"h0_l{l}"] for l in range(L)]).double()
    state = (h0, torch.stack([tensors[f"c0_l{l}"] for l in range(L)]).double()) if model["cell"] == "lstm" else h0
    with torch.no_grad():
        return module.head(module.rnn(tensors["inputs"].double(), state)[0])


def step(model, p, l, x, h, c):
    gx = x @ p[f"rnn.weight_ih_l{l}"].T + p[f"rnn.bias_ih_l{l}"]
    gh = h @ p[f"rnn.weight_hh_l{l}"].T + p[f"rnn.bias_hh_l{l}"]
    if model["cell"] == "rnn":
        return ACTIVATION[model.get("activation", "tanh")](gx + gh), None
    if model["cell"] == "lstm":
        i, f, g, o = (gx + gh).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c
    if model["cell"] == "mgu":
        (xf, xn), (hf, hn) = gx.chunk(2, 1), gh.chunk(2, 1)
        f = torch.sigmoid(xf + hf)
        return (1 - f) * h + f * torch.tanh(xn + f * hn), None
    if model["cell"] != "gru":
        raise SystemExit(f"there is no definition of the cell {model['cell']} here")
    (xr, xz, xn), (hr, hz, hn) = gx.chunk(3, 1), gh.chunk(3, 1)
    r, z = torch.sigmoid(xr + hr), torch.sigmoid(xz + hz)
    return (1 - z) * torch.tanh(xn + r * hn) + z * h, None


def forward(experiment, tensors, p, cut, clip):
    """Unrolls the window; ∂L/∂h_t is taken before hidden clipping, which a hook applies on the way into the cell. What
    reaches h_t other than through t+1 of its own layer is what arrives at the copy of it that goes up."""
    model = experiment["model"]
    T, B, _ = tensors["inputs"].shape
    L = model["layers"]
    dtype = p["head.bias"].dtype
    h = [tensors[f"h0_l{l}"].to(dtype) for l in range(L)]
    c = [tensors[f"c0_l{l}"].to(dtype) if model["cell"] == "lstm" else None for l in range(L)]
    names = [f"{kind}_l{l}" for kind in ("dh", "dhLocal") for l in range(L)]
    gradients = {name: torch.zeros(T, B, model["hidden"], dtype=dtype) for name in names}
    states = {f"h_l{l}": [] for l in range(L)}
    outputs = []

    def watch(tensor, name, t):
        def hook(g):
            gradients[name][t] = g
            total = name.startswith("dh_")
            return g.clamp(-clip["hidden"], clip["hidden"]) if total and clip and "hidden" in clip else g

        if tensor.requires_grad:
            tensor.register_hook(hook)

    for t in range(T):
        x = tensors["inputs"][t].to(dtype)
        for l in range(L):
            if t == cut:
                h[l] = h[l].detach()
                c[l] = None if c[l] is None else c[l].detach()
            h[l], c[l] = step(model, p, l, x, h[l], c[l])
            states[f"h_l{l}"].append(h[l].detach())
            watch(h[l], f"dh_l{l}", t)
            x = h[l].clone()
            watch(x, f"dhLocal_l{l}", t)
        outputs.append(x @ p["head.weight"].T + p["head.bias"])
        if t < cut:
            outputs[-1] = outputs[-1].detach()
    return torch.stack(outputs), gradients, {n: torch.stack(s) for n, s in states.items()}


def losses(experiment, tensors, outputs, mask):
    """L_t as it enters the total, over the steps that `mask` leaves."""
    T, B, O = outputs.shape
    kind, reduction = experiment["loss"]["kind"], experiment["loss"]["reduction"]
    if kind == "mse":
        if experiment["loss"]["output"] == "sigmoid":
            outputs = torch.sigmoid(outputs)
        each = ((outputs - tensors["targets"].to(outputs.dtype)) ** 2).sum(2)
        count = mask.sum() * O
    else:
        target = tensors["targets"].long().clamp(min=0)
        each = nn.functional.cross_entropy(outputs.reshape(T * B, O), target.reshape(-1), reduction="none").reshape(T, B)
        count = mask.sum()
    return (each * mask).sum(1) / (count if reduction == "mean" else B)


def optimizer_of(o, parameters):
    common = dict(lr=o["learningRate"], weight_decay=o["weightDecay"])
    if o["kind"] == "sgd":
        return torch.optim.SGD(parameters, momentum=o["momentum"], nesterov=o["nesterov"], **common)
    if o["kind"] == "adagrad":
        return torch.optim.Adagrad(parameters, eps=o["epsilon"], **common)
    if o["kind"] == "rmsprop":
        return torch.optim.RMSprop(parameters, alpha=o["decay"], eps=o["epsilon"], momentum=o["momentum"], **common)
    kind = torch.optim.AdamW if o["kind"] == "adamw" else torch.optim.Adam
    return kind(parameters, betas=(o["beta1"], o["beta2"]), eps=o["epsilon"], **common)


def rate_factor(schedule, n):
    if schedule == "constant":
        return 1
    (kind, s), = schedule.items()
    return {"exponential": lambda: s**n, "cosine": lambda: 0.5 * (1 + math.cos(math.pi * min(n, s) / s)), "warmup": lambda: min(1, (n + 1) / s)}[kind]()


def difference(a, b):
    scale = max(b.abs().max().item() if b.numel() else 0, 1e-300)
    return ((a - b).abs().max().item() if b.numel() else 0) / max(scale, 1e-12)


def check(folder):
    worst, where = 0, ""
    optimizer = None
    for path in sorted(folder.glob("step-*.safetensors"), key=lambda p: int(p.stem.split("-")[1])):
        tensors, meta = read(path)
        experiment = json.loads(meta["experiment"])
        dtype = tensors["head.bias"].dtype
        n = int(meta["step"])
        found = {}
        module_outputs = loads_by_name(experiment, tensors)
        reach = int(meta.get("reach", 0))
        if module_outputs is not None and not reach:
            found["outputs (torch.nn)"] = (module_outputs.to(dtype), tensors["outputs"])
        p = {name: value.clone().requires_grad_() for name, value in state_dict(tensors).items()}
        T = tensors["inputs"].shape[0]
        bptt = experiment["bptt"]
        cut = 0 if bptt == "full" else max(0, T - bptt["backward"])
        mask = tensors["mask"].to(dtype)
        clip = experiment["clip"]
        outputs, dh, states = forward(experiment, tensors, p, cut, clip)
        counted = mask.clone()
        counted[:cut] = 0
        outputs.retain_grad()
        losses(experiment, tensors, outputs, counted)[cut:].sum().backward()
        reported = losses(experiment, tensors, outputs.detach(), mask)
        found["loss"] = (reported, tensors["loss"].to(dtype))
        found["metadata loss"] = (reported.sum().reshape(1), torch.tensor([float(meta["loss"])], dtype=dtype))
        for name, value in {**dh, **states, "dOutputs": outputs.grad}.items():
            found[name] = (value, tensors[name])
        gradients = {name: v.grad if v.grad is not None else torch.zeros_like(v) for name, v in p.items()}
        norm = torch.sqrt(sum((g.double() ** 2).sum() for g in gradients.values())).item()
        coefficient = min(1, clip["norm"] / (norm + 1e-6)) if clip and "norm" in clip else 1
        found["gradNorm"] = (torch.tensor([norm]), torch.tensor([float(meta["gradNorm"])]))
        found["clipCoefficient"] = (torch.tensor([coefficient]), torch.tensor([float(meta["clipCoefficient"])]))
        if optimizer is None:
            if n != 0:
                raise SystemExit(f"{folder}: the first capture must be of update 0, for the optimizer's state")
            weights = {name: nn.Parameter(v.detach().clone()) for name, v in p.items()}
            optimizer = optimizer_of(experiment["optimizer"], list(weights.values()))
        rate = experiment["optimizer"]["learningRate"] * rate_factor(experiment["optimizer"]["schedule"], n)
        found["learningRate"] = (torch.tensor([rate], dtype=torch.float64), torch.tensor([float(meta["learningRate"])], dtype=torch.float64))
        for group in optimizer.param_groups:
            group["lr"] = rate
        for name, g in gradients.items():
            clipped = g * coefficient
            if clip and "value" in clip:
                clipped = g.clamp(-clip["value"], clip["value"])
            found[f"grad/{name}"] = (g, tensors[f"grad/{name}"])
            found[f"clipped/{name}"] = (clipped, tensors[f"clipped/{name}"])
            # The captured weights and gradients go in, so that one update's rounding does not reach the next.
            weights[name].data.copy_(tensors[name])
            weights[name].grad = tensors[f"clipped/{name}"].clone()
        optimizer.step()
        for name in gradients:
            found[f"next/{name}"] = (weights[name].data, tensors[f"next/{name}"])
        for name, (ours, theirs) in found.items():
            if ours.shape != theirs.shape:
                return 1, f"step {n} {name}: shapes {tuple(ours.shape)} and {tuple(theirs.shape)}", dtype
            d = difference(ours.double(), theirs.double())
            if not d <= worst:
                worst, where = d, f"step {n} {name}"
    return worst, where, dtype


def main():
    failures = 0
    for folder in map(Path, sys.argv[1:]):
        worst, where, dtype = check(folder)
        good = worst < TOLERANCE[dtype]
        failures += not good
        print(f"{'ok  ' if good else 'FAIL'} {folder.name:<44} largest relative difference {worst:.1e} ({where})")
    print(f"{len(sys.argv) - 1 - failures} of {len(sys.argv) - 1} runs equal PyTorch {torch.__version__}")
    sys.exit(1 if failures else 0)


main()
