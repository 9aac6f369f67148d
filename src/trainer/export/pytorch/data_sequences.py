def batches(_place):
    """The sequences of the experiment: one batch, every time. It holds nothing out."""
    inputs, targets, mask = (FILE["sequences/" + name] for name in ("inputs", "targets", "mask"))
    targets = targets.long().to(DEVICE) if targets.dim() == 2 else numbers(targets)
    reset = torch.ones(inputs.shape[1], dtype=torch.bool, device=DEVICE)
    while True:
        yield Window(numbers(inputs), targets, (mask == 1).to(DEVICE), reset)


def held_out():
    return iter(())
