def memory_of(net):
    """What the next window continues from: the states after the last one."""
    return net.state


def remember(net, memory):
    net.state = memory


def series_of(_net, _update):
    """The recorder observes PyTorch's layers itself."""
    return None


RECURRENCE = None
RememberingNet = Net
