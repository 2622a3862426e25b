"""A language server as an old Homespun may have been: it serves edits alone."""

import json
import sys

while header := sys.stdin.buffer.readline():
    length = int(header.split(b":")[1])
    sys.stdin.buffer.readline()
    message = json.loads(sys.stdin.buffer.read(length))
    if message.get("method") == "exit":
        break
    if "id" not in message:
        continue
    offered = {"executeCommandProvider": {"commands": ["homespun.edit"]}, "textDocumentSync": 2}
    result = None
    if message["method"] == "initialize":
        result = {"capabilities": offered, "serverInfo": {"name": "homespun", "version": "0.0.1"}}
    body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    sys.stdout.buffer.flush()
