def cell_step(gx, gh, state):
    """One step of the minimal gated unit (Zhou, Wu, Zhang & Zhou 2016), f applied after the product as in torch.nn.GRU."""
    (f, n), (hf, hn) = gx.chunk(2, 1), gh.chunk(2, 1)
    f = torch.sigmoid(f + hf)
    n = torch.tanh(n + f * hn)
    return ((1 - f) * state[0] + f * n,)
