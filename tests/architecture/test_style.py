"""Claims about the tree itself that ruff, mypy and import-linter cannot check."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from live.config import Settings

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "live").rglob("*.py"))
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
# They put parts together, one after the other, and decide nothing.
WIRING = ("app.py", "feature.py")

_ENVIRONMENT_READ = re.compile(r"\bos\.(getenv\b|environ(\.get\b|\[))")
_PIN = re.compile(r"^([\w.-]+)==([\w.]+)", re.MULTILINE)
_SETTING = re.compile(r"\bLIVE_[A-Z0-9_]+\b")


def test_no_file_outgrows_its_reason() -> None:
    lines = {path: len(path.read_text().splitlines()) for path in CODE}
    assert {_name(p): n for p, n in lines.items() if n > FILE_LINES_MAX} == {}


def test_every_function_fits_a_screen() -> None:
    long = {
        f"{_name(path)}:{function.name}": lines
        for path in CODE
        if path.name not in WIRING
        for function, lines in _functions(path)
        if lines > FUNCTION_LINES_MAX
    }
    assert long == {}


def test_only_the_settings_read_the_environment() -> None:
    # Handing all of it to a child process is no reading.
    assert [_name(path) for path in CODE if _ENVIRONMENT_READ.search(path.read_text())] == []


def test_every_setting_is_in_the_readme() -> None:
    told = set(_SETTING.findall((ROOT / "README.md").read_text()))
    assert sorted(_settings() - told) == []


@pytest.mark.parametrize("file", ["compose.yaml", ".env.example"])
def test_deployment_names_settings_that_exist(file: str) -> None:
    named = set(_SETTING.findall((ROOT / "deploy" / file).read_text()))
    assert sorted(named - _settings()) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_place_to_download_from(lock: str) -> None:
    # Whoever installs chooses the index; hashes hold what it may give.
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert text.count("--hash=sha256:") >= len(_PIN.findall(text)) > 0


def test_the_pages_lock_names_no_place_to_download_from() -> None:
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text()


def test_development_runs_the_versions_that_production_runs() -> None:
    runtime, development = (dict(_PIN.findall((ROOT / lock).read_text())) for lock in LOCKS[:2])
    assert runtime.items() <= development.items()


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[^\w.-]", line)[0] for line in project["dependencies"]}
    assert wanted <= set(dict(_PIN.findall((ROOT / LOCKS[0]).read_text())))


def _functions(path: Path) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, (node.end_lineno or node.lineno) - node.lineno + 1


def _settings() -> set[str]:
    prefix = Settings.model_config["env_prefix"]
    return {f"{prefix}{name}".upper() for name in Settings.model_fields}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
