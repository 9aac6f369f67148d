def train():
    training = Training(Net())
    for batch in batches({}):
        for window in windows_of(batch):
            line = training.update(window)
            if line is not None:
                report(line)
            if training.reason is not None:
                torch.save(training.net.state_dict(), SAVED)
                return training.net
