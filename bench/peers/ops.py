"""Shape inference of onnx (with data propagation) and of ONNX Runtime's symbolic tool, for bench/ops.bench.mjs: how many node outputs of the main graph get a rank and how many fixed extents, and the time."""
import copy
import logging
import time

import onnx
from onnx import shape_inference
from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference
from peer import serve

logging.disable(logging.CRITICAL)


def tally(model):
    """Of the node outputs: all, with a rank, with every extent a number."""
    outputs = {name for node in model.graph.node for name in node.output if name}
    known = {}
    for value in [*model.graph.value_info, *model.graph.output]:
        if value.name in outputs:
            kind = value.type.WhichOneof("value")
            if kind != "tensor_type":
                known[value.name] = (kind is not None, False)
            elif value.type.tensor_type.HasField("shape"):
                dims = value.type.tensor_type.shape.dim
                known[value.name] = (True, all(dim.HasField("dim_value") for dim in dims))
    return {"outputs": len(outputs), "ranked": sum(r for r, _ in known.values()), "fixed": sum(f for _, f in known.values())}


def clean(path):
    """The file without what it says of values in between, as the tools would meet it from an exporter that writes none."""
    model = onnx.load(path)
    del model.graph.value_info[:]
    return model


def answer(request):
    model = clean(request["path"])
    if request["tool"] == "onnx":
        start = time.perf_counter()
        inferred = shape_inference.infer_shapes(model, data_prop=True)
    else:
        given = copy.deepcopy(model)
        start = time.perf_counter()
        inferred = SymbolicShapeInference.infer_shapes(given, auto_merge=True)
    ms = (time.perf_counter() - start) * 1000
    return {**tally(inferred), "ms": ms}


serve(answer)
