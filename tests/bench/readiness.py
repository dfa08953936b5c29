"""How long the readiness of the whole city takes: `python -m tests.bench.readiness`.

579 participants with live telemetry, every tenth with something to say against it, one look by the service's own function.
"""

import statistics
import time

from tests.bench.figures import figure
from tests.unit.meetings.stage import Stage, city, meeting

RUNS = 30


def main() -> None:
    inventory = city()
    stage = Stage(inventory)
    stage.run(15)
    for device in stage.endpoints[::10]:
        stage.says(device.name, registered_sip=0, camera_ok=0, temperature_c=70)
    stage.kill(*(f"rt-{device.site}" for device in stage.endpoints[5::50]))
    stage.run(30)
    sitting = meeting(inventory)
    times: list[float] = []
    look = stage.look(sitting)
    for _ in range(RUNS):
        stage.run(0.5)  # fresh telemetry is unread, as it is for the service
        began = time.process_time()
        look = stage.look(sitting)
        times.append(time.process_time() - began)
    assert len(look.participants) == 579
    figure("readiness_579_ms", 1000 * statistics.median(times), "ms", "<=", 20)


if __name__ == "__main__":
    main()
