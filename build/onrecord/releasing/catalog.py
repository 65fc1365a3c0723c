"""A release as catalogues know it: schema.org Dataset, Croissant and CITATION.cff, all from its descriptor.

What the descriptor does not say, they do not say: no licence, author or date is made up. CITATION.cff must
have an author; where nobody is named it is "The contributors to" the package, as its guide advises.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from onrecord.packaging.schema import TableSchema

__all__ = ["CROISSANT", "MAX_ARTICLES", "describe_citation", "describe_croissant", "describe_dataset"]

CROISSANT = "http://mlcommons.org/croissant/1.0"
MAX_ARTICLES = 1000
"""Articles listed one by one in the schema.org description; of more, the table ``sources`` tells."""

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {
    "string": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
}
_FORMATS = {"csv": "text/csv", "parquet": "application/x-parquet"}
_SPDX = re.compile(r"[A-Za-z0-9.+-]+")


def describe_dataset(descriptor: Mapping[str, Any]) -> bytes:
    """The JSON-LD of a release as a schema.org Dataset, for search engines and catalogues."""
    articles = descriptor.get("sources", ())
    told = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        **_common(descriptor),
        "isBasedOn": [
            {"@type": "NewsArticle", "headline": article["title"], **_optional("url", article.get("path"))}
            for article in articles
        ]
        if len(articles) <= MAX_ARTICLES
        else [],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": resource["path"],
                "contentUrl": resource["path"],
                "encodingFormat": resource["mediatype"],
                "contentSize": f"{resource['bytes']} B",
                "sha256": resource["hash"].removeprefix("sha256:"),
            }
            for resource in descriptor["resources"]
        ],
    }
    return _dump(told)


def describe_croissant(descriptor: Mapping[str, Any], schemas: Mapping[str, TableSchema]) -> bytes:
    """The Croissant description: every file, and every table as a record set with types and keys.

    References between tables stand in ``datapackage.json`` alone: mlcroissant 1.1.1 takes them for joins, and
    then fails to give the records.
    """
    return _dump(
        {
            "@context": _CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": CROISSANT,
            **_common(descriptor),
            "citeAs": _cite(descriptor),
            "distribution": [_file_object(resource) for resource in descriptor["resources"]],
            "recordSet": [_record_set(table) for table in schemas.values()],
        }
    )


def describe_citation(descriptor: Mapping[str, Any]) -> bytes:
    """CITATION.cff, version 1.2.0: how to cite the data. The licence is given by its address alone."""
    told: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them as below.",
        "type": "dataset",
        "title": descriptor["title"],
        "abstract": descriptor["description"],
        "authors": _authors(descriptor),
        "version": descriptor["version"],
    }
    if homepage := descriptor.get("homepage"):
        told["url"] = homepage
    if addresses := [part["path"] for part in descriptor.get("licenses", ()) if "path" in part]:
        told["license-url"] = addresses[0]
    if keywords := descriptor.get("keywords"):
        told["keywords"] = list(keywords)
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=10_000).encode()


def _dump(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _optional(key: str, value: Any) -> dict[str, Any]:
    return {key: value} if value else {}


def _common(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """What schema.org and Croissant say alike."""
    created = descriptor.get("created")
    return {
        "name": descriptor["title"],
        "alternateName": descriptor["name"],
        "description": descriptor["description"],
        "version": descriptor["version"],
        **_optional("url", descriptor.get("homepage")),
        **_optional("keywords", list(descriptor.get("keywords", ()))),
        **_optional("dateCreated", created[:10] if created else None),
        **_optional("license", [_license(part) for part in descriptor.get("licenses", ())]),
        **_optional("creator", [_person(part) for part in _creators(descriptor)]),
    }


def _license(part: Mapping[str, str]) -> str:
    """An address where there is one; else the address that SPDX has for the name."""
    if "path" in part:
        return part["path"]
    name = part["name"]
    return f"https://spdx.org/licenses/{name}" if _SPDX.fullmatch(name) else name


def _creators(descriptor: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Contributors whose role is to have made the package, or who have none told."""
    for part in descriptor.get("contributors", ()):
        if "creator" in part.get("roles", ("creator",)):
            yield part


def _person(part: Mapping[str, Any]) -> dict[str, Any]:
    """A maker: the descriptor does not say whether a person or an organization."""
    return {"@type": "Organization", "name": part["title"], **_optional("url", part.get("path"))}


def _authors(descriptor: Mapping[str, Any]) -> list[dict[str, str]]:
    named = [
        {"name": part["title"], **_optional("website", part.get("path"))} for part in _creators(descriptor)
    ]
    return named or [{"name": f"The contributors to {descriptor['name']}"}]


def _cite(descriptor: Mapping[str, Any]) -> str:
    """A BibTeX entry."""
    told = {
        "title": descriptor["title"],
        "author": " and ".join(f"{{{part['name']}}}" for part in _authors(descriptor)),
        "version": descriptor["version"],
        **_optional("url", descriptor.get("homepage")),
    }
    lines = "".join(f",\n  {key} = {{{value}}}" for key, value in told.items())
    return f"@misc{{{descriptor['name']}{lines}\n}}"


def _file_object(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": resource["path"],
        "name": resource["path"],
        "contentUrl": resource["path"],
        "contentSize": f"{resource['bytes']} B",
        "encodingFormat": _FORMATS[resource["format"]],
        "sha256": resource["hash"].removeprefix("sha256:"),
    }


def _record_set(table: TableSchema) -> dict[str, Any]:
    keys = [{"@id": f"{table.name}/{name}"} for name in table.primary_key]
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        "key": keys[0] if len(keys) == 1 else keys,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{table.name}/{field.name}",
                "name": field.name,
                "description": field.description,
                "dataType": _TYPES[field.type],
                **_optional("equivalentProperty", field.rdf_type),
                "source": {
                    "fileObject": {"@id": f"datapackage/{table.name}.parquet"},
                    "extract": {"column": field.name},
                },
            }
            for field in table.fields
        ],
    }
