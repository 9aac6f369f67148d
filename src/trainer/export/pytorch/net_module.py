class Net(torch.nn.Module):
    """PyTorch's own recurrent layers, and a linear head on the last one."""

    def __init__(self):
        super().__init__()
        self.rnn = @MODULE@
        self.head = torch.nn.Linear(HIDDEN, OUTPUTS)
        self.state = None

    def forward(self, inputs, state):
        states, state = self.rnn(inputs, state)
        return self.head(states), state

    def begin(self, window, state):
        """The state before a window: zero for the sequences that start there."""
        if state is None or window.whole.reset.all():
            return None
        keep = (~window.reset).to(DTYPE).reshape(1, -1, 1)
        return tuple(part * keep for part in state) if isinstance(state, tuple) else state * keep

    def learn(self, window):
        """Computes the gradients of one window; returns its loss, or None where no step of the gradient has a target.

        Truncated BPTT: the gradient flows back through the last BACKWARD steps only, so those before are computed
        without one, and their losses are reported but not learned from.
        """
        state = self.begin(window, self.state)
        steps = len(window.inputs)
        first = 0 if BACKWARD is None else max(0, steps - BACKWARD)
        outputs = []
        if first > 0:
            with torch.no_grad():
                early, state = self(window.inputs[:first], state)
                outputs.append(early)
        late, state = self(window.inputs[first:], state)
        outputs.append(late)
        self.state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
        learned = window.steps(first, steps, first > 0)
        targets = int(learned.whole.mask.sum())
        if targets == 0:
            return None
        (loss_sum(late, learned) / divisor(targets, BATCH)).backward()
        with torch.no_grad():
            total = loss_sum(torch.cat(outputs), window)
        return float(total) / divisor(int(window.whole.mask.sum()), BATCH)

    @torch.no_grad()
    def evaluate(self, windows):
        """The loss over windows, from the zero state; None where no step has a target."""
        total, targets, sequences, state = 0.0, 0, 0, None
        for window in windows:
            outputs, state = self(window.inputs, self.begin(window, state))
            total += float(loss_sum(outputs, window))
            targets += int(window.whole.mask.sum())
            sequences += window.whole.inputs.shape[1]
        return None if targets == 0 else total / divisor(targets, sequences)
