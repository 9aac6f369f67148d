def windows_of(batch):
    """A batch whole, or cut into windows of FORWARD steps, each of which is an update."""
    steps = len(batch.inputs)
    if FORWARD is None or CONTIGUOUS:
        yield batch
        return
    for start in range(0, steps, FORWARD):
        yield batch.steps(start, min(steps, start + FORWARD), start > 0)


def rate_factor(update):
    """The factor of the learning rate at an update, from 0."""
    return @SCHEDULE@


def norm_of(gradients):
    return float(torch.stack([gradient.norm() for gradient in gradients]).norm())


class Diverged(SystemExit):
    """A loss or a gradient was not finite."""


class Training:
    """The net with its initial weights, the optimizer, and how far the training is."""

    def __init__(self, net):
        self.net = net
        self.net.to(DEVICE, DTYPE)
        weights = {name: tensor for name, tensor in FILE.items() if name.startswith(("rnn.", "head."))}
        self.net.load_state_dict({name: tensor.to(DEVICE, DTYPE) for name, tensor in weights.items()})
        parameters = list(self.net.parameters())
        optimizer = @OPTIMIZER@
        self.plateau = @PLATEAU@
        self.parameters, self.optimizer = parameters, optimizer
        self.has_validation = VALIDATE_EVERY > 0 and next(iter(held_out()), None) is not None
        self.updates, self.best, self.without_improvement = 0, math.inf, 0
        # Why it is over: "steps", "stopAtLoss" or "patience".
        self.reason = None

    def learn(self, window):
        return self.net.learn(window)

    def evaluate(self):
        return self.net.evaluate(held_out())

    def update(self, window):
        """One update; returns what it came to, or None where no step of the gradient has a target."""
        parameters, optimizer = self.parameters, self.optimizer
        optimizer.zero_grad(set_to_none=True)
        loss = self.learn(window)
        if loss is None:
            return None
        gradients = [parameter.grad for parameter in parameters]
        norm = norm_of(gradients)
        if not math.isfinite(loss) or not math.isfinite(norm):
            raise Diverged(f"Diverged at update {self.updates}: loss {loss}, norm of the gradient {norm}.")
        @CLIP@
        clipped_norm = norm_of(gradients)
        rate = optimizer.param_groups[0]["lr"] if self.plateau else LEARNING_RATE * rate_factor(self.updates)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()
        line = {"step": self.updates, "loss": loss, "gradNorm": norm, "clippedNorm": clipped_norm, "learningRate": rate}
        self.updates += 1

        if self.updates >= STEPS:
            self.reason = "steps"
        if STOP_AT_LOSS is not None and loss <= STOP_AT_LOSS:
            self.reason = "stopAtLoss"
        is_due = VALIDATE_EVERY > 0 and (self.updates % VALIDATE_EVERY == 0 or self.reason is not None)
        validation_loss = self.evaluate() if is_due and self.has_validation else None
        if validation_loss is not None:
            line["validationLoss"] = validation_loss
            self.without_improvement = 0 if validation_loss < self.best else self.without_improvement + 1
            self.best = min(self.best, validation_loss)
        metric = validation_loss if self.has_validation else loss
        if self.plateau and metric is not None:
            self.plateau.step(metric)
        if self.reason is None and PATIENCE is not None and self.without_improvement >= PATIENCE:
            self.reason = "patience"
        return line


# What each update came to.
HISTORY = []


def report(line):
    HISTORY.append(line)
    if OPTIONS.json:
        print(json.dumps(line), flush=True)
    elif "validationLoss" in line or line["step"] % 100 == 0:
        held = f", validation loss {line['validationLoss']:.6g}" if "validationLoss" in line else ""
        print(f"update {line['step']}: loss {line['loss']:.6g}, norm of the gradient {line['gradNorm']:.3g}{held}", flush=True)
