"""The protocol of bench/peers.mjs: one JSON request a line on stdin, one JSON answer a line on stdout. A peer script ends with `serve(answer)`."""
import json
import sys


def serve(answer):
    """Calls answer(request) for each line until stdin ends; an exception becomes {"error": ...} and does not end the peer."""
    for line in sys.stdin:
        try:
            result = answer(json.loads(line))
        except Exception as error:  # the bench decides what an error means
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), flush=True)
