def memory_of(net):
    """What the next window continues from: the steps that its gradient may reach, and the weights that each was computed
    with, because it keeps the values that it had."""
    reached = BACKWARD if REACHES_BACK else 1
    return [
        [(step.x.detach(), [part.detach() for part in step.state], step.keep, step.weights) for step in steps]
        for steps in net.timeline[-reached:]
    ]


def remember(net, memory):
    present = [parameter.detach().clone() for parameter in net.rnn.parameters()]
    net.timeline = []
    for steps in memory:
        net.timeline.append([])
        for index, (x, state, keep, weights) in enumerate(steps):
            set_weights(net, weights)
            step = Step(net.layer(index), x, state, keep)
            step.weights = weights
            net.timeline[-1].append(step)
    set_weights(net, present)


@torch.no_grad()
def set_weights(net, weights):
    for parameter, values in zip(net.rnn.parameters(), weights):
        parameter.copy_(values)


class RememberingNet(Net):
    """A net that knows of each step the weights it was computed with, for checkpoints."""

    def run(self, window, states):
        times, states = super().run(window, states)
        if OPTIONS.checkpoint is not None:
            weights = [parameter.detach().clone() for parameter in self.rnn.parameters()]
            for steps in times:
                for step in steps:
                    step.weights = weights
        return times, states


def series_of(net, update):
    """The norms of the gradient through time, for the recorder."""
    if update % RECORD_EVERY != 0:
        return None
    # Steps that the gradient does not reach.
    reached = lambda rows: [[0.0 if math.isnan(norm) else norm for norm in norms] for norms in rows]
    return {"dh": reached(net.norms), "dh_local": reached(net.local_norms)}


RECURRENCE = {"cell": CELL, "hidden": HIDDEN, "layers": LAYERS, "activation": ACTIVATION, "inputs": INPUTS, "batch": BATCH}
