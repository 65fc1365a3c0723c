"""Names of one article: what belongs to them, and which two can have one bearer; all wording is made up."""

import pytest

from onrecord.people.names import (
    acronyms_of,
    canonical_name,
    is_acronym_of,
    is_demonym,
    known_kind,
    normalise_name,
    same_name,
    short_of,
    split_person,
    strip_company_suffix,
    strip_title,
)


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("the Ministry of Fisheries's", "Ministry of Fisheries"),
        ("“Harbour Lights”", "Harbour Lights"),
        ("al - Rashid 's", "al-Rashid"),
        ("The", "The"),
        ("", ""),
    ],
)
def test_a_name_is_freed_of_its_sentence(name: str, bare: str) -> None:
    assert normalise_name(name) == bare


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Prime Minister Ingrid Dahl", "Ingrid Dahl"),
        ("Sen. Paul Okoye", "Paul Okoye"),
        ("CEO Lena Fischer", "Lena Fischer"),
        ("Lt. Gov. Rosa Diaz", "Rosa Diaz"),
        ("Mr. Okoye", "Okoye"),
        ("President", "President"),
        ("Grace Chancellor", "Grace Chancellor"),
    ],
)
def test_titles_are_no_part_of_a_name(name: str, bare: str) -> None:
    assert strip_title(name) == bare


def test_a_person_has_given_name_family_and_suffix() -> None:
    person = split_person("Rep. Martin J. Luther Hale III")
    assert (person.given, person.middle, person.family, person.suffix) == (
        "Martin",
        "J. Luther",
        "Hale",
        "III",
    )
    assert split_person("Pieter van den Berg").family == "van den Berg"
    assert split_person("Okoye").given == ""


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("the Pentagon", "Department of Defense", "organization"),
        ("DoD", "U.S. Department of Defense", "organization"),
        ("NSA", "National Security Agency", "organization"),
        ("FRA", "Federal Rents Authority", "organization"),
        ("Brightwater Inc.", "Brightwater", "organization"),
        ("Brightwater Foods Co.", "Brightwater Foods Corp.", "organization"),
        ("U.S.", "the United States", "place"),
        ("Britain", "United Kingdom", "place"),
        ("Sen. Bob Hale", "Robert Hale", "person"),
        ("R. Hale", "Robert Hale", "person"),
        ("José Peña", "Jose Pena", "person"),
    ],
)
def test_two_names_for_one_bearer(a: str, b: str, kind: str) -> None:
    assert same_name(a, b, kind)  # type: ignore[arg-type]  # values of EntityType
    assert same_name(b, a, kind)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("Okoye administration", "Okoye", "organization"),
        ("Hale", "Robert Hale", "person"),
        ("Robert Hale Jr.", "Robert Hale Sr.", "person"),
        ("Robert Hale", "Rosa Hale", "person"),
        ("George W. Hale", "George H. Hale", "person"),
        ("Georgian", "Georgia", "place"),
        ("North Korea", "South Korea", "place"),
        ("Department of State", "Department of Defense", "organization"),
        ("Bank of Norfield", "Bank of Harwick", "organization"),
        ("AI", "Amnesty International", "organization"),
        ("", "Hale", "person"),
    ],
)
def test_two_names_for_two_bearers(a: str, b: str, kind: str) -> None:
    assert not same_name(a, b, kind)  # type: ignore[arg-type]  # values of EntityType
    assert not same_name(b, a, kind)  # type: ignore[arg-type]  # as above


def test_a_short_form_is_told_from_a_shared_first_word() -> None:
    assert short_of("Okoye", "Paul Okoye", "person")
    assert short_of("Norfield", "Norfield Mining", "organization")
    assert not short_of("National", "National Rents Authority", "organization")
    assert not short_of("Kenya", "Kenya Airways", "organization")
    assert not short_of("York", "New York", "place")


def test_acronyms_and_general_knowledge() -> None:
    assert "OFR" in acronyms_of("Office of Fair Rents")
    assert not is_acronym_of("Offer", "Office of Fair Rents")
    assert canonical_name("the Fed", "organization") == "Federal Reserve"
    assert canonical_name("Norfield", "organization") is None
    assert known_kind("Peru", "place") == "country"
    assert is_demonym("Peruvians") and not is_demonym("Peru")
    assert strip_company_suffix("Corp.") == "Corp."
