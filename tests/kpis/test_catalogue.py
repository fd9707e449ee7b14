"""The catalogue is complete."""

import pytest

from kpis.catalogue import CATALOGUE, Direction


def test_catalogue_holds_the_kpis_of_the_foundation():
    codes = "OP-CT OP-CT90 OP-WT OP-TT OP-FE OP-STEP OP-ABD OP-TH OP-WIP OP-UT OP-QL CO-CPC"

    assert list(CATALOGUE) == codes.split()


@pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=lambda kpi: kpi.code)
def test_kpi_is_described(kpi):
    assert all([kpi.name_en, kpi.name_zh, kpi.formula, kpi.interval, kpi.source])
    assert kpi.direction is not Direction.BAND or kpi.default_target is not None


def test_kpi_has_a_name_in_each_language():
    kpi = CATALOGUE["OP-CT"]

    assert [kpi.name(language) for language in ("zh_Hans", "zh-TW", "en", "de")] == [
        *("周期时间", "周期时间", "Cycle time", "Cycle time")
    ]
