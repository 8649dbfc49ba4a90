import { TerraformOutput, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import {
  Access,
  type CloudRunRegionProps,
  ContainerImage,
  ExecutionEnvironment,
  Gpu,
  ImageRegistry,
  Ingress,
  Probe,
  ProjectServices,
  RemovalPolicy,
  Secret,
  ServiceAccount,
  Volume,
} from "../../../lib";
import { attributes, dependsOn, only, synth, testStack } from "../../support";
import { addRegion, construct, INVOKER, NEG, SERVICE, service, template } from "./region-stack";

const KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k";

test("writes everything that a GPU service with secrets, volumes and probes needs", () => {
  const stack = testStack();
  addRegion(stack, {
    serviceName: "chat",
    gpu: Gpu.l4(),
    minInstances: 1,
    maxInstances: 5,
    concurrency: 8,
    timeoutSeconds: 3600,
    env: { MODEL: "gemma" },
    secretEnv: { HF_TOKEN: Secret.fromName(stack, "Token", "hf-token") },
    volumes: [Volume.gcs("/models", "my-models")],
    startupProbe: Probe.http("/healthz"),
    livenessProbe: Probe.http("/healthz"),
    readinessProbe: Probe.http("/ready"),
    labels: { team: "chat" },
  });
  expect(synth(stack).resources.map(({ type, values }) => ({ type, values }))).toMatchSnapshot();
});

describe("identity", () => {
  test("is a generated name and the region", () => {
    const values = service();
    expect(values).toMatchObject({ name: expect.stringMatching(/^test-chat-[a-z0-9]{6}$/), location: "europe-west1" });
  });

  test("does not change with anything that changes in place", () => {
    const changed = service({
      image: ContainerImage.fromReference("docker.io/library/nginx:1.29"),
      cpu: 2,
      access: Access.members(["domain:example.com"]),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    expect(changed.name).toBe(service().name);
  });

  test("is never created twice side by side, and keeps a long name within 49 characters", () => {
    const stack = testStack();
    const scope = new Construct(stack, "a-very-long-name-of-an-application-programming-interface-for-models");
    addRegion(scope, {}, "One");
    addRegion(scope, {}, "Two");
    const services = synth(stack).ofType(SERVICE);
    expect(services.map(({ values }) => String(values.name).length)).toEqual([49, 49]);
    expect(new Set(services.map(({ values }) => values.name)).size).toBe(2);
    expect(services.map(({ values }) => values.lifecycle)).toEqual([undefined, undefined]);
  });

  test("takes the user's name, for the NEG too", () => {
    const stack = testStack();
    const region = addRegion(stack, { serviceName: "chat" });
    const document = synth(stack);
    expect(region.serviceName).toBe("chat");
    expect(only(document, SERVICE).values.name).toBe("chat");
    expect(only(document, NEG).values.cloud_run).toEqual({ service: "chat" });
  });

  test.each(["c".repeat(50), "Chat", "chat-", "1chat"])("fails for the service name %p", (serviceName) => {
    expect(construct({ serviceName })).toThrow(
      `[test/Chat] service name: got "${serviceName}", allowed is 1 to 49 lower-case letters, digits and hyphens, starting with a letter, not ending in a hyphen; shorten or respell it, or leave it out to have one generated`,
    );
  });

  test("fails for a service name known only at apply", () => {
    const stack = testStack();
    const serviceName = new TerraformVariable(stack, "name", { type: "string" }).stringValue;
    expect(() => addRegion(stack, { serviceName })).toThrow(
      /^\[test\/Chat\/Neg] serviceName: got ".+", allowed is a literal known at synth; pass the literal value/,
    );
  });

  test("fails for an unknown region and suggests the one meant", () => {
    expect(construct({ region: "europe-wset1" })).toThrow(
      /^\[test\/Chat] region: got "europe-wset1", allowed is a Google Cloud region; did you mean "europe-west1"\?/,
    );
  });
});

describe("scaling", () => {
  test("to zero says so, because leaving the block out would keep the old minimum from provider 7.0 on", () => {
    const cold = { scaling_mode: "AUTOMATIC", min_instance_count: 0 };
    expect(service({ minInstances: 0 }).scaling).toEqual(cold);
    expect(service().scaling).toEqual(cold);
  });

  test("keeps instances warm over all revisions", () => {
    expect(service({ minInstances: 2 }).scaling).toEqual({ scaling_mode: "AUTOMATIC", min_instance_count: 2 });
  });

  test.each([
    [{}, 10],
    [{ gpu: Gpu.l4() }, 3],
    [{ maxInstances: 40, minInstances: 2 }, 40],
  ])("with %p states both limits of a revision", (props, max) => {
    expect(template(props).scaling).toEqual({ min_instance_count: 0, max_instance_count: max });
  });

  test("takes a maximum known only at apply", () => {
    const stack = testStack();
    const maxInstances = new TerraformVariable(stack, "max", { type: "number" }).numberValue;
    addRegion(stack, { maxInstances });
    expect(only(synth(stack), SERVICE).values.template).toMatchObject({
      scaling: { min_instance_count: 0, max_instance_count: expect.stringMatching(/^\$\{var\.max}$/) },
    });
  });
});

describe("options of service and revision", () => {
  test.each<[Partial<CloudRunRegionProps>, object]>([
    [{}, { deletion_protection: true, ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", invoker_iam_disabled: true }],
    [{ removalPolicy: RemovalPolicy.PROTECT }, { deletion_protection: true }],
    [{ removalPolicy: RemovalPolicy.DESTROY }, { deletion_protection: false }],
    [{ ingress: Ingress.ALL }, { ingress: "INGRESS_TRAFFIC_ALL" }],
    [{ ingress: Ingress.INTERNAL }, { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" }],
    [{ labels: { team: "chat" } }, { labels: { team: "chat" } }],
    [{ defaultUrlDisabled: true }, { default_uri_disabled: true }],
  ])("%p gives the service %p", (props, expected) => {
    expect(service(props)).toMatchObject(expected);
  });

  test("the default URL stays on, without a newer attribute, unless turned off", () => {
    expect(service({ defaultUrlDisabled: false })).not.toHaveProperty("default_uri_disabled");
  });

  test.each<[Partial<CloudRunRegionProps>, object]>([
    [{}, { timeout: "300s", max_instance_request_concurrency: 80, session_affinity: false }],
    [{ timeoutSeconds: 3600 }, { timeout: "3600s" }],
    [{ concurrency: 1000 }, { max_instance_request_concurrency: 1000 }],
    [{ cpu: 0.5 }, { max_instance_request_concurrency: 1, execution_environment: "EXECUTION_ENVIRONMENT_GEN1" }],
    [{ sessionAffinity: true }, { session_affinity: true }],
    [{ executionEnvironment: ExecutionEnvironment.GEN1 }, { execution_environment: "EXECUTION_ENVIRONMENT_GEN1" }],
    [{ encryptionKey: KEY }, { encryption_key: KEY }],
  ])("%p gives the revision %p", (props, expected) => {
    expect(template(props)).toMatchObject(expected);
  });
});

describe("what must exist before the service", () => {
  test("the API, the image's repository and the use of the key", () => {
    const stack = testStack();
    const registry = new ImageRegistry(stack, "Registry", { location: "europe" });
    addRegion(stack, { image: ContainerImage.fromRegistry(registry, "chat", "1"), encryptionKey: KEY });
    const document = synth(stack);
    expect(dependsOn(only(document, SERVICE))).toEqual([
      only(document, "google_project_service", "/run").address,
      only(document, "google_artifact_registry_repository").address,
      only(document, "google_kms_crypto_key_iam_member").address,
    ]);
  });

  test("nothing where APIs are managed elsewhere", () => {
    const stack = testStack();
    ProjectServices.of(stack).manageElsewhere();
    addRegion(stack);
    expect(dependsOn(only(synth(stack), SERVICE))).toEqual([]);
  });

  test("fails for a key of another region", () => {
    expect(construct({ encryptionKey: KEY, region: "us-east4" })).toThrow(
      `[test/Chat] encryptionKey: got "${KEY}", allowed is a key in us-east4; use a key ring in the service's own region; with several regions, set one key per region in regionOverrides`,
    );
  });
});

describe("the account that it runs as", () => {
  test("is its own, without any role", () => {
    const stack = testStack();
    const region = addRegion(stack);
    const document = synth(stack);
    const account = only(document, "google_service_account", "Chat/ServiceAccount/Resource");
    expect(only(document, SERVICE).values.template).toMatchObject({ service_account: `\${${account.address}.email}` });
    expect(region.serviceAccount).toBeInstanceOf(ServiceAccount);
    expect(document.resources.filter(({ type }) => type.endsWith("_iam_member"))).toEqual([]);
  });

  test("is the given one, which then gets the grants, once for several regions", () => {
    const stack = testStack();
    const serviceAccount = ServiceAccount.fromEmail(stack, "Runner", "runner@p.iam.gserviceaccount.com");
    const secretEnv = { KEY: new Secret(stack, "Key") };
    const volumes = [Volume.gcs("/models", "my-models")];
    for (const region of ["europe-west1", "us-east4"]) {
      addRegion(stack, { region, serviceAccount, secretEnv, volumes }, region);
    }
    const document = synth(stack);
    expect(document.ofType("google_service_account")).toEqual([]);
    expect(document.ofType(SERVICE).map(({ values }) => values.template)).toEqual([
      expect.objectContaining({ service_account: "runner@p.iam.gserviceaccount.com" }),
      expect.objectContaining({ service_account: "runner@p.iam.gserviceaccount.com" }),
    ]);
    const grants = ["google_secret_manager_secret_iam_member", "google_storage_bucket_iam_member"].map((type) =>
      only(document, type),
    );
    for (const each of document.ofType(SERVICE)) {
      expect(dependsOn(each)).toEqual(expect.arrayContaining(grants.map(({ address }) => address)));
    }
  });
});

describe("the way to it from the load balancer", () => {
  const CALLER = "serviceAccount:caller@p.iam.gserviceaccount.com";

  test("is a NEG that waits for the service and every invoker's binding, so that no request gets 403", () => {
    const stack = testStack();
    addRegion(stack, { access: Access.members([CALLER, "group:team@example.com"]) });
    const document = synth(stack);
    const bindings = document.ofType(INVOKER).map(({ address }) => address);
    expect(bindings).toHaveLength(2);
    expect(dependsOn(only(document, NEG)).toSorted()).toEqual(
      [
        ...bindings,
        only(document, SERVICE).address,
        only(document, "google_project_service", "/compute").address,
      ].toSorted(),
    );
  });

  test("waits for bindings that are added later, each once", () => {
    const stack = testStack();
    const region = addRegion(stack, { access: Access.members([CALLER]) });
    region.grantInvoke("group:team@example.com");
    region.grantInvoke("group:team@example.com");
    region.grantInvoke(CALLER);
    const document = synth(stack);
    const bindings = document.ofType(INVOKER);
    expect(bindings.map(({ values }) => values.member)).toEqual([CALLER, "group:team@example.com"]);
    const edges = dependsOn(only(document, NEG));
    for (const { address } of bindings) expect(edges.filter((edge) => edge === address)).toHaveLength(1);
  });

  test("lets two members whose names differ only in slashes be two", () => {
    const stack = testStack();
    const region = addRegion(stack);
    for (const member of ["principal://a/b/c", "principal://a/b/d"]) region.grantInvoke(member);
    expect(synth(stack).ofType(INVOKER).map(attributes)).toMatchObject([
      { member: "principal://a/b/c", role: "roles/run.invoker" },
      { member: "principal://a/b/d", role: "roles/run.invoker" },
    ]);
  });

  test("is in the region's own hands: service and NEG have their addresses", () => {
    const stack = testStack();
    const region = addRegion(stack);
    new TerraformOutput(stack, "url", { value: region.url });
    new TerraformOutput(stack, "neg", { value: region.negId });
    const document = synth(stack);
    expect(document.outputs).toEqual({
      url: { value: `\${${only(document, SERVICE).address}.uri}` },
      neg: { value: `\${${only(document, NEG).address}.id}` },
    });
  });

  test.each<[Partial<CloudRunRegionProps>, boolean]>([
    [{}, false],
    [{ minInstances: 1 }, false],
    [{ readinessProbe: Probe.http("/ready") }, false],
    [{ readinessProbe: Probe.http("/ready"), minInstances: 1 }, true],
  ])("with %p reports its health: %p", (props, expected) => {
    const region = addRegion(testStack(), props);
    expect(region.reportsHealth).toBe(expected);
    expect(region.neg.reportsHealth).toBe(expected);
  });

  test("says whether containers speak HTTP/2", () => {
    expect(addRegion(testStack(), { http2: true })).toMatchObject({ http2: true, neg: { http2: true } });
    expect(addRegion(testStack())).toMatchObject({ http2: false, neg: { http2: false } });
  });
});
