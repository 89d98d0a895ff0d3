"""`vssbot kit`: the zip that an administrator installs on each node."""

from __future__ import annotations

from pathlib import Path

from bot.config import ConfigFaults
from bot.settings import FileSettings
from integrations.hyperv.kit import KitError, build_zip, hashes, version


def volumes_of(file: FileSettings, cluster: str | None) -> dict[str, str]:
    """Return the volumes of the cluster the kit is for; without a name only if there is no choice. Raises ConfigFaults."""
    if cluster is not None:
        if cluster not in file.clusters:
            raise ConfigFaults([f"--cluster: there is no cluster {cluster}; use {', '.join(file.clusters)}"])
        return dict(file.clusters[cluster].volumes)
    kinds = {tuple(part.volumes.items()) for part in file.clusters.values()}
    if len(kinds) > 1:
        raise ConfigFaults([f"--cluster: name one of {', '.join(file.clusters)}: their volumes differ"])
    return dict(kinds.pop())


def write(file: FileSettings, cluster: str | None, output: Path) -> str:
    """Write the zip and return one sentence about it. Raises ConfigFaults."""
    volumes = volumes_of(file, cluster)
    try:
        output.write_bytes(build_zip(volumes))
    except KitError as err:
        raise ConfigFaults([f"volumes: {err}"]) from err
    except OSError as err:
        raise ConfigFaults([f"--output: {output} cannot be written ({err.strerror})"]) from err
    return f"{output}: kit version {version()} with {', '.join(volumes)}; unpack it on each node and run install.cmd there"


def hash_lines(file: FileSettings, cluster: str | None) -> list[str]:
    """Return `SHA-256  path` for each installed file."""
    return [
        f"{digest}  C:\\vssbot\\kit\\{name.replace('/', chr(92))}"
        for name, digest in hashes(volumes_of(file, cluster)).items()
    ]
