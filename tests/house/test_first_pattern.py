"""What the page on patterns shows works as shown: from a registration and two logs to a pattern."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from tests.house.source_tree import ROOT
from tests.surface.refreshes import beginnings

PAGE = (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## From your log to a pattern")[2].partition("\n## ")[0]


def test_the_program_takes_logs_to_a_pattern(tmp_path: Path) -> None:
    [registry] = re.findall(r"```json\n(.*?)```", SECTION, re.DOTALL)
    [program] = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
    (tmp_path / "system_registry.json").write_text(registry, encoding="utf-8")
    (tmp_path / "report_log.py").write_text(program, encoding="utf-8")
    runs = [f"{begun.isoformat()} INFO run: full refresh\n" for begun in beginnings()]
    errors = [
        f"{(begun + timedelta(minutes=14 + number % 3)).isoformat()} ERROR rendering: null in a row\n"
        for number, begun in enumerate(beginnings())
    ]
    (tmp_path / "pipeline.log").write_text("".join(runs), encoding="utf-8")
    (tmp_path / "dashboard.log").write_text("starting up\n" + "".join(errors), encoding="utf-8")
    scripts = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "CONCORD_HOME": str(tmp_path / "home"),
        "CONCORD_NOW": "2026-04-05T14:00:00Z",
        "HOME": str(tmp_path),
    }

    def told(*words: str) -> str:
        done = subprocess.run(
            words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "2 new" in told("concord", "import", "system_registry.json")
    python = sys.executable
    assert told(python, "report_log.py", "sys_data_pipeline", "pipeline.log") == "12 events accepted.\n"
    assert told(python, "report_log.py", "sys_dashboard", "dashboard.log") == "12 events accepted.\n"
    found = told("concord", "run", "patterns")
    assert "XPAT-001 HIGH" in found
    assert "sys_dashboard fails (rendering) about 15 minutes after a run of sys_data_pipeline" in found
