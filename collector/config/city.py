"""`city.yml` to a `City`: with everything else, or alone for whoever only wants to know where the service is."""

from pathlib import Path

from collector.config.files import CITY, shown_root
from collector.config.problems import ConfigurationError, Problem
from collector.config.schema_city import CityFile
from collector.config.shape import validate_parts
from collector.config.yaml import read
from collector.model import (
    Broker,
    City,
    CredentialName,
    DeviceName,
    Place,
    SiteCode,
    TrapPort,
    Vantage,
    VerdictTimes,
    Web,
)


def be_there(directory: Path) -> None:
    """Raises ConfigurationError where there is no such directory."""
    if not directory.is_dir():
        place = Place(str(directory), 1, 1)
        raise ConfigurationError([Problem(place, "there is no such directory", "name it with --config DIR")])


def read_city(directory: Path) -> City:
    """What `city.yml` says, whatever is wrong with other files. Raises ConfigurationError with its own problems."""
    be_there(directory)
    model, problems, _ = validate_parts(CityFile, read(directory / CITY, shown_root(directory)))
    if model is None:
        raise ConfigurationError(problems)
    return city_of(model)


def city_of(shape: CityFile) -> City:
    """The file's shape as the model has it."""
    broker = None
    if shape.broker is not None:
        written = shape.broker
        credential = None if written.credential is None else CredentialName(written.credential)
        broker = Broker(
            written.address.host,
            written.address.port,
            credential,
            written.tls,
            written.ca_file,
            written.client_id,
        )
    traps = None
    if shape.traps is not None:
        also = tuple(CredentialName(name) for name in shape.traps.credentials)
        traps = TrapPort(shape.traps.listen.host, shape.traps.listen.port, also)
    vantage = Vantage(
        SiteCode(shape.vantage.site), tuple(DeviceName(name) for name in shape.vantage.first_hop)
    )
    verdict = VerdictTimes(shape.verdict.reasks, shape.verdict.reask_interval)
    return City(
        shape.city,
        shape.timezone,
        shape.listen.host,
        shape.listen.port,
        shape.public_url,
        vantage,
        broker,
        shape.source_address,
        verdict,
        shape.alertmanager,
        traps,
        None if (web := shape.web) is None else Web(web.tls_certificate, web.tls_key, web.users),
    )
