"""onnx.load of a file in a process of its own: the seconds and the peak memory, for bench/onnx-io.bench.mjs."""
import json
import subprocess
import sys

from peer import serve

JOB = """
import json, resource, sys, time
start = time.perf_counter()
import onnx
imported = time.perf_counter()
onnx.load(sys.argv[1])
end = time.perf_counter()
print(json.dumps({'ms': (end - imported) * 1000, 'importMs': (imported - start) * 1000, 'peakRssMB': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def answer(request):
    done = subprocess.run([sys.executable, '-c', JOB, request['load']], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


serve(answer)
