"""compose.yml and the Kubernetes manifests are never run here: a schema of the parts they use is what keeps them honest."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from citynoc import __version__

DEPLOY = Path(__file__).parents[3] / "deploy"

TEXT = {"type": "string", "minLength": 1}
TEXTS = {"type": "array", "items": TEXT}
COUNT = {"type": "integer", "minimum": 0}
YES = {"const": True}


def closed(*, required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    """An object with these keys and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def named(items: dict[str, Any]) -> dict[str, Any]:
    """A mapping from free names to `items`."""
    return {"type": "object", "additionalProperties": items, "minProperties": 1}


COMPOSE = closed(
    required=("name", "services"),
    name=TEXT,
    **{"x-hardened": {"type": "object"}},
    services=named(
        closed(
            required=("network_mode", "restart", "read_only", "cap_drop", "security_opt"),
            image=TEXT,
            build=closed(context=TEXT, dockerfile=TEXT, required=("context",)),
            network_mode={"const": "host"},
            restart={"enum": ["no", "always", "on-failure", "unless-stopped"]},
            read_only=YES,
            cap_drop={"const": ["ALL"]},
            security_opt=TEXTS,
            command=TEXTS,
            environment=named(TEXT),
            volumes=TEXTS,
            secrets={"type": "array", "items": closed(source=TEXT, target=TEXT, required=("source",))},
        )
    ),
    secrets=named(closed(file=TEXT, required=("file",))),
    volumes=named({"type": "object"}),
)

LABELS = named(TEXT)
META = closed(required=("name",), name=TEXT, namespace=TEXT, labels=LABELS)
PROBE = closed(
    required=("tcpSocket",),
    tcpSocket=closed(port=TEXT, required=("port",)),
    periodSeconds=COUNT,
    failureThreshold=COUNT,
)
CONTAINER = closed(
    required=("name", "image", "securityContext", "resources", "readinessProbe", "livenessProbe"),
    name=TEXT,
    image=TEXT,
    args=TEXTS,
    envFrom={"type": "array", "items": closed(secretRef=closed(name=TEXT))},
    ports={"type": "array", "items": closed(name=TEXT, containerPort=COUNT)},
    readinessProbe=PROBE,
    livenessProbe=PROBE,
    resources=closed(requests=named(TEXT), limits=named(TEXT)),
    securityContext=closed(
        required=("allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities"),
        allowPrivilegeEscalation={"const": False},
        readOnlyRootFilesystem=YES,
        capabilities={"const": {"drop": ["ALL"]}},
    ),
    volumeMounts={
        "type": "array",
        "items": closed(name=TEXT, mountPath=TEXT, readOnly=YES, required=("name", "mountPath")),
    },
)
POD = closed(
    required=("containers", "securityContext"),
    automountServiceAccountToken={"const": False},
    terminationGracePeriodSeconds=COUNT,
    securityContext=closed(
        required=("runAsNonRoot", "seccompProfile"),
        runAsNonRoot=YES,
        runAsUser=COUNT,
        runAsGroup=COUNT,
        fsGroup=COUNT,
        seccompProfile={"const": {"type": "RuntimeDefault"}},
    ),
    containers={"type": "array", "items": CONTAINER, "minItems": 1},
    volumes={
        "type": "array",
        "items": closed(
            required=("name",),
            name=TEXT,
            emptyDir=closed(medium=TEXT, sizeLimit=TEXT),
            persistentVolumeClaim=closed(claimName=TEXT, readOnly=YES),
        ),
    },
)
SELECTOR = closed(matchLabels=LABELS, required=("matchLabels",))
KINDS = {
    ("v1", "Namespace"): None,
    ("v1", "Service"): closed(
        clusterIP=TEXT,
        selector=LABELS,
        ports={"type": "array", "items": closed(name=TEXT, port=COUNT, targetPort=TEXT)},
    ),
    ("apps/v1", "StatefulSet"): closed(
        required=("serviceName", "replicas", "selector", "template"),
        serviceName=TEXT,
        replicas={"const": 1},  # one process serves a city and owns its journal
        selector=SELECTOR,
        template=closed(metadata=closed(labels=LABELS), spec=POD, required=("metadata", "spec")),
        volumeClaimTemplates={
            "type": "array",
            "items": closed(
                metadata=closed(name=TEXT),
                spec=closed(accessModes=TEXTS, resources=closed(requests=named(TEXT))),
            ),
        },
    ),
    ("networking.k8s.io/v1", "NetworkPolicy"): closed(
        podSelector=SELECTOR,
        policyTypes=TEXTS,
        ingress={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"from": {"type": "array"}, "ports": {"type": "array"}},
                "additionalProperties": False,
            },
        },
    ),
}


def mistakes(schema: dict[str, Any], value: Any) -> list[str]:
    return [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(value)
    ]


def manifests() -> list[dict[str, Any]]:
    texts = [path.read_text() for path in sorted((DEPLOY / "kubernetes").glob("*.yml"))]
    return [document for text in texts for document in yaml.safe_load_all(text)]


def test_compose_keeps_to_its_schema():
    assert mistakes(COMPOSE, yaml.safe_load((DEPLOY / "compose.yml").read_text())) == []


def test_compose_mounts_only_files_that_ship():
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())
    mounted = [
        volume.split(":")[0] for service in compose["services"].values() for volume in service["volumes"]
    ]
    assert [path for path in mounted if path.startswith(".") and not (DEPLOY / path).exists()] == []
    assert {path for path in mounted if "/" not in path} == set(compose["volumes"])


@pytest.mark.parametrize("manifest", manifests(), ids=lambda manifest: manifest["kind"])
def test_kubernetes_manifests_keep_to_their_schema(manifest: dict[str, Any]):
    spec = KINDS[manifest["apiVersion"], manifest["kind"]]
    keys: dict[str, Any] = {"apiVersion": TEXT, "kind": TEXT, "metadata": META}
    if spec is not None:
        keys["spec"] = spec
    assert mistakes(closed(required=tuple(keys), **keys), manifest) == []


def test_the_stateful_set_is_selected_by_its_own_service_and_mounts_what_it_declares():
    by_kind = {manifest["kind"]: manifest for manifest in manifests()}
    spec = by_kind["StatefulSet"]["spec"]
    labels = spec["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"] == labels == by_kind["Service"]["spec"]["selector"]
    assert spec["serviceName"] == by_kind["Service"]["metadata"]["name"]
    pod = spec["template"]["spec"]
    declared = {volume["name"] for volume in pod["volumes"]}
    declared |= {claim["metadata"]["name"] for claim in spec["volumeClaimTemplates"]}
    assert {mount["name"] for mount in pod["containers"][0]["volumeMounts"]} == declared
    assert pod["containers"][0]["image"] == f"citynoc:{__version__}"
