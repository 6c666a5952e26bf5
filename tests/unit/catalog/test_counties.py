"""The bundled counties are consistent with the provinces."""

from live.catalog.counties import bundled_counties
from live.provinces import PROVINCES, is_province


def test_xuwen_is_there() -> None:
    [xuwen] = [county for county in bundled_counties() if county.code == "440825"]
    assert (xuwen.name, xuwen.name_en) == ("徐闻县", "Xuwen")
    assert (xuwen.province_code, xuwen.province_name) == ("440000", "广东省")


def test_codes_are_six_digits_in_order_and_in_a_province() -> None:
    codes = [county.code for county in bundled_counties()]
    assert codes == sorted(set(codes))
    for county in bundled_counties():
        assert county.code.isdigit()
        assert len(county.code) == 6
        assert county.code.startswith(county.province_code[:2])
        assert county.name
        assert county.name_en.isascii()


def test_there_are_34_provinces() -> None:
    assert len(PROVINCES) == 34
    assert is_province("440000")
    assert not is_province("440825")
