"""What lets Home Assistant find a machine by itself: a retained message for each thing it can show; pure.

It reads the topics that every operator's side reads; nothing is told twice for its sake.
"""

import json
from typing import Any, Final

from kiosk.mqtt.topics import Post, Topics

_AVAILABLE: Final = "{{ 'online' if value_json.status == 'online' else 'offline' }}"


def discovery(topics: Topics, prefix: str, version: str) -> list[tuple[Post, bytes]]:
    """Where to publish what, under the prefix at which Home Assistant listens."""
    return [
        (Post(f"{prefix}/{kind}/{topics.kiosk}/{name}/config", 1, retain=True), _written(topics, name, about))
        for (kind, name), about in _things(topics, version).items()
    ]


def _things(topics: Topics, version: str) -> dict[tuple[str, str], dict[str, Any]]:
    device = {"identifiers": [f"qris-kiosk-{topics.kiosk}"], "name": topics.kiosk, "model": "QRIS Kiosk"}
    here = {
        "availability_topic": topics.status.topic,
        "availability_template": _AVAILABLE,
        "device": {**device, "sw_version": version},
    }
    state, telemetry = topics.state.topic, topics.telemetry.topic
    return {
        ("binary_sensor", "connection"): {
            "name": "Connection",
            "device_class": "connectivity",
            "state_topic": topics.status.topic,
            "value_template": _AVAILABLE,
            "payload_on": "online",
            "payload_off": "offline",
            "device": here["device"],
        },
        ("sensor", "phase"): {
            "name": "Phase",
            "state_topic": state,
            "value_template": "{{ value_json.phase }}",
            **here,
        },
        ("sensor", "sales_today"): {
            "name": "Sales today",
            "state_class": "total_increasing",
            "state_topic": telemetry,
            "value_template": "{{ value_json.sales }}",
            **here,
        },
        ("sensor", "last_fault"): {
            "name": "Last fault",
            "entity_category": "diagnostic",
            "state_topic": state,
            # a fault that is mended stays the last one
            "value_template": "{{ value_json.codes[0] if value_json.codes else this.state }}",
            **here,
        },
    }


def _written(topics: Topics, name: str, about: dict[str, Any]) -> bytes:
    return json.dumps({"unique_id": f"qris-kiosk-{topics.kiosk}-{name}", **about}).encode()
