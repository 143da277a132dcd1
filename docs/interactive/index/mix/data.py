"""Five keys, all of the same length, so that direction alone decides; and the five values."""

import json
from pathlib import Path

keys = [[2.5, 0], [1.5, 2], [-1.5, 2], [-2.4, -0.7], [0.7, -2.4]]
values = [[-2.2, -1.6], [2.4, 0.4], [0.2, 2.5], [-2.5, 1.2], [1.4, -2.2]]
Path(__file__).with_name("data.json").write_text(
    json.dumps({"keys": keys, "values": values}) + "\n", "utf-8"
)
