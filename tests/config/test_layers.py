"""Which layer wins, what a project's file may set, and what becomes of bad values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.config.layers import Layer, Loaded, load, merge
from homespun.config.schema import Settings
from model_servers.depth import examples


def loaded(
    tmp_path: Path, user: str = "", project: str = "", **layers: Mapping[str, object]
) -> Loaded:
    folder = tmp_path / "project"
    folder.mkdir(exist_ok=True)
    (tmp_path / "config.toml").write_text(user)
    (folder / ".homespun.toml").write_text(project)
    return load(user_file=tmp_path / "config.toml", folders=[folder], **layers)  # type: ignore[arg-type]


def problems(found: Loaded) -> list[tuple[str, str, str]]:
    return [(Path(p.file).name, p.key, p.reason) for p in found.problems]


def test_without_any_layer_all_is_default(tmp_path: Path) -> None:
    found = load(user_file=tmp_path / "absent.toml")
    assert found.settings == Settings()
    assert (found.origins, found.problems) == ({}, ())


def test_the_later_layer_wins_and_each_value_knows_its_own(tmp_path: Path) -> None:
    layers: dict[str, Mapping[str, object]] = {
        "environ": {"HOMESPUN_MODEL": "env/m"},
        "editor": {"model": "editor/m"},
        "flags": {"model": "flag/m"},
        "session": {"model": "session/m"},
    }
    expected = ["user file", "environment", "editor", "flag", "session"]
    for count, origin in enumerate(expected):
        found = loaded(tmp_path, 'model = "user/m"', **dict(list(layers.items())[:count]))
        assert found.origins["model"] == origin
        assert found.settings.model == origin.split()[0].replace("environment", "env") + "/m"


@pytest.mark.parametrize("nothing", [{}, {"model": ""}, {"model": None}])
def test_an_empty_value_says_nothing(tmp_path: Path, nothing: dict[str, object]) -> None:
    found = loaded(
        tmp_path, 'model = "user/m"', environ={"HOMESPUN_MODEL": ""}, editor=nothing, flags=nothing
    )
    assert (found.settings.model, found.origins["model"]) == ("user/m", "user file")


def test_an_empty_value_inside_a_table_says_nothing_either(tmp_path: Path) -> None:
    found = loaded(tmp_path, '[cloud]\nmodel = "a/b"', editor={"cloud": {"model": ""}})
    assert found.settings.cloud.model == "a/b"


def test_tables_merge_and_lists_of_patterns_add_up(tmp_path: Path) -> None:
    user = (
        'ignore = ["a", "!.env.example"]\n[providers.box]\nendpoint = "http://box"\nmodels = ["x"]'
    )
    found = loaded(
        tmp_path,
        user,
        'ignore = ["b", "a"]',
        editor={"providers": {"box": {"models": ["y"], "parameters": {"max_retries": 5}}}},
    )
    assert found.settings.ignore == ("a", "!.env.example", "b")
    box = found.settings.providers["box"]
    assert (box.endpoint, box.models, box.parameters.max_retries) == ("http://box", ("y",), 5)
    assert found.origins["providers.box.parameters.max_retries"] == "editor"
    assert found.origins["providers.box.endpoint"] == "user file"


@pytest.mark.parametrize(
    ("project", "key"),
    [
        ('model = "evil/m"', "model"),
        ('[cloud]\nmodel = "evil/m"', "cloud.model"),
        ('[cloud]\nconsent = "allow"', "cloud.consent"),
        ('[providers.box]\nendpoint = "http://evil"', "providers.box.endpoint"),
        ('[providers.box]\napi_key = "env:AWS_SECRET"', "providers.box.api_key"),
        ('[providers.box.parameters.headers]\nX = "1"', "providers.box.parameters.headers.X"),
        ('[providers.box.parameters]\nca_file = "evil.pem"', "providers.box.parameters.ca_file"),
        ("[journal]\nenabled = false", "journal.enabled"),
        ('[logging]\nlevel = "debug"', "logging.level"),
        ("[generation]\ntemperature = 2", "generation.temperature"),
    ],
)
def test_a_projects_file_may_not_choose_who_gets_the_text(
    tmp_path: Path, project: str, key: str
) -> None:
    user = '[providers.box]\nendpoint = "http://box"'
    without, found = loaded(tmp_path, user), loaded(tmp_path, user, project)
    assert found.settings == without.settings
    ((file, named, reason),) = problems(found)
    assert (file, named) == (".homespun.toml", key)
    assert "your own settings" in reason


def test_a_projects_file_may_set_what_does_no_harm(tmp_path: Path) -> None:
    project = """
        edit_format = "whole"
        review = "always"
        rules = ["AGENTS.md"]
        [context]
        window = 4096
        [actions.tidy]
        title = "Tidy"
        prompt = "Tidy this."
    """
    found = loaded(tmp_path, project=project)
    assert found.problems == ()
    assert (found.settings.edit_format, found.settings.review) == ("whole", "always")
    assert (found.settings.context.window, found.settings.rules) == (4096, ("AGENTS.md",))
    assert found.settings.actions["tidy"].prompt == "Tidy this."
    assert set(found.origins.values()) == {"workspace file"}


@pytest.mark.parametrize(
    ("user", "project", "expected"),
    [
        ("never", "risky", "risky"),
        ("never", "always", "always"),
        ("risky", "never", "risky"),
        ("always", "never", "always"),
        ("always", "risky", "always"),
        ("risky", "risky", "risky"),
    ],
)
def test_a_project_may_only_make_review_stricter(
    tmp_path: Path, user: str, project: str, expected: str
) -> None:
    found = loaded(tmp_path, f'review = "{user}"', f'review = "{project}"')
    assert found.settings.review == expected
    assert bool(found.problems) == (expected != project)


def test_of_two_projects_the_stricter_review_counts(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder, review in zip(folders, ("always", "risky"), strict=True):
        folder.mkdir()
        (folder / ".homespun.toml").write_text(f'review = "{review}"')
    found = load(user_file=tmp_path / "absent.toml", folders=folders)
    assert found.settings.review == "always"
    assert [Path(p.file).parent.name for p in found.problems] == ["two"]


def test_a_project_may_not_let_files_out_nor_name_rules_elsewhere(tmp_path: Path) -> None:
    project = """
        ignore = ["*.csv", "!.env"]
        rules = ["ok.md", "../up", "a/../../up", "/etc/x", "~/x", "C:\\\\x", "C:x", "\\\\x"]
    """
    found = loaded(tmp_path, project=project)
    assert (found.settings.ignore, found.settings.rules) == (("*.csv",), ("ok.md",))
    assert [key for _, key, _ in problems(found)] == ["ignore"] + ["rules"] * 7


@pytest.mark.parametrize("pattern", ["x\\n!.env", "x\\r\\n!.env", "\\n!.env"])
def test_a_project_may_not_let_files_out_behind_a_line_end(tmp_path: Path, pattern: str) -> None:
    found = loaded(tmp_path, project=f'ignore = ["*.csv", "{pattern}"]')
    assert found.settings.ignore == ("*.csv",)
    assert [key for _, key, _ in problems(found)] == ["ignore.1"]


@pytest.mark.parametrize(
    ("user", "key", "reason"),
    [
        ('review = "sometimes"', "review", "'never', 'risky' or 'always'"),
        ("review = 3", "review", "'never'"),
        ('modle = "x"', "modle", "did you mean `model`?"),
        ("[generation]\ntemprature = 1", "generation.temprature", "did you mean `temperature`?"),
        ("[generation]\ntemperature = 9", "generation.temperature", "less than or equal to 2"),
        ('[generation]\ntemperature = "warm"', "generation.temperature", "valid number"),
        ("[generation]\ntemperature = nan", "generation.temperature", "less than or equal to 2"),
        ("[context]\nwindow = true", "context.window", "valid integer"),
        ("generation = 3", "generation", "valid dictionary"),
        ('ignore = ["keep", 4]', "ignore.1", "valid string"),
        ('ignore = ["x\\n!.env"]', "ignore.0", "a pattern is one line"),
        ('ignore = ["keep", "x\\r"]', "ignore.1", "a pattern is one line"),
        ('[actions.x]\ntitle = "T"', "actions.x.prompt", "is needed here"),
        ('[providers."my box"]\nport = 1', 'providers."my box".port', "is not a setting"),
        (
            "[providers.b.parameters]\nmax_retry = 1",
            "providers.b.parameters.max_retry",
            "max_retries",
        ),
    ],
)
def test_a_bad_value_is_named_and_the_rest_works(
    tmp_path: Path, user: str, key: str, reason: str
) -> None:
    found = loaded(tmp_path, 'edit_format = "whole"\n' + user)
    ((file, named, why),) = problems(found)
    assert (file, named) == ("config.toml", key)
    assert reason in why
    assert found.settings.edit_format == "whole"


def test_a_bad_value_does_not_hide_the_good_one_below(tmp_path: Path) -> None:
    found = loaded(tmp_path, 'review = "always"', editor={"review": "nope"})
    assert (found.settings.review, found.origins["review"]) == ("always", "user file")
    assert str(found.problems[0]).startswith("editor settings: review: ")


def test_one_bad_item_leaves_the_others_in_their_list(tmp_path: Path) -> None:
    found = loaded(tmp_path, 'ignore = [1, "a", 2, "b", 3]')
    assert found.settings.ignore == ("a", "b")
    assert len(found.problems) == 3


def test_a_table_with_two_faults_is_dropped_alone(tmp_path: Path) -> None:
    user = '[actions.bad]\nscope = "x"\n[actions.good]\nprompt = "p"\nscope = "y"'
    found = loaded(tmp_path, user)
    assert set(found.settings.actions) == {"good"}
    assert len(found.problems) == 3


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*Settings.model_fields, "parameters", "x"]), inner)
    ),
    max_leaves=10,
)
TABLES = st.dictionaries(st.sampled_from([*Settings.model_fields, "x", "é\n"]), VALUES)


@settings(max_examples=examples(100))
@given(TABLES, TABLES)
def test_whatever_the_layers_hold_the_rest_works_and_trust_holds(
    editor: dict[str, object], project: dict[str, object]
) -> None:
    below = merge([Layer("editor", editor)])
    found = merge([Layer("editor", editor), Layer("workspace file", project, trusted=False)])
    free = {"edit_format", "review", "context", "actions", "ignore", "rules"}
    assert found.settings.model_dump(exclude=free) == below.settings.model_dump(exclude=free)
    assert all(str(problem).isprintable() for problem in found.problems)


def test_a_projects_file_says_not_who_makes_embeddings() -> None:
    theirs = {"context": {"embeddings": "evil/model", "window": 4096}}
    found = merge([Layer("workspace file", theirs, trusted=False)])
    assert (found.settings.context.embeddings, found.settings.context.window) == ("", 4096)
    assert [problem.key for problem in found.problems] == ["context.embeddings"]
    own = merge([Layer("user file", theirs), Layer("workspace file", theirs, trusted=False)])
    assert own.settings.context.embeddings == "evil/model"


@pytest.mark.parametrize("name", ["editor", "flag", "session", "environment"])
def test_only_the_users_own_file_names_a_program_that_prints_a_key(name: str) -> None:
    values = {"providers": {"a": {"type": "vllm", "api_key": 'command:["id"]'}}}
    found = merge([Layer(name, values)])
    assert found.settings.providers["a"].type == "vllm"
    assert found.settings.providers["a"].api_key.get_secret_value() == ""
    (problem,) = found.problems
    assert problem.key == "providers.a.api_key" and "own settings file" in problem.reason
    own = merge([Layer("user file", values)])
    assert not own.problems
    assert own.settings.providers["a"].api_key.get_secret_value() == 'command:["id"]'


def test_only_the_users_own_file_names_checks_of_a_refactor(tmp_path: Path) -> None:
    user = tmp_path / "config.toml"
    user.write_text('[refactor]\ncheck = [["pytest", "-q"]]\n')
    theirs = {"refactor": {"check": [["evil"]], "at_once": 2}}
    found = load(user_file=user, editor=theirs, flags=theirs)
    assert found.settings.refactor.check == (("pytest", "-q"),)
    assert found.settings.refactor.at_once == 2
    assert [(p.file, p.key) for p in found.problems] == [
        ("editor settings", "refactor.check"),
        ("command line", "refactor.check"),
    ]
