def say(text):
    """Prints a message, once for all processes."""
    if RANK == 0:
        print(text, file=sys.stderr, flush=True)


def recorder_of(training, position):
    """What writes the run for Unroll's panel; None without --records."""
    if OPTIONS.records is None:
        return contextlib.nullcontext()
    path = os.path.join(FOLDER, "unroll.py")
    if not os.path.exists(path):
        raise SystemExit(f"--records needs {path}: Unroll writes it beside the program, also by “Copy PyTorch Recorder…”.")
    spec = importlib.util.spec_from_file_location("unroll", path)
    unroll = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(unroll)
    if getattr(unroll, "VERSION", 1) < 2:
        raise SystemExit(f"{path} is not the recorder, or an earlier one. Replace it by “Unroll: Copy PyTorch Recorder…”.")
    described = read_metadata(TENSORS)
    experiment, facts = json.loads(described["experiment"]), json.loads(described["facts"])
    experiment["training"]["steps"] = facts["plannedUpdates"] = STEPS
    return unroll.record(
        training.net,
        OPTIONS.records,
        optimizer=training.optimizer,
        every=RECORD_EVERY,
        steps=RECORD_STEPS,
        name=facts["name"] or None,
        recurrence=RECURRENCE,
        experiment=experiment,
        facts=facts,
        distributed=PROCESSES > 1,
        resume=position,
    )


def record(recorder, training, line, window):
    steps = len(window.inputs)
    recorder.step(
        line["loss"],
        validation_loss=line.get("validationLoss"),
        learning_rate=line["learningRate"],
        series=series_of(training.net, line["step"]),
        # The recorder sees the part of a window that has a gradient.
        skipped=max(0, steps - BACKWARD) if RECURRENCE is None and BACKWARD is not None else 0,
        sequences=len(sequences_of_process(window.inputs.shape[1])),
    )


def identity():
    """What a checkpoint must agree with: the initial weights and the data of this program, and its precision."""
    with open(TENSORS, "rb") as file:
        return f"{hashlib.sha256(file.read()).hexdigest()} {DTYPE}"


# Whether a window may continue the one before: then each process has states that a checkpoint keeps.
CONTINUES = CONTIGUOUS or FORWARD is not None


def save_checkpoint(training, place, done, recorder):
    """Writes all that the training continues from; the file is replaced at once, so that it is whole at any time.

    done: how many windows of the batch at `place` were used.
    """
    if OPTIONS.checkpoint is None:
        return
    memories = []
    if CONTINUES:
        buffer = io.BytesIO()
        torch.save(memory_of(training.net), buffer)
        memories = [torch.frombuffer(bytearray(buffer.getvalue()), dtype=torch.uint8)]
        if PROCESSES > 1:
            own, memories = memories[0], [None] * PROCESSES
            torch.distributed.all_gather_object(memories, own)
    if RANK != 0:
        return
    stored = {
        "identity": identity(),
        "net": training.net.state_dict(),
        "optimizer": training.optimizer.state_dict(),
        "plateau": training.plateau.state_dict() if training.plateau else None,
        "updates": training.updates,
        "best": training.best,
        "without_improvement": training.without_improvement,
        "reason": training.reason,
        "place": dict(place),
        "done": done,
        "memories": memories,
        "records": None if recorder is None else recorder.position(),
    }
    torch.save(stored, OPTIONS.checkpoint + ".partial")
    os.replace(OPTIONS.checkpoint + ".partial", OPTIONS.checkpoint)


def read_checkpoint():
    """The stored training that is continued; None for a new one."""
    path = OPTIONS.checkpoint
    if path is None:
        return None
    if not os.path.exists(path):
        if OPTIONS.resume:
            say(f"There is no {path} yet: the training begins.")
        return None
    if not OPTIONS.resume:
        raise SystemExit(f"{path} exists. Add --resume to continue from it, or name another file.")
    # PyTorch before 2.6 runs what a stranger has written into such a file: name files of your own only.
    stored = torch.load(path, map_location=DEVICE)
    if stored["identity"] != identity():
        raise SystemExit(f"{path} is of another program, other data or another precision. Name another file.")
    if stored["memories"] and len(stored["memories"]) != PROCESSES:
        count = len(stored["memories"])
        raise SystemExit(f"{path} was written by {count} processes, each with the states of its sequences. Use {count}.")
    return stored


def restore(training, stored):
    """Continues from a checkpoint; returns where its records are."""
    training.net.load_state_dict(stored["net"])
    training.optimizer.load_state_dict(stored["optimizer"])
    if training.plateau:
        training.plateau.load_state_dict(stored["plateau"])
    training.updates, training.best = stored["updates"], stored["best"]
    training.without_improvement = stored["without_improvement"]
    training.reason = None if stored["reason"] == "steps" and training.updates < STEPS else stored["reason"]
    if training.updates >= STEPS:
        training.reason = training.reason or "steps"
    if stored["memories"]:
        memory = io.BytesIO(bytes(stored["memories"][RANK].cpu().tolist()))
        remember(training.net, torch.load(memory, map_location=DEVICE))
    if OPTIONS.records is not None and stored["records"] is None:
        raise SystemExit(f"{OPTIONS.checkpoint} is of a training without --records, so that they can't be continued.")
    return stored["records"]


def train():
    begin_processes()
    training, place, done, position = SharedTraining(RememberingNet()), {}, 0, None
    stored = read_checkpoint()
    if stored is not None:
        position, place, done = restore(training, stored), stored["place"], stored["done"]
        if training.reason is not None:
            say(f"Finished already, after {training.updates} updates.")
            return training.net
        say(f"Continues at update {training.updates}.")
    with recorder_of(training, position) as recorder:
        training.recorder = recorder
        try:
            train_on(training, recorder, place, done, stored is None)
        except Diverged as error:
            if recorder is not None:
                recorder.end("diverged", message=str(error))
            raise
        if recorder is not None:
            recorder.end("finished", training.reason)
    if RANK == 0:
        torch.save(training.net.state_dict(), SAVED)
    if PROCESSES > 1:
        torch.distributed.destroy_process_group()
    return training.net


def train_on(training, recorder, place, done, is_new):
    if is_new:
        # Where it is killed before the next one, --resume begins again.
        save_checkpoint(training, place, 0, recorder)
    for batch in batches(place):
        for index, window in enumerate(windows_of(batch)):
            if index < done:
                continue
            line = training.update(window)
            if line is None:
                if recorder is not None:
                    recorder.discard()
                continue
            if RANK == 0:
                report(line)
            if recorder is not None:
                record(recorder, training, line, window)
            is_over = training.reason is not None
            if is_over or training.updates % OPTIONS.checkpoint_every == 0:
                save_checkpoint(training, place, index + 1, recorder)
            if is_over:
                return
        done = 0
