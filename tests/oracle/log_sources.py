"""Where a rule's events lie, and what they call its fields."""

from collections.abc import Callable
from dataclasses import dataclass

from sigma.pipelines.common import windows_logsource_mapping
from sigma.pipelines.sysmon.sysmon import sysmon_generic_logsource_eventid_mapping
from sigma.pipelines.windows.windows import windows_generic_category_channel_mapping
from sigma.rule import SigmaRule

from events import Event

# Services that pySigma's table lacks, and names of channels that Windows uses beside those in it.
MORE_CHANNELS = {
    "dns-client": ["Microsoft-Windows-DNS-Client/Operational"],
    "iis-configuration": ["Microsoft-IIS-Configuration/Operational"],
    "ldap": ["Microsoft-Windows-LDAP-Client/Debug"],
    "smbclient-connectivity": ["Microsoft-Windows-SmbClient/Connectivity"],
    "smbserver-connectivity": ["Microsoft-Windows-SMBServer/Connectivity"],
}
SYSMON = "Microsoft-Windows-Sysmon/Operational"


class Unsupported(Exception):
    """A rule that cannot be evaluated, with the reason."""


@dataclass
class View:
    """One kind of event that a rule applies to."""

    applies: Callable[[Event], bool]
    get: Callable[[Event, str], list[str]] = Event.get


def windows_view(channels: list[str], ids: set[str] | None, get=Event.get) -> View:
    wanted = {channel.lower() for channel in channels}
    return View(
        lambda event: (
            event.kind == "windows"
            and event.system.get("Channel", "").lower() in wanted
            and (ids is None or event.system.get("EventID") in ids)
        ),
        get,
    )


def renamed(names: dict[str, str]) -> Callable[[Event, str], list[str]]:
    return lambda event, name: event.get(names.get(name, name))


def get_security(names: dict[str, str]) -> Callable[[Event, str], list[str]]:
    """Fields of the Security log by the names and in the forms that Sysmon has."""

    def get(event: Event, name: str) -> list[str]:
        found = event.get(names.get(name, name))
        if name == "User":
            both = event.get("SubjectDomainName")[:1] + event.get("SubjectUserName")[:1]
            return ["\\".join(both)] if len(both) == 2 else []
        if name in ("ProcessId", "ParentProcessId"):
            return [str(int(text, 16)) if text.startswith("0x") else text for text in found]
        return [WORDS.get((name, text), text) for text in found]

    return get


# What stands for a word in the Security log, by the field's name in rules.
WORDS = {
    ("IntegrityLevel", "S-1-16-4096"): "Low",
    ("IntegrityLevel", "S-1-16-8192"): "Medium",
    ("IntegrityLevel", "S-1-16-12288"): "High",
    ("IntegrityLevel", "S-1-16-16384"): "System",
    ("Protocol", "6"): "tcp",
    ("Protocol", "17"): "udp",
    ("Initiated", "%%14592"): "false",
    ("Initiated", "%%14593"): "true",
}
BY_PROCESS = {"Image": "ProcessName", "LogonId": "SubjectLogonId"}
# Category: event, names of its fields.
SECURITY = {
    "process_creation": (
        "4688",
        {
            "Image": "NewProcessName",
            "ProcessId": "NewProcessId",
            "ParentImage": "ParentProcessName",
            "ParentProcessId": "ProcessId",
            "LogonId": "SubjectLogonId",
            "IntegrityLevel": "MandatoryLabel",
        },
    ),
    "process_termination": ("4689", BY_PROCESS),
    "file_access": (
        "4663",
        BY_PROCESS | {"FileName": "ObjectName", "TargetFilename": "ObjectName"},
    ),
    "network_connection": (
        "5156",
        {
            "Image": "Application",
            "SourceIp": "SourceAddress",
            "DestinationIp": "DestAddress",
            "DestinationPort": "DestPort",
            "Initiated": "Direction",
        },
    ),
}
# 4657 says "new value" as %%1904, "changed value" as %%1905 and "deleted value" as %%1906.
REGISTRY = {
    "registry_add": ["%%1904"],
    "registry_set": ["%%1904", "%%1905"],
    "registry_delete": ["%%1906"],
    "registry_event": ["%%1904", "%%1905", "%%1906"],
}


def get_4657(event: Event, name: str) -> list[str]:
    if name == "TargetObject":
        key = "".join(event.get("ObjectName")[:1])
        for theirs, sysmons in ((r"\REGISTRY\MACHINE", "HKLM"), (r"\REGISTRY\USER", "HKU")):
            if key.lower().startswith(theirs.lower()):
                key = sysmons + key[len(theirs) :]
        return ["\\".join([key, *event.get("ObjectValueName")[:1]])]
    return get_security({"Image": "ProcessName", "Details": "NewValue"})(event, name)


def narrowed(view: View, name: str, values: list[str]) -> View:
    return View(
        lambda event: view.applies(event) and any(text in values for text in event.get(name)),
        view.get,
    )


def builtin_views(category: str) -> list[View]:
    """Events of Windows itself that say the same as Sysmon's of the category."""
    if category in SECURITY:
        number, names = SECURITY[category]
        view = windows_view(["Security"], {number}, get_security(names))
        return [narrowed(view, "ObjectType", ["File"]) if number == "4663" else view]
    if category in REGISTRY:
        view = windows_view(["Security"], {"4657"}, get_4657)
        return [narrowed(view, "OperationType", REGISTRY[category])]
    if category == "dns_query":
        return [windows_view(channels_of("dns-client"), {"3006", "3008"})]
    return []


CROWDSTRIKE = {
    "process_creation": ("ProcessRollup2", "SyntheticProcessRollup2"),
    "dns_query": ("DnsRequest",),
    "network_connection": ("NetworkConnectIP4",),
}
CROWDSTRIKE_FIELDS = {
    "Image": "ImageFileName",
    "ParentImage": "ParentBaseFileName",
    "QueryName": "DomainName",
    "DestinationIp": "RemoteAddressIP4",
    "DestinationPort": "RemotePort",
}


def crowdstrike_views(product: str | None, category: str) -> list[View]:
    names = CROWDSTRIKE.get(category)
    platform = {"windows": ["Win"], "macos": ["Mac"], "linux": ["Lin"]}.get(product or "")
    if not names or not platform:
        return []
    return [
        View(
            lambda event: (
                event.kind == "crowdstrike"
                and event.get("event_simpleName")[0] in names
                and event.get("event_platform") == platform
            ),
            renamed(CROWDSTRIKE_FIELDS),
        )
    ]


def channels_of(service: str) -> list[str]:
    listed = windows_logsource_mapping.get(service, [])
    found = (listed if isinstance(listed, list) else [listed]) + MORE_CHANNELS.get(service, [])
    if not found:
        raise Unsupported(f"no channel is known for service {service}")
    return found


def views_of(rule: SigmaRule) -> list[View]:
    source = rule.logsource
    if source.category:
        views = crowdstrike_views(source.product, source.category)
        if source.product != "windows":
            if not views:
                raise Unsupported(f"no events of {source.product} {source.category} are known")
            return views
        if source.category in sysmon_generic_logsource_eventid_mapping:
            ids = sysmon_generic_logsource_eventid_mapping[source.category]
            ids = {str(number) for number in (ids if isinstance(ids, list) else [ids])}
            return [windows_view([SYSMON], ids), *builtin_views(source.category), *views]
        if source.category in windows_generic_category_channel_mapping:
            place = windows_generic_category_channel_mapping[source.category]
            return [windows_view(channels_of(place["service"]), {str(place["EventID"])})]
        if builtin_views(source.category):
            return builtin_views(source.category)
        raise Unsupported(f"no events of category {source.category} are known")
    if source.product != "windows":
        raise Unsupported(f"no events of product {source.product} are known")
    if source.service:
        return [windows_view(channels_of(source.service), None)]
    return [View(lambda event: event.kind == "windows")]
