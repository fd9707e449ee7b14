"""Build hook: the built front end and the compiled translations go into wheel and sdist."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from collections.abc import Sequence


class FrontEndBuildHook(BuildHookInterface[BuilderConfig]):
    """Runs Vite and compiles the translations where their sources are at hand."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what git ignores; an editable install leaves that to dev.py."""
        del build_data  # hatchling collects the files itself: [tool.hatch.build] artifacts
        if version == "editable":
            return
        root = Path(self.root)
        npm = shutil.which("npm")
        if npm and (root / "frontend" / "package.json").exists():
            build_front_end(npm, root / "frontend")
        manifest = root / "web" / "static" / "dist" / "manifest.json"
        if not manifest.exists():
            raise RuntimeError(f"{manifest} is missing and there is no npm to build it with")
        compiled = (sys.executable, "-P", "web/i18n.py", "compile")  # needs Babel and OpenCC alone
        subprocess.run(compiled, cwd=root, check=True)  # noqa: S603 -- fixed words


def build_front_end(npm: str, folder: Path) -> None:
    """Install the locked packages if they are not there, then run Vite."""
    steps: list[Sequence[str]] = [(npm, "run", "build")]
    if not (folder / "node_modules").exists():
        steps.insert(0, (npm, "ci", "--ignore-scripts"))
    for command in steps:
        subprocess.run(command, cwd=folder, check=True)  # noqa: S603 -- fixed words
