class Window:
    """T steps of B sequences, time first.

    inputs (T, B, I); targets (T, B, O) of numbers or (T, B) of classes; mask (T, B), true where a step has a loss;
    reset (B), true where a sequence starts from the zero state, false where it continues. Where it has only some sequences
    of a batch, whole is the window with all of them, by whose targets a loss is divided.
    """

    def __init__(self, inputs, targets, mask, reset, whole=None):
        self.inputs, self.targets, self.mask, self.reset = inputs, targets, mask, reset
        self.whole = self if whole is None else whole

    def steps(self, start, end, continues):
        """The steps from start to end, as a window of its own."""
        reset = torch.zeros_like(self.reset) if continues else self.reset
        whole = None if self.whole is self else self.whole.steps(start, end, continues)
        return Window(self.inputs[start:end], self.targets[start:end], self.mask[start:end], reset, whole)


def numbers(values):
    """Numbers rounded to single precision, as Unroll rounds its data."""
    return torch.as_tensor(values, dtype=torch.float64).float().to(DEVICE, DTYPE)


def value_window(inputs, targets):
    """A window of numbers from nested lists: inputs [T][B][I]; targets [T][B][O], or None where a step has none."""
    mask = [[target is not None for target in row] for row in targets]
    filled = [[[0.0] * OUTPUTS if target is None else target for target in row] for row in targets]
    reset = torch.ones(len(inputs[0]), dtype=torch.bool, device=DEVICE)
    return Window(numbers(inputs), numbers(filled), torch.tensor(mask, device=DEVICE), reset)


def symbol_window(symbols, targets, reset=None):
    """A window of symbols from nested lists: symbols [T][B]; targets [T][B], or None where a step has none."""
    mask = torch.tensor([[target is not None for target in row] for row in targets], device=DEVICE)
    classes = torch.tensor([[-1 if target is None else target for target in row] for row in targets], device=DEVICE)
    inputs = torch.nn.functional.one_hot(torch.tensor(symbols, device=DEVICE), INPUTS).to(DTYPE)
    if reset is None:
        reset = [True] * len(symbols[0])
    return Window(inputs, classes, mask, torch.tensor(reset, device=DEVICE))


def table(steps, batch, value=None):
    return [[value] * batch for _ in range(steps)]
