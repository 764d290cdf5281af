# Answers queries with maplib in process. Each line of the input is a JSON object
# {"query": text, "keep": whether the rows are wanted}. The answer is a line of
# JSON with the seconds, and the rows as CSV of the length that it tells.
import io, json, sys, time
from maplib import Model

start = time.perf_counter()
model = Model()
model.read(sys.argv[1], format="ntriples")
print(json.dumps({"loaded": time.perf_counter() - start}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    reply, rows = {}, b""
    try:
        start = time.perf_counter()
        frame = model.query(request["query"])
        reply["took"] = time.perf_counter() - start
        if isinstance(frame, list):
            frame = frame[0]
        if request["keep"] and hasattr(frame, "write_csv"):
            out = io.BytesIO()
            frame.write_csv(out)
            rows = out.getvalue()
    except BaseException as e:
        reply["error"] = str(e)[:300] or type(e).__name__
    reply["length"] = len(rows)
    sys.stdout.buffer.write((json.dumps(reply) + "\n").encode() + rows)
    sys.stdout.buffer.flush()
