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


def train():
    net = Net()
    net.to(DEVICE, DTYPE)
    weights = {name: tensor for name, tensor in FILE.items() if name.startswith(("rnn.", "head."))}
    net.load_state_dict({name: tensor.to(DEVICE, DTYPE) for name, tensor in weights.items()})
    parameters = list(net.parameters())
    optimizer = @OPTIMIZER@
    plateau = @PLATEAU@
    has_validation = VALIDATE_EVERY > 0 and next(iter(held_out()), None) is not None
    updates, best, without_improvement = 0, math.inf, 0

    for batch in batches():
        for window in windows_of(batch):
            optimizer.zero_grad(set_to_none=True)
            loss = net.learn(window)
            if loss is None:
                continue
            gradients = [parameter.grad for parameter in parameters]
            norm = norm_of(gradients)
            if not math.isfinite(loss) or not math.isfinite(norm):
                raise SystemExit(f"Diverged at update {updates}: loss {loss}, norm of the gradient {norm}.")
            @CLIP@
            clipped_norm = norm_of(gradients)
            rate = optimizer.param_groups[0]["lr"] if plateau else LEARNING_RATE * rate_factor(updates)
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.step()
            updates += 1

            is_last = updates >= STEPS or (STOP_AT_LOSS is not None and loss <= STOP_AT_LOSS)
            is_due = VALIDATE_EVERY > 0 and (updates % VALIDATE_EVERY == 0 or is_last)
            validation_loss = net.evaluate(held_out()) if is_due and has_validation else None
            if validation_loss is not None:
                without_improvement = 0 if validation_loss < best else without_improvement + 1
                best = min(best, validation_loss)
            report(updates - 1, loss, norm, clipped_norm, rate, validation_loss)
            metric = validation_loss if has_validation else loss
            if plateau and metric is not None:
                plateau.step(metric)
            if is_last or (PATIENCE is not None and without_improvement >= PATIENCE):
                torch.save(net.state_dict(), SAVED)
                return net


# What each update came to.
HISTORY = []


def report(update, loss, norm, clipped_norm, rate, validation_loss):
    line = {"step": update, "loss": loss, "gradNorm": norm, "clippedNorm": clipped_norm, "learningRate": rate}
    if validation_loss is not None:
        line["validationLoss"] = validation_loss
    HISTORY.append(line)
    if OPTIONS.json:
        print(json.dumps(line), flush=True)
    elif validation_loss is not None or update % 100 == 0:
        held = "" if validation_loss is None else f", validation loss {validation_loss:.6g}"
        print(f"update {update}: loss {loss:.6g}, norm of the gradient {norm:.3g}{held}", flush=True)

