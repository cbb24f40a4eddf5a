"""One training step of an MLP in PyTorch: forward, cross-entropy, backward, fused Adam. {"sizes", "batch", "threads", "steps"} -> {"ms": [per step], "loss", "torch"}; a model is made once."""
import time

import torch
from peer import serve

models = {}


def make(sizes, batch):
    torch.manual_seed(0)
    layers = []
    for i, (rows, columns) in enumerate(zip(sizes, sizes[1:])):
        layers += [torch.nn.Linear(rows, columns)] + ([torch.nn.ReLU()] if i < len(sizes) - 2 else [])
    model = torch.nn.Sequential(*layers)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    loss_of = torch.nn.CrossEntropyLoss()
    x = torch.randn(batch, sizes[0])
    label = torch.randint(0, sizes[-1], (batch,))

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model(x), label)
        loss.backward()
        optimizer.step()
        return loss

    return step


def answer(request):
    torch.set_num_threads(request["threads"])
    key = (tuple(request["sizes"]), request["batch"])
    if key not in models:
        models[key] = make(*key)
        for _ in range(5):
            models[key]()
    step = models[key]
    times = []
    for _ in range(request["steps"]):
        start = time.perf_counter()
        loss = step()
        times.append((time.perf_counter() - start) * 1e3)
    return {"ms": times, "loss": loss.item(), "torch": torch.__version__}


serve(answer)
