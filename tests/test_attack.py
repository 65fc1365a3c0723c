"""The fast part of the campaign (``make attack`` runs the long one): nothing of it may be a fault."""

from pathlib import Path

import pytest
from bench import attack


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_CACHE", str(tmp_path / "cache"))


def test_damaged_inputs(tmp_path: Path) -> None:
    report = attack.Report()
    attack.attack_inputs(report, tmp_path, 300)
    assert report.faults == []
    assert "damaged inputs | 300" in report.render()


def test_kills(tmp_path: Path) -> None:
    report = attack.Report()
    attack.attack_kills(report, tmp_path, 20)
    assert report.faults == []


def test_changed_descriptors(tmp_path: Path) -> None:
    report = attack.Report()
    attack.attack_descriptors(report, tmp_path, 40)
    assert report.faults == []
