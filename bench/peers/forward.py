"""The forward pass of an MLP with ReLU in scikit-learn or eager PyTorch. {"library": "sklearn" | "torch", "sizes", "batch", "runs"} -> {"ms": [per run], "version"}; one thread; a model is made once."""
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import time

import numpy as np
from peer import serve

made = {}


def weights(sizes):
    rng = np.random.default_rng(0)
    return [(rng.standard_normal((a, b)) / np.sqrt(a), np.zeros(b)) for a, b in zip(sizes, sizes[1:])]


def in_sklearn(sizes):
    import sklearn
    from sklearn.neural_network import MLPClassifier

    classes = np.arange(sizes[-1])
    model = MLPClassifier(hidden_layer_sizes=tuple(sizes[1:-1]), max_iter=1)
    model.partial_fit(np.zeros((len(classes), sizes[0]), np.float32), classes, classes=classes)
    model.coefs_ = [w.astype(np.float32) for w, _ in weights(sizes)]
    model.intercepts_ = [b.astype(np.float32) for _, b in weights(sizes)]
    return model.predict_proba, sklearn.__version__


def in_torch(sizes):
    import torch

    torch.set_num_threads(1)
    layers = []
    for i, (w, b) in enumerate(weights(sizes)):
        linear = torch.nn.Linear(*w.shape)
        linear.weight.data, linear.bias.data = torch.from_numpy(w.T.copy()).float(), torch.from_numpy(b).float()
        layers += [linear] + ([torch.nn.ReLU()] if i < len(sizes) - 2 else [])
    model = torch.nn.Sequential(*layers).eval()

    def run(x):
        with torch.inference_mode():
            return model(torch.from_numpy(x)).numpy()

    return run, torch.__version__


libraries = {"sklearn": in_sklearn, "torch": in_torch}


def answer(request):
    sizes, batch = request["sizes"], request["batch"]
    key = (request["library"], tuple(sizes))
    if key not in made:
        made[key] = libraries[request["library"]](sizes)
    run, version = made[key]
    x = np.random.default_rng(1).standard_normal((batch, sizes[0])).astype(np.float32)
    run(x)
    times = []
    for _ in range(request["runs"]):
        start = time.perf_counter()
        run(x)
        times.append((time.perf_counter() - start) * 1e3)
    return {"ms": times, "version": version}


serve(answer)
