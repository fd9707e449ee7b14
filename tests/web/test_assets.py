"""From entries to tags."""

import json
import os

import pytest

from web.assets import Assets, AssetsNotBuilt, EntryNotBuilt

MANIFEST = {
    "src/entries/tasks.js": {"file": "assets/tasks-1.js", "imports": ["_form.js"]},
    "src/entries/cases.js": {"file": "assets/cases-1.js", "imports": ["_viewer.js"]},
    "_form.js": {"file": "assets/form-1.js", "css": ["assets/form-1.css"], "imports": ["_dom.js"]},
    "_viewer.js": {
        "file": "assets/viewer-1.js",
        "css": ["assets/viewer-1.css"],
        "imports": ["_dom.js"],
    },
    "_dom.js": {"file": "assets/dom-1.js", "css": ["assets/dom-1.css"], "imports": ["_form.js"]},
}


@pytest.fixture
def manifest(tmp_path):
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(MANIFEST))
    return file


def test_styles_of_shared_chunks_are_loaded_however_deep_they_are(manifest):
    tags = Assets(manifest).tags("tasks")

    assert 'href="/static/dist/assets/form-1.css"' in tags
    assert 'href="/static/dist/assets/dom-1.css"' in tags


def test_shared_chunks_are_loaded_ahead(manifest):
    tags = Assets(manifest).tags("cases")

    assert '<link rel="modulepreload" href="/static/dist/assets/viewer-1.js">' in tags
    assert tags.count("tasks-1.js") == 0


def test_every_file_is_loaded_once(manifest):
    tags = Assets(manifest).tags("tasks", "cases", "tasks")

    for line in tags.splitlines():
        assert tags.splitlines().count(line) == 1


def test_new_build_is_noticed(manifest):
    assets = Assets(manifest)
    assets.tags("tasks")
    manifest.write_text(manifest.read_text().replace("tasks-1.js", "tasks-2.js"))
    os.utime(manifest, ns=(1, 1))

    assert "tasks-2.js" in assets.tags("tasks")


def test_missing_build_says_what_to_do(tmp_path):
    with pytest.raises(AssetsNotBuilt, match="npm run build"):
        Assets(tmp_path / "manifest.json").tags("tasks")


def test_unknown_entry_is_a_bug_of_the_page(manifest):
    with pytest.raises(EntryNotBuilt):
        Assets(manifest).tags("nothing")
