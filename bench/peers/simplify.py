"""onnxslim and onnxsim on one file, for bench/simplify.bench.mjs: nodes left (subgraphs included), seconds, and the model they write."""
import sys
import time

import onnx
from peer import serve


def count(graph):
    return sum(1 + sum(count(a.g) for a in node.attribute if a.type == onnx.AttributeProto.GRAPH) for node in graph.node)


def answer(request):
    # Both talk on stdout, which is the protocol's.
    out, sys.stdout = sys.stdout, sys.stderr
    try:
        start = time.perf_counter()
        model = onnx.load(request["path"])
        if request["tool"] == "onnxslim":
            import onnxslim

            simple = onnxslim.slim(model)
        else:
            import onnxsim

            simple, _ = onnxsim.simplify(model)
        onnx.save(simple, request["out"])
        return {"nodes": count(simple.graph), "seconds": time.perf_counter() - start}
    finally:
        sys.stdout = out


serve(answer)
