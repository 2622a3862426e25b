"""Aider's map of a repository, as it makes one for a chat. Run by the Python of its environment."""

import sys
from pathlib import Path

from aider.io import InputOutput
from aider.repomap import RepoMap


class Model:
    """As much of a model as the map asks for: it counts tokens."""

    def token_count(self, text):
        return len(text) // 4


def main(root):
    files = [str(path) for path in sorted(Path(root).rglob("*")) if path.is_file()]
    made = RepoMap(
        map_tokens=4096,
        root=root,
        main_model=Model(),
        io=InputOutput(yes=True, pretty=False),
        max_context_window=32768,
    )
    found = made.get_repo_map([], files)
    assert found, "no map"
    print(len(found))


if __name__ == "__main__":
    main(sys.argv[1])
