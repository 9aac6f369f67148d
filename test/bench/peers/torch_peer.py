"""Times training steps in PyTorch on request.

Reads one JSON object a line: {"workload": {...}, "threads": n, "steps": k}; answers with the milliseconds of one step.
The fused nn.RNN, nn.LSTM and nn.GRU run, PyTorch's fastest way on a CPU; no gradient inside the recurrence is recorded.
"""

import json
import os
import re
import sys
import time

import torch
from torch import nn


def trial(w):
    text = w["vocabulary"] > 0
    width, out = (w["vocabulary"], w["vocabulary"]) if text else (2, 1)
    torch.manual_seed(1)
    rnn = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[w["cell"]](width, w["hidden"])
    head = nn.Linear(w["hidden"], out)
    parameters = [*rnn.parameters(), *head.parameters()]
    adagrad = w["optimizer"] == "adagrad"
    optimizer = torch.optim.Adagrad(parameters, lr=0.1) if adagrad else torch.optim.Adam(parameters, lr=1e-3)
    symbols = torch.randint(0, max(1, w["vocabulary"]), (w["steps"], w["batch"]))
    x = nn.functional.one_hot(symbols, width).float() if text else torch.rand(w["steps"], w["batch"], 2)
    target = torch.rand(w["batch"], 1)

    def step():
        optimizer.zero_grad(set_to_none=False)
        h, _ = rnn(x)
        if text:
            loss = nn.functional.cross_entropy(head(h).reshape(-1, out), symbols.reshape(-1))
        else:
            loss = nn.functional.mse_loss(head(h[-1]), target)
        loss.backward()
        if adagrad:
            nn.utils.clip_grad_value_(parameters, 5)
        else:
            nn.utils.clip_grad_norm_(parameters, 1)
        optimizer.step()

    step()
    return step


blas = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
facts = {"version": torch.__version__, "threads": os.cpu_count(), "blas": blas.group(1) if blas else "unknown"}
print(json.dumps(facts), flush=True)
trials = {}
for line in sys.stdin:
    asked = json.loads(line)
    torch.set_num_threads(asked["threads"])
    name = asked["workload"]["name"]
    if name not in trials:
        trials.clear()
        trials[name] = trial(asked["workload"])
    start = time.perf_counter()
    for _ in range(asked["steps"]):
        trials[name]()
    print((time.perf_counter() - start) * 1000 / asked["steps"], flush=True)
