def loss_sum(outputs, window):
    """The loss of all steps that have one, before it is divided."""
    outputs, targets = outputs[window.mask], window.targets[window.mask]
    if LOSS == "crossEntropy":
        return torch.nn.functional.cross_entropy(outputs, targets, reduction="sum")
    predictions = torch.sigmoid(outputs) if OUTPUT == "sigmoid" else outputs
    return torch.nn.functional.mse_loss(predictions, targets, reduction="sum")


def divisor(targets, sequences):
    """What the sum is divided by: the number of targets (for mse times O), or of sequences."""
    if REDUCTION == "sum":
        return sequences
    return targets * OUTPUTS if LOSS == "mse" else targets
