"""What onnx and onnxruntime's quantizers need for one file, each in a process of its own: time without imports and peak memory, for bench/onnx-io.bench.mjs."""
import json
import subprocess
import sys

from peer import serve

JOB = """
import json, logging, resource, sys, time, warnings
warnings.filterwarnings('ignore')
logging.disable(logging.WARNING)
job, path, out, external = sys.argv[1:5]
import onnx
if job == 'int8':
    from onnxruntime.quantization import quantize_dynamic, QuantType
if job == 'int4':
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
start = time.perf_counter()
if job == 'load':
    onnx.load(path)
elif job == 'int8':
    quantize_dynamic(path, out, weight_type=QuantType.QInt8, use_external_data_format=external == 'external')
else:
    quantizer = MatMulNBitsQuantizer(onnx.load(path), block_size=32, is_symmetric=True, accuracy_level=4, bits=4)
    quantizer.process()
    quantizer.model.save_model_to_file(out, external == 'external')
ms = (time.perf_counter() - start) * 1000
print(json.dumps({'ms': ms, 'peakRssMB': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def answer(request):
    words = [request['job'], request['path'], request.get('out', ''), 'external' if request.get('external') else '']
    done = subprocess.run([sys.executable, '-c', JOB, *words], capture_output=True, text=True)
    if done.returncode != 0:
        return {'failed': (done.stderr.strip().splitlines() or [f'status {done.returncode}'])[-1][:200]}
    return json.loads(done.stdout.strip().splitlines()[-1])


serve(answer)
