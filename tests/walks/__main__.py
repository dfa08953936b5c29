"""Writes every golden exposition anew: `python -m tests.walks`."""

from tests.integration.snmp_polls import shipped_profiles
from tests.walks.golden import exposition, golden_of, profile_of, recordings


def main() -> None:
    profiles = shipped_profiles()
    for recording in recordings():
        text = exposition(recording, profile_of(recording, profiles))[1]
        if golden_of(recording) != text:
            recording.with_suffix(".prom").write_bytes(text.encode())
            print(f"written: {recording.stem}.prom")


if __name__ == "__main__":
    main()
