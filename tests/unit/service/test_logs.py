import json
import subprocess
import sys

SAYS = """
import logging, sys
import structlog
from citynoc import logs
logs.configure(lambda device, line: sys.stdout.write(f"{device} {line}"))
structlog.get_logger().info("poll.failed", device="rt-00115", why="no answer")
logging.getLogger("mqtt").warning("failed to receive on %s", "socket")
try:
    raise ValueError("of a library")
except ValueError:
    logging.getLogger("aiohttp.server").exception("Error handling request")
"""


def lines() -> tuple[list[dict[str, str]], str]:
    done = subprocess.run(
        [sys.executable, "-c", SAYS],
        capture_output=True,
        text=True,
        check=True,
        env={"TZ": "Asia/Ho_Chi_Minh", "PYTHONPATH": ":".join(sys.path)},
    )
    return [json.loads(line) for line in done.stderr.splitlines()], done.stdout


def test_every_line_is_one_event_with_its_offset_also_of_a_library():
    events, device_log = lines()
    assert [event["event"] for event in events] == ["poll.failed", "library.said", "library.said"]
    assert all(event["timestamp"].endswith("+07:00") for event in events)
    assert device_log.startswith(f"rt-00115 {events[0]['timestamp']} poll.failed")
    assert (events[1]["library"], events[1]["said"]) == ("mqtt", "failed to receive on socket")
    assert "ValueError: of a library" in events[2]["exception"]
