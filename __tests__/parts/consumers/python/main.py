"""An app of somebody who writes Python: run by scripts/consumer-python.mjs against the package that jsii makes for Python."""

from cdktf import App, TerraformStack
from cdktf_cdktf_provider_google.provider import GoogleProvider
from cdktf_global_ai_api import (
    Access,
    Balancing,
    ContainerImage,
    GlobalAiApi,
    GoogleProviderVersion,
    Gpu,
    HealthCheck,
    InstanceRegionOverrides,
    Probe,
    RegionOverrides,
    RemovalPolicy,
    ResidencyOptions,
    Tls,
)

app = App()
stack = TerraformStack(app, "consumer")
GoogleProvider(stack, "Google", project="consumer-project")
GoogleProviderVersion.of(stack).pin("~> 7.19")

chat = ContainerImage.from_reference("docker.io/acme/chat:1.2.3")
api = GlobalAiApi(
    stack,
    "api",
    image=chat,
    regions=["europe-west1", "us-central1"],
    tls=Tls.managed(["api.example.com"]),
    removal_policy=RemovalPolicy.DESTROY,
    gpu=Gpu.l4(),
    min_instances=1,
    readiness_probe=Probe.http("/healthz"),
    env={"MODEL": "gemma"},
    region_overrides={"us-central1": RegionOverrides(max_instances=5)},
    residency={"europe-west1": ResidencyOptions(tls=Tls.managed(["eu.api.example.com"]))},
)
embeddings = api.add_service(
    "Embeddings",
    image=ContainerImage.from_reference("docker.io/acme/embeddings:1.2.3"),
    paths=["/v1/embeddings"],
    access=Access.members(["group:callers@example.com"]),
)
api.add_instances(
    "Machines",
    image=chat,
    regions=["europe-west4", "us-central1"],
    machine_type="g2-standard-8",
    health_check=HealthCheck.http("/healthz"),
    balancing=Balancing.rate(max_rate_per_instance=4),
    region_overrides={"us-central1": InstanceRegionOverrides(machine_type="g2-standard-12")},
    paths=["/v1/large"],
)
embeddings.regions[0].resource.add_override("description", "set by hand")
app.synth()

# jsii removes unknown keys of dicts inside maps; what is left of this one is refused.
try:
    GlobalAiApi(
        stack,
        "dict",
        image=chat,
        regions=["europe-west1"],
        tls=Tls.none(),
        output_prefix="dict_",
        region_overrides={"europe-west1": {"max_instances": 3}},
    )
    print("accepted a dict without known keys")
except Exception as error:
    print(error)

# A mistake comes back to Python as the library words it.
try:
    GlobalAiApi(TerraformStack(App(), "wrong"), "api", image=chat, regions=["europe-wset1"], tls=Tls.none())
except RuntimeError as error:
    print(error)
