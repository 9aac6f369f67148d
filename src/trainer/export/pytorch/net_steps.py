class Product(torch.autograd.Function):
    """values times a weight matrix, whose gradient uses the weights as they are when it is computed.

    The gradient reaches steps of earlier windows, which were computed before the last updates.
    """

    @staticmethod
    def forward(context, values, weight):
        context.save_for_backward(values)
        context.weight = weight
        return values @ weight.t()

    @staticmethod
    def backward(context, gradient):
        (values,) = context.saved_tensors
        return gradient @ context.weight.detach(), gradient.t() @ values


class Step:
    """One layer at one time step: its input and state, from which its gradient is computed, and its new state."""

    def __init__(self, parameters, x, state, keep):
        self.x = x.detach().requires_grad_()
        self.state = tuple(part.detach().requires_grad_() for part in state)
        self.parameters, self.keep = parameters, keep
        weight_ih, weight_hh, bias_ih, bias_hh = parameters
        kept = tuple(part * keep for part in self.state)
        gx = Product.apply(self.x, weight_ih) + bias_ih
        gh = Product.apply(kept[0], weight_hh) + bias_hh
        self.result = cell_step(gx, gh, kept)

    def gradients(self, of_result):
        """From the gradient of the new state: those of the input and the old state; adds those of the parameters."""
        sources = (self.x, *self.state, *self.parameters)
        gradients = torch.autograd.grad(self.result, sources, of_result, retain_graph=True, allow_unused=True)
        for parameter, gradient in zip(self.parameters, gradients[1 + len(self.state) :]):
            if gradient is not None:
                parameter.grad = gradient.clone() if parameter.grad is None else parameter.grad + gradient
        return gradients[0], gradients[1 : 1 + len(self.state)]


class Net(torch.nn.Module):
    """Recurrent layers, computed and differentiated step by step: backpropagation through time, written out."""

    def __init__(self):
        super().__init__()
        self.rnn = torch.nn.Module()
        for layer in range(LAYERS):
            for name, shape in (
                ("weight_ih", (GATES * HIDDEN, HIDDEN if layer > 0 else INPUTS)),
                ("weight_hh", (GATES * HIDDEN, HIDDEN)),
                ("bias_ih", (GATES * HIDDEN,)),
                ("bias_hh", (GATES * HIDDEN,)),
            ):
                self.rnn.register_parameter(f"{name}_l{layer}", torch.nn.Parameter(torch.zeros(shape)))
        self.head = torch.nn.Linear(HIDDEN, OUTPUTS)
        self.timeline = []
        # The norm of the gradient of the loss by h_t of each layer, over the batch: [layer][t] of the last update.
        self.norms = []
        # As norms, of the part that does not come back from step t + 1.
        self.local_norms = []

    def layer(self, index):
        return [getattr(self.rnn, f"{name}_l{index}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]

    def run(self, window, states):
        """Runs all layers over a window; returns the steps of each time, and the states after it."""
        batch = window.inputs.shape[1]
        if states is None:
            zero = torch.zeros(batch, HIDDEN, dtype=DTYPE, device=DEVICE)
            states = [(zero,) * STATES for _ in range(LAYERS)]
        times = []
        for t, x in enumerate(window.inputs):
            keep = (~window.reset).to(DTYPE).unsqueeze(1) if t == 0 else torch.ones(batch, 1, dtype=DTYPE, device=DEVICE)
            steps = []
            for index in range(LAYERS):
                steps.append(Step(self.layer(index), x, states[index], keep))
                x = steps[-1].result[0]
            states = [tuple(part.detach() for part in step.result) for step in steps]
            times.append(steps)
        return times, states

    def learn(self, window):
        """Computes the gradients of one window; returns its loss, or None where no step of the gradient has a target."""
        states = [step.result for step in self.timeline[-1]] if self.timeline else None
        times, _ = self.run(window, states)
        steps = len(times)
        backward = len(times) if BACKWARD is None else BACKWARD
        # The steps of earlier windows that the gradient reaches.
        reached = 0 if window.whole.reset.all() else max(0, backward - steps)
        earlier = self.timeline[-reached:] if reached > 0 and REACHES_BACK else []
        self.timeline = earlier + times
        start = max(0, len(self.timeline) - backward)
        first = max(0, start - len(earlier))

        learned = window.steps(first, steps, True)
        targets = int(learned.whole.mask.sum())
        if targets == 0:
            return None
        tops = torch.stack([time[-1].result[0].detach() for time in times]).requires_grad_()
        outputs = self.head(tops)
        (loss_sum(outputs[first:], learned) / divisor(targets, BATCH)).backward()

        zero = torch.zeros_like(tops[0])
        carried = [(zero,) * STATES for _ in range(LAYERS)]
        self.norms = [[math.nan] * len(self.timeline) for _ in range(LAYERS)]
        self.local_norms = [[math.nan] * len(self.timeline) for _ in range(LAYERS)]
        for t in range(len(self.timeline) - 1, start - 1, -1):
            # What reaches h_t from above: from the loss of this step, or from the layer above.
            above = tops.grad[t - len(earlier)] if t >= len(earlier) else zero
            for index in range(LAYERS - 1, -1, -1):
                total = above + carried[index][0]
                self.norms[index][t], self.local_norms[index][t] = float(total.norm()), float(above.norm())
                if HIDDEN_CLIP is not None:
                    total = total.clamp(-HIDDEN_CLIP, HIDDEN_CLIP)
                step = self.timeline[t][index]
                above, carried[index] = step.gradients((total, *carried[index][1:]))
        return float(loss_sum(outputs.detach(), window)) / divisor(int(window.whole.mask.sum()), BATCH)

    @torch.no_grad()
    def evaluate(self, windows):
        """The loss over windows, from the zero state; None where no step has a target."""
        total, targets, sequences, states = 0.0, 0, 0, None
        for window in windows:
            if window.whole.reset.all():
                states = None
            times, states = self.run(window, states)
            outputs = self.head(torch.stack([time[-1].result[0] for time in times]))
            total += float(loss_sum(outputs, window))
            targets += int(window.whole.mask.sum())
            sequences += window.whole.inputs.shape[1]
        return None if targets == 0 else total / divisor(targets, sequences)
