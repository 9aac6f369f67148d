def read_safetensors(path):
    """The tensors of a safetensors file by name: a length, a JSON header with types, shapes and places, and the numbers."""
    types = {"F64": torch.float64, "F32": torch.float32, "I32": torch.int32}
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        dtype = types[entry["dtype"]]
        if start == end:
            tensors[name] = torch.zeros(entry["shape"], dtype=dtype)
        else:
            numbers = torch.frombuffer(data, dtype=dtype, offset=start, count=math.prod(entry["shape"]))
            tensors[name] = numbers.reshape(entry["shape"]).clone()
    return tensors
