"""Runs in an environment with OpenSim: read a TRC and a MOT as its own tools do and say what is in them.

python opensim_tables.py FILE.trc FILE.mot RESULT.json
"""

import json
import sys

import opensim

trc, mot, result = sys.argv[1:]
markers = opensim.TimeSeriesTableVec3(trc)
flat = markers.flatten()  # a separate name, because its matrix lives only as long
motion = opensim.TimeSeriesTable(mot)
found = {
    "markers": list(markers.getColumnLabels()),
    "rate": markers.getTableMetaDataString("DataRate"),
    "units": markers.getTableMetaDataString("Units"),
    "marker_times": list(markers.getIndependentColumn()),
    "places": flat.getMatrix().to_numpy().tolist(),
    "coordinates": list(motion.getColumnLabels()),
    "degrees": opensim.Storage(mot).isInDegrees(),
    "motion_times": list(motion.getIndependentColumn()),
    "values": motion.getMatrix().to_numpy().tolist(),
}
with open(result, "w", encoding="utf-8") as file:
    json.dump(found, file)
