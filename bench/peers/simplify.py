"""onnxslim and onnxsim on one file, for bench/simplify.bench.mjs: nodes left (subgraphs included), seconds (with and without the save), the model they write, and the most memory this process has had."""
import resource
import sys
import time

import onnx
from peer import serve


def count(graph):
    return sum(1 + sum(count(a.g) for a in node.attribute if a.type == onnx.AttributeProto.GRAPH) for node in graph.node)


def tool(name):
    if name == "onnxslim":
        import onnxslim

        return onnxslim.slim
    import onnxsim

    return lambda model: onnxsim.simplify(model)[0]


def peak_mb():
    """The kernel's high-water mark of this program; ru_maxrss would start with what the parent had when it forked."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def answer(request):
    # Both talk on stdout, which is the protocol's.
    out, sys.stdout = sys.stdout, sys.stderr
    try:
        simplify = tool(request["tool"])
        start = time.perf_counter()
        simple = simplify(onnx.load(request["path"]))
        load_simplify = time.perf_counter() - start
        onnx.save(simple, request["out"])
        seconds = time.perf_counter() - start
        return {"nodes": count(simple.graph), "loadSimplify": load_simplify, "seconds": seconds, "peakRssMB": peak_mb()}
    finally:
        sys.stdout = out


serve(answer)
