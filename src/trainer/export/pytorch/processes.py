def begin_processes():
    """Connects the processes. One that waits for another longer than --timeout ends with an error."""
    if PROCESSES == 1:
        return
    if DEVICE.type == "cuda":
        torch.cuda.set_device(DEVICE)
    backend = "nccl" if DEVICE.type == "cuda" else "gloo"
    timeout = datetime.timedelta(seconds=OPTIONS.timeout)
    torch.distributed.init_process_group(backend, rank=RANK, world_size=PROCESSES, timeout=timeout)


def sequences_of_process(sequences):
    """The numbers of the sequences of a batch that this process computes."""
    return torch.arange(RANK, sequences, PROCESSES, device=DEVICE)


def part_of_process(window):
    """The sequences of a window that this process computes."""
    if PROCESSES == 1:
        return window
    rows, mask = sequences_of_process(window.inputs.shape[1]), window.mask
    if len(rows) == 0:
        # More processes than sequences: this one computes the first without a loss, so that all do the same.
        rows, mask = torch.zeros(1, dtype=torch.long, device=DEVICE), torch.zeros_like(mask)
    return Window(window.inputs[:, rows], window.targets[:, rows], mask[:, rows], window.reset[rows], window)


def summed(number):
    """The sum of a number over the processes."""
    if PROCESSES == 1:
        return number
    total = torch.tensor(number, dtype=torch.float64, device=DEVICE)
    torch.distributed.all_reduce(total)
    return float(total)


class SharedTraining(Training):
    """A training whose processes together do what one would do: losses and gradients are sums over them.

    DistributedDataParallel does not fit: it averages, and its hooks see one forward and one backward pass through the module.
    Here the steps of a window with and without a gradient are passes of their own, and backpropagation that is written out
    sets the gradients itself. One sum of all gradients, after the window, is the same for both.
    """

    recorder = None

    def learn(self, window):
        loss = self.net.learn(part_of_process(window))
        # Whether a window has targets depends on all its sequences, so either all processes return here or none.
        if loss is None:
            return None
        if PROCESSES > 1:
            gradients = torch.cat([parameter.grad.flatten() for parameter in self.parameters])
            torch.distributed.all_reduce(gradients)
            sizes = [parameter.numel() for parameter in self.parameters]
            for parameter, gradient in zip(self.parameters, gradients.split(sizes)):
                parameter.grad.copy_(gradient.reshape(parameter.shape))
        if self.recorder is not None:
            self.recorder.measure_gradients()
        return summed(loss)

    def evaluate(self):
        loss = self.net.evaluate(part_of_process(window) for window in held_out())
        return None if loss is None else summed(loss)
