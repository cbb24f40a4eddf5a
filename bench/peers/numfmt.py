"""numpy, ml_dtypes and ONNX Runtime's int4 packer on the jobs of bench/numfmt.bench.mjs; each answer is the milliseconds of one run."""
import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
import ml_dtypes
import numpy as np
from onnxruntime.capi._pybind_state import quantize_matmul_4bits, quantize_qdq_matmul_4bits

from peer import serve

state = {}


def int4_packed(w, block=32):
    k, n = w.shape
    blocks = k // block
    packed = np.zeros((n, blocks, block // 2), np.uint8)
    scales = np.zeros(n * blocks, np.float32)
    zeros = np.zeros(n * ((blocks + 1) // 2), np.uint8)
    quantize_matmul_4bits(packed, w, scales, zeros, block, n, k, True)


def int4_qdq(w, block=32):
    k, n = w.shape
    packed = np.zeros(k * n // 2, np.uint8)
    scales = np.zeros((k // block, n), np.float32)
    zeros = np.zeros((k // block * n + 1) // 2, np.uint8)
    quantize_qdq_matmul_4bits(packed, w, scales, zeros, block, n, k, True)


def int4_numpy(w, block=32):
    b = w.reshape(-1, block)
    scale = np.abs(b).max(1, keepdims=True) / np.float32(7)
    q = np.clip(np.rint(b / scale), -8, 7).astype(np.int8).reshape(-1, 2)
    return (q[:, 0] & 15) | (q[:, 1] << 4), scale


def int8(x, scale):
    return np.clip(np.rint(x / scale), -128, 127).astype(np.int8)


jobs = {
    "absmax": lambda x: np.abs(x).max(),
    "int8-known": lambda x: int8(x, np.float32(1 / 127)),
    "int8": lambda x: int8(x, np.abs(x).max() / np.float32(127)),
    "int8-rows": lambda x: int8(x, np.abs(x).max(1, keepdims=True) / np.float32(127)),
    "int8-columns": lambda x: int8(x, np.abs(x).max(0, keepdims=True) / np.float32(127)),
    "int8-back": lambda x: state["codes"].astype(np.float32) * np.float32(1 / 127),
    "int4": int4_packed,
    "int4-qdq": int4_qdq,
    "int4-numpy": int4_numpy,
    "float16": lambda x: x.astype(np.float16),
    "float16-back": lambda x: state["halves"].astype(np.float32),
    "bfloat16": lambda x: x.astype(ml_dtypes.bfloat16),
    "float8": lambda x: np.clip(x, -448, 448).astype(ml_dtypes.float8_e4m3fn),
    "histogram": lambda x: np.histogram(x, 2048, (-1, 1)),
    "squared-error": lambda x: np.square(x - state["other"], dtype=np.float64).sum(),
}


def answer(request):
    if "prepare" in request:
        n = request["prepare"]
        x = np.random.default_rng(1).random((n, n), np.float32) * 2 - 1
        state.update(x=x, other=x + np.float32(0.001), codes=int8(x, np.float32(1 / 127)), halves=x.astype(np.float16))
        return {}
    start = time.perf_counter()
    jobs[request["job"]](state["x"])
    return {"ms": (time.perf_counter() - start) * 1000}


serve(answer)
