"""onnxruntime, told not to call home.

From 1.32 on it opens connections to a telemetry service and writes a database and a device id into the
user's cache folder, beginning when it is imported: so it is imported here and nowhere else, told not to.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

__all__ = ["onnxruntime"]
