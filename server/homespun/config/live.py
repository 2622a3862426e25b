"""The settings as they are now: loaded when first needed, and anew when a file has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from homespun.config.layers import Loaded, load
from homespun.config.places import WORKSPACE_FILE, Places
from homespun.config.schema import Settings
from homespun.config.watch import Watch


class LiveSettings:
    """Keeps the merged layers for one workspace, whose folders may come and go."""

    def __init__(
        self,
        places: Places,
        folders: Callable[[], Sequence[str]],
        environ: Mapping[str, str],
        flags: Mapping[str, object],
        heed: Callable[[Settings], None] = lambda settings: None,
    ) -> None:
        """`folders` gives the workspace folders' absolute paths as they are now.

        `heed` is given the settings whenever they were loaded.
        """
        self._places = places
        self._folders = folders
        self._environ = environ
        self._flags = flags
        self._heed = heed
        self._editor: Mapping[str, object] = {}
        self._session: Mapping[str, object] = {}
        self._known: tuple[Sequence[str], Watch, Loaded] | None = None

    def loaded(self) -> Loaded:
        """All layers merged. Costs a `stat` for each settings file where nothing has changed."""
        folders = tuple(self._folders())
        if self._known is None or self._known[0] != folders or self._known[1].stale():
            self._known = self._load(folders)
            self._heed(self._known[2].settings)
        return self._known[2]

    @property
    def log(self) -> str:
        """Where the log is."""
        return str(self._places.log)

    def settings(self) -> Settings:
        """The settings in force."""
        return self.loaded().settings

    def origins(self) -> Mapping[str, str]:
        """The layer that each value came from, by dotted key."""
        return self.loaded().origins

    def problems(self) -> Sequence[str]:
        """What is wrong with any layer, for people."""
        return tuple(str(problem) for problem in self.loaded().problems)

    def configure(self, editor_settings: Mapping[str, object]) -> None:
        """Take in the editor's settings."""
        self._editor = dict(editor_settings)
        self._known = None

    def select(self, model: str) -> None:
        """Let `model` serve for this session, before what all layers say."""
        self._session = {"model": model}
        self._known = None

    def unselect(self) -> None:
        """Take back what `select` said."""
        self._session = {}
        self._known = None

    def _load(self, folders: tuple[str, ...]) -> tuple[Sequence[str], Watch, Loaded]:
        paths = [Path(folder) for folder in folders]
        files = (self._places.user_file, *(path / WORKSPACE_FILE for path in paths))
        watch = Watch(files)
        loaded = load(
            user_file=self._places.user_file,
            folders=paths,
            environ=self._environ,
            editor=self._editor,
            flags=self._flags,
            session=self._session,
        )
        return folders, watch, loaded
