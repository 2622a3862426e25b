"""Which model serves: the one that is named nearest to the user, and the cloud only as agreed.

In this order: the choice of the session or a flag, the setting `model` of the editor or the
environment, the variables of other tools (`environment`), the user file's `model`, `[cloud]`. A
local model that fails is never replaced by the cloud. Nothing is read or asked here; that a
server is there shows when it is talked to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from homespun.config.schema import ProviderSettings, RouteSettings, Settings
from homespun.engine.environment import Named, named_by_others, served_by_others
from homespun.errors import BadSetting, ConsentNeeded, NoModel
from homespun.providers.address import Address, is_own, parse
from homespun.providers.base import Endpoint, Feature, Route
from homespun.providers.kind_names import kind_of
from homespun.providers.kinds import KINDS, Kind, kind

Secret = Callable[[str], str]
"""Resolves a reference such as `keyring:NAME` to the key itself. May raise `BadSetting`."""

_UNDER_API = frozenset({"ollama", "kobold", "koboldcpp"})
"""Wires whose paths begin with `/api`, which people write as a part of the address."""
_REFERENCE = re.compile(r"^(keyring|command):")


def choose(
    settings: Settings,
    environ: Mapping[str, str],
    choice: str | None = None,
    secret: Secret | None = None,
    origin: str = "",
) -> Endpoint:
    """The endpoint that serves now. `choice` as `provider/model`, before all settings.

    `origin` is the layer that the setting `model` came from: one of the "user file" gives way
    to the variables of other tools, one set nearer to the user does not.

    Raises `NoModel` where none is set, `ConsentNeeded` where only a forbidden cloud model is,
    and `BadSetting` for a model, a provider, an address or a key that cannot be used.
    """
    finder = _Finder(settings, environ, secret or _no_secret)
    model = (choice or settings.model).strip()
    is_from_file = model and not choice and origin == "user file"
    if model and not is_from_file:
        return finder.endpoint(model)
    if found := named_by_others(environ):
        return finder.foreign(found)
    if model:
        return finder.endpoint(model)
    if settings.cloud.model:
        return _cloud(finder.endpoint(settings.cloud.model.strip()), settings)
    raise NoModel(
        "No model is set.",
        'Set `model` (such as "ollama/qwen2.5-coder:7b") in your settings or in HOMESPUN_MODEL;'
        " `homespun doctor` shows which model servers run here.",
    )


def _cloud(endpoint: Endpoint, settings: Settings) -> Endpoint:
    """What `[cloud]` names is cloud, whatever its address."""
    if settings.cloud.consent == "never":
        raise ConsentNeeded(
            f"No local model is set, and the cloud model {settings.cloud.model} is switched off.",
            "Set `model` to a local one, or `cloud.consent` to `ask`.",
        )
    asks = settings.cloud.consent == "ask"
    far = replace(endpoint, local=False, needs_consent=asks)
    if far.route is None:
        return far
    members = tuple(replace(member, local=False) for member in far.route.members)
    return replace(far, route=replace(far.route, members=members))


@dataclass(frozen=True, slots=True)
class _Finder:
    """Turns `provider/model` into an endpoint, by the settings and the environment."""

    settings: Settings
    environ: Mapping[str, str]
    secret: Secret

    def endpoint(self, model_id: str) -> Endpoint:
        """The endpoint of a route, or of `provider/model`, where a model may hold more slashes."""
        if (route := self.settings.routes.get(model_id)) is not None:
            return self._routed(model_id, route)
        return self._single(model_id)

    def _routed(self, name: str, route: RouteSettings) -> Endpoint:
        """The endpoint that stands for a route. A route has no routes in it."""
        if name in self.settings.providers:
            raise BadSetting(
                f"{name!r} is both a route and a provider.", "Give one of them another name."
            )
        members = tuple(self._single(member) for member in route.endpoints)
        made = Route(members, route.strategy, route.needs.window, route.needs.tools)
        return Endpoint.routed(name, made)

    def _single(self, model_id: str) -> Endpoint:
        name, _, model = model_id.partition("/")
        if (own := self.settings.providers.get(name)) is not None:
            return self._own(name, model, own)
        if found := served_by_others(self.environ, name, model):
            return self.foreign(found)
        return self._own(name, model, ProviderSettings(type=self._preset(name)))

    def foreign(self, named: Named) -> Endpoint:
        """The endpoint of a model that another tool's variables describe completely."""
        row = kind("openai_compatible")
        endpoint = ProviderSettings(type=row.id, endpoint=named.url, supports_tools=named.tools)
        return self._made(named.provider, named.model, row, endpoint, parse(named.url), named.key)

    def _own(self, name: str, model: str, own: ProviderSettings) -> Endpoint:
        """The endpoint of a preset, or of a provider of the user's own."""
        if not own.enabled:
            raise BadSetting(
                f"The provider {name!r} is switched off.", f"Set providers.{name}.enabled."
            )
        row = kind(own.type or self._preset_of_table(name, own))
        model = model or next(iter(own.models), "")
        if not model:
            raise BadSetting(
                f"{name!r} names no model.",
                f'Write it as "{name}/MODEL", with the name of a model that it has.',
            )
        prefix = row.env if kind_of(name) == row.id else _variable(name)
        address = self._address(prefix, row, own)
        return self._made(name, model, row, own, address, self._key(name, prefix, row, own))

    def _made(
        self,
        name: str,
        model: str,
        row: Kind,
        own: ProviderSettings,
        address: Address,
        key: str,
    ) -> Endpoint:
        given = own.parameters
        version = address.version or "/v1"
        chat = given.chat_endpoint or address.chat_path
        _check_headers(name, {**given.headers, "Authorization": key})
        return Endpoint(
            kind=row.id,
            name=name,
            base_url=address.base_url,
            model=model,
            api_key=key,
            headers=given.headers,
            connect_timeout=given.connect_timeout,
            first_byte_timeout=given.until_first_byte,
            idle_timeout=given.between_bytes,
            max_retries=given.max_retries,
            streaming=given.streaming,
            ca_file=given.ca_file,
            chat_path=_path(chat) or row.chat_path.replace("/v1", version, 1),
            models_path=_path(given.model_endpoint) or row.models_path.replace("/v1", version, 1),
            local=is_own(address.base_url),
            window=own.window or self.settings.context.window,
            declared=_declared(own),
            formats=own.json_modes,
            rate_limit=given.rate_limit,
            keep_alive=given.keep_alive,
            template=given.template,
        )

    def _address(self, prefix: str, row: Kind, own: ProviderSettings) -> Address:
        """Its own variable, its setting, the variable for all local servers, the default."""
        shared = "" if row.cloud else self._variable("LOCAL_LLM_BASE_URL")
        default = next(iter(row.addresses), "")
        written = self._variable(f"{prefix}_BASE_URL") or own.endpoint or shared or default
        if not written:
            raise BadSetting(
                f"{row.title.capitalize()} has no address.",
                f"Set its `endpoint`, or {prefix}_BASE_URL.",
            )
        address = parse(written)
        if row.wire in _UNDER_API:
            address = replace(address, base_url=address.base_url.removesuffix("/api"))
        return address

    def _key(self, name: str, prefix: str, row: Kind, own: ProviderSettings) -> str:
        """Its own variable, its setting, the variable for all local servers, a placeholder."""
        if key := self._variable(f"{prefix}_API_KEY"):
            return key
        if written := own.api_key.get_secret_value().strip():
            return self._resolved(name, written)
        # A key for local servers must not go to one that the user has set up on its own.
        shared = "" if row.cloud or own.endpoint else self._variable("LOCAL_LLM_API_KEY")
        return shared or row.placeholder

    def _resolved(self, name: str, written: str) -> str:
        if written.startswith("env:"):
            variable = written.removeprefix("env:")
            if key := self._variable(variable):
                return key
            raise BadSetting(
                f"The key of the provider {name!r} is to come from {variable}, which is not set.",
                f"Set {variable}, or change providers.{name}.api_key.",
            )
        return self.secret(written) if _REFERENCE.match(written) else written

    def _variable(self, name: str) -> str:
        """A variable's value; an empty one counts as unset."""
        return self.environ.get(name, "").strip()

    def _preset(self, name: str) -> str:
        """The preset that a name means, in any spelling. Raises `BadSetting`."""
        if known := kind_of(name):
            return known
        own = [*self.settings.providers, *KINDS]
        raise BadSetting(
            f"There is no provider called {name!r}.",
            f"Known providers: {', '.join(own)}. A model is named as provider/model.",
        )

    def _preset_of_table(self, name: str, own: ProviderSettings) -> str:
        """The kind of a table without a type: its name, or any server at the address it gives."""
        return kind_of(name) or ("openai_compatible" if own.endpoint else self._preset(name))


def _declared(own: ProviderSettings) -> dict[Feature, bool]:
    """What the user says of the provider's models."""
    said: dict[Feature, bool | None] = {
        "tools": own.supports_tools,
        "vision": own.supports_vision,
    }
    return {feature: takes for feature, takes in said.items() if takes is not None}


def _variable(name: str) -> str:
    """The prefix of a provider's own variables."""
    return re.sub(r"[^A-Z0-9]", "_", name.upper())


def _path(written: str) -> str:
    """A path with its slash; "" where none is given. A whole URL belongs into `endpoint`."""
    if "://" in written:
        raise BadSetting("A path of a provider is a whole URL.", "Set it as its `endpoint`.")
    return f"/{written.lstrip('/')}" if written else ""


def _check_headers(name: str, headers: Mapping[str, str]) -> None:
    """A header that cannot be sent is told by its name alone: its value may be a key."""
    for header, value in headers.items():
        if not f"{header}{value}".isascii() or not f"{header}{value}".isprintable():
            what = "key" if header == "Authorization" else f"header {header!r}"
            raise BadSetting(
                f"The {what} of {name!r} has characters that cannot be sent.",
                "Look for line ends and for letters that are not ASCII.",
            )


def _no_secret(reference: str) -> str:
    """Where no store of secrets is connected."""
    store = reference.partition(":")[0]
    raise BadSetting(f"Keys from `{store}:` are not supported here.", "Use `env:NAME` for the key.")
