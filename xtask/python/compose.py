"""Checks a Compose file the way `docker compose config` would, without an engine.

Variables are filled in as from an environment that sets the required ones only.
"""

import re
import sys

import compose_spec
import yaml

VARIABLE = re.compile(r"\$(?:\$|\{(\w+)(?:(:?[-?+])([^}]*))?\})")


def filled_in(value):
    if isinstance(value, dict):
        return {key: filled_in(item) for key, item in value.items()}
    if isinstance(value, list):
        return [filled_in(item) for item in value]
    if isinstance(value, str):
        return VARIABLE.sub(substitute, value)
    return value


def substitute(match):
    name, operator, operand = match.groups()
    if name is None:
        return "$"
    if operator is None:
        sys.exit(f"${{{name}}} has neither a default nor a message for when it is missing")
    if "?" in operator:
        return "required"
    return operand if "-" in operator else ""


def hardened(name, service):
    """What every service here promises."""
    if service.get("privileged") or not service.get("read_only"):
        yield "root file system is not read-only"
    if service.get("cap_drop") != ["ALL"]:
        yield "does not drop all capabilities"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield "may gain privileges"
    if "healthcheck" not in service:
        yield "has no health check"
    if "restart" not in service:
        yield "has no restart policy"
    if "limits" not in service.get("deploy", {}).get("resources", {}):
        yield "has no resource limits"
    if "ports" in service and not service.get("image", "").startswith("keystead:"):
        yield "publishes a port, but only HTTP may be published"


document = filled_in(yaml.safe_load(open(sys.argv[1], encoding="utf-8")))
compose_spec.PyCompose.from_yaml(yaml.safe_dump(document))
faults = [
    f"{name}: {fault}"
    for name, service in document["services"].items()
    for fault in hardened(name, service)
]
sys.exit("\n".join(faults) or None)
