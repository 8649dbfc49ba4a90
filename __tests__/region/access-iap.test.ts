import { TerraformVariable } from "cdktf";
import {
  Access,
  Cdn,
  ContainerImage,
  Failover,
  GlobalAiApi,
  type IapOptions,
  IapStage,
  MultiRegionService,
  Probe,
  RemovalPolicy,
  Secret,
  ServerlessBackend,
  type ServerlessBackendOptions,
  ServiceAccount,
  Tls,
} from "../../lib";
import type { TerraformDocument } from "../../lib/topology/document";
import { findingsOf, type Json } from "../rules/rule-support";
import { attributes, dependsOn, only, synth, testStack } from "../support";
import { expectTransition, obstacles, transition } from "../transition-support";
import { addRegion, IMAGE, INVOKER, NEG, SERVICE } from "./cloud-run/region-stack";

const BACKEND = "google_compute_backend_service";
const IAP_USER = "google_iap_web_backend_service_iam_member";
const STAFF = "group:staff@example.com";
const REGIONS = ["europe-west1", "us-central1"];

function service(options: Partial<ServerlessBackendOptions> = {}, access = Access.iap([STAFF]), regions = REGIONS) {
  const stack = testStack();
  const image = ContainerImage.fromReference(IMAGE);
  return { stack, service: new MultiRegionService(stack, "Chat", { image, regions, access, ...options }) };
}

const withClient = (options: IapOptions) => () => service({}, Access.iap([STAFF], options));

function api(access: Access): TerraformDocument {
  const stack = testStack();
  new GlobalAiApi(stack, "chat", {
    image: ContainerImage.fromReference(IMAGE),
    regions: REGIONS,
    tls: Tls.managed(["api.example.com"]),
    removalPolicy: RemovalPolicy.DESTROY,
    access,
  });
  return synth(stack);
}

function dataOf({ resources }: TerraformDocument, type: string) {
  const found = resources.filter((resource) => resource.isData && resource.type === type);
  expect(found).toHaveLength(1);
  return found[0]!;
}

test("says itself that it is neither public nor open to invokers", () => {
  expect(Access.iap([STAFF])).toMatchObject({ isPublic: false, isIap: true, invokers: [], iapMembers: [STAFF] });
  expect(Access.public().isIap).toBe(false);
  expect(Access.members([STAFF])).toMatchObject({ isIap: false, iapMembers: [] });
});

test("the backend service asks for a sign-in, and lets in each member once", () => {
  const document = synth(service({}, Access.iap([STAFF, "user:guest@example.com", STAFF])).stack);
  const backend = only(document, BACKEND);
  expect(backend.values.iap).toEqual({ enabled: true });
  expect(document.ofType(IAP_USER).map(attributes)).toEqual(
    [STAFF, "user:guest@example.com"].map((member) => ({
      web_backend_service: `\${${backend.address}.name}`,
      role: "roles/iap.httpsResourceAccessor",
      member,
    })),
  );
});

test("in each region Cloud Run checks, and IAP's service agent alone may invoke, before the NEG is there", () => {
  const document = synth(service().stack);
  const project = dataOf(document, "google_project");
  expect(document.ofType(SERVICE).map(({ values }) => values.invoker_iam_disabled)).toEqual([false, false]);
  const bindings = document.ofType(INVOKER);
  expect(bindings.map(({ values }) => [values.role, values.member])).toEqual(
    REGIONS.map(() => [
      "roles/run.invoker",
      `serviceAccount:service-\${${project.address}.number}@gcp-sa-iap.iam.gserviceaccount.com`,
    ]),
  );
  for (const region of REGIONS) {
    const binding = bindings.find(({ path }) => path?.includes(region))!;
    expect(dependsOn(only(document, NEG, `${region}/Neg/Resource`))).toContain(binding.address);
  }
});

test("the IAP API is enabled before the backend service, the service agent's binding and the members' grants", () => {
  const document = synth(service().stack);
  for (const resource of [only(document, BACKEND), only(document, IAP_USER), ...document.ofType(INVOKER)]) {
    expect(dependsOn(resource)).toContainEqual(expect.stringMatching(/^google_project_service\.ProjectServices_iap_/));
  }
});

test("every other access says that there is no IAP, without its API and its grants", () => {
  for (const access of [Access.public(), Access.members([STAFF])]) {
    const document = synth(service({}, access).stack);
    // Left out, the provider would keep the IAP of before, and nobody could get in: its service agent may call the service no more.
    expect(only(document, BACKEND).values.iap).toEqual({ enabled: false });
    expect(document.ofType(IAP_USER)).toEqual([]);
    expect(JSON.stringify(document.json)).not.toContain("iap.googleapis.com");
  }
});

test("a further backend service over the same services has IAP too", () => {
  const { stack, service: chat } = service();
  chat.addBackend("Other", { compression: true });
  const document = synth(stack);
  expect(document.ofType(BACKEND).map(({ values }) => values.iap)).toEqual([{ enabled: true }, { enabled: true }]);
  expect(document.ofType(IAP_USER)).toHaveLength(2);
});

test("a region of its own and a backend of its own go together", () => {
  const stack = testStack();
  const access = Access.iap([STAFF]);
  new ServerlessBackend(stack, "Backend", { targets: [addRegion(stack, { access })], access });
  const document = synth(stack);
  expect(document.ofType(INVOKER)).toHaveLength(1);
  expect(document.ofType(IAP_USER)).toHaveLength(1);
});

test("an OAuth client of one's own has its secret by reference", () => {
  const { stack } = service();
  const variable = new TerraformVariable(stack, "IapSecret", { type: "string", sensitive: true });
  const access = Access.iap([STAFF], {
    oauthClientId: "1-a.apps.googleusercontent.com",
    oauthClientSecret: variable.stringValue,
  });
  new MultiRegionService(stack, "Own", { image: ContainerImage.fromReference(IMAGE), regions: REGIONS, access });
  expect(only(synth(stack), BACKEND, "Own/Backend/Resource").values.iap).toEqual({
    enabled: true,
    oauth2_client_id: "1-a.apps.googleusercontent.com",
    oauth2_client_secret: `\${var.${variable.friendlyUniqueId}}`,
  });
});

test("an OAuth client's secret is read from Secret Manager", () => {
  const { stack } = service();
  const access = Access.iap([STAFF], {
    oauthClientId: "1-a.apps.googleusercontent.com",
    oauthClientSecretFrom: Secret.fromName(stack, "IapSecret", "iap-client", { version: "3" }),
  });
  new MultiRegionService(stack, "Own", { image: ContainerImage.fromReference(IMAGE), regions: REGIONS, access });
  const document = synth(stack);
  const data = dataOf(document, "google_secret_manager_secret_version_access");
  expect(data.values).toMatchObject({ secret: "iap-client", version: "3" });
  expect(only(document, BACKEND, "Own/Backend/Resource").values.iap).toMatchObject({
    oauth2_client_secret: `\${${data.address}.secret_data}`,
  });
});

test.each([
  ["automatic()", undefined],
  ["none()", Failover.none()],
])("Failover.%s chooses nothing, also where regions report their health or do not", (_, failover) => {
  for (const probed of [{}, { readinessProbe: Probe.http("/ready"), minInstances: 1 }]) {
    expect(only(synth(service({ failover, ...probed }).stack), BACKEND).values).not.toHaveProperty("outlier_detection");
  }
});

test.each([
  ["serviceHealth()", Failover.serviceHealth()],
  ["outlierDetection()", Failover.outlierDetection()],
])("fails for Failover.%s, which does not work with IAP", (what, failover) => {
  for (const regions of [REGIONS, REGIONS.slice(1)]) {
    expect(() => service({ failover }, Access.iap([STAFF]), regions)).toThrow(
      `[test/Chat/Backend] failover: got "Failover.${what} with Access.iap()", allowed is Failover.automatic() or Failover.none()`,
    );
  }
});

test("fails with a CDN, whose answers would pass by the sign-in", () => {
  expect(() => service({ cdn: Cdn.originHeaders() })).toThrow(
    '[test/Chat/Backend] cdn: got "a CDN policy", allowed is none with Access.iap(): a cached answer would bypass the sign-in',
  );
  expect(() => service().service.addBackend("Cached", { cdn: Cdn.originHeaders() })).toThrow("[test/Chat/Cached] cdn");
});

test("an account of the stack may sign in: its binding refers to it", () => {
  const stack = testStack();
  const caller = new ServiceAccount(stack, "Caller");
  const access = Access.iap([caller.iamMember, caller.iamMember]);
  new ServerlessBackend(stack, "Backend", { targets: [addRegion(stack, { access })], access });
  const document = synth(stack);
  const account = only(document, "google_service_account", "Caller/Resource").address;
  expect(document.ofType(IAP_USER).map(({ path, values }) => [path, values.member])).toEqual([
    [`test/Backend/IapUser ${account}.member`, `\${${account}.member}`],
  ]);
});

test("an empty list admits nobody until it is filled; the sign-in is there", () => {
  const document = synth(service({}, Access.iap([])).stack);
  expect(only(document, BACKEND).values.iap).toEqual({ enabled: true });
  expect(document.ofType(IAP_USER)).toEqual([]);
});

describe("from public to a sign-in in three deploys, each without a moment in which nobody gets in", () => {
  const at = (stage?: IapStage) => api(stage ? Access.iap([STAFF], { stage }) : Access.public());
  const bindings = ["chat/Service/Backend/IapUser group:staff@example.com"];
  const invokers = REGIONS.map((region) => `chat/Service/${region}/Invoker IAP service agent`);
  const services = REGIONS.map((region) => `chat/Service/${region}`);

  test("first the bindings: nothing that serves changes", () => {
    const { added, changed, removed, replaced } = transition(at(), at(IapStage.GRANTS));
    expect(added).toEqual(expect.arrayContaining([...bindings, ...invokers]));
    expect({ changed, removed, replaced }).toEqual({ changed: [], removed: [], replaced: [] });
  });

  test("then the sign-in: the backend service alone", () => {
    expectTransition(at(IapStage.GRANTS), at(IapStage.SIGN_IN), { changed: ["chat/Service/Backend"] });
  });

  test("last Cloud Run's own check: the default", () => {
    expectTransition(at(IapStage.SIGN_IN), at(IapStage.ENFORCED), { changed: services });
    expect(at(IapStage.ENFORCED).resources).toEqual(api(Access.iap([STAFF])).resources);
  });

  test("no stage is an error of a rule", () => {
    for (const stage of [IapStage.GRANTS, IapStage.SIGN_IN]) {
      const errors = findingsOf(at(stage).json as Json).filter(({ severity }) => severity === "error");
      expect(errors).toEqual([]);
    }
  });
});

test("fails for a malformed member", () => {
  expect(() => service({}, Access.iap(["staff@example.com"]))).toThrow('access member: got "staff@example.com"');
  const targets = [addRegion(testStack())];
  expect(() => new ServerlessBackend(testStack(), "B", { targets, access: Access.iap(["allUsers"]) })).toThrow(
    '[test/B] access member: got "allUsers"',
  );
});

test.each([
  ["an ID without a secret", { oauthClientId: "1-a.apps.googleusercontent.com" }],
  ["a secret without an ID", { oauthClientSecret: "${TfToken[TOKEN.0]}" }],
])("fails for an OAuth client of %s", (got, options) => {
  expect(withClient(options)).toThrow(
    `[test/Chat/Backend] OAuth client: got "${got}", allowed is oauthClientId together with oauthClientSecret`,
  );
});

test("fails for an OAuth client's secret as a literal, and keeps it out of the message", () => {
  const secret = "GOCSPX-very-secret";
  const attempt = withClient({ oauthClientId: "1-a.apps.googleusercontent.com", oauthClientSecret: secret });
  expect(attempt).toThrow('[test/Chat/Backend] oauthClientSecret: got "a literal", allowed is a reference');
  expect(attempt).toThrow(expect.not.objectContaining({ message: expect.stringContaining(secret) }));
});

test("fails for an OAuth client's secret given twice", () => {
  const stack = testStack();
  const options = {
    oauthClientId: "1-a.apps.googleusercontent.com",
    oauthClientSecret: "${TfToken[TOKEN.0]}",
    oauthClientSecretFrom: Secret.fromName(stack, "S", "s"),
  };
  expect(withClient(options)).toThrow('oauthClientSecret: got "beside oauthClientSecretFrom"');
});

describe("changes", () => {
  const services = REGIONS.map((region) => `chat/Service/${region}`);
  const own = [
    "ProjectServices/iap",
    `chat/Service/Backend/IapUser ${STAFF}`,
    ...services.map((each) => `${each}/Invoker IAP service agent`),
  ];

  test("from public to IAP and back apply in place, with a moment in which everybody is refused", () => {
    const [open, guarded] = [api(Access.public()), api(Access.iap([STAFF]))];
    const changed = ["chat/Service/Backend", ...services];
    expect(transition(open, guarded)).toEqual({ added: own, removed: [], changed, replaced: [] });
    expect(transition(guarded, open)).toEqual({ added: [], removed: own, changed, replaced: [] });
    expect(obstacles(open, guarded)).toEqual(services.map((each) => `callers-refused: ${each}`));
    expect(obstacles(guarded, open)).toEqual([]);
  });

  test("a further member adds a grant and touches nothing else", () => {
    const [before, after] = [api(Access.iap([STAFF])), api(Access.iap(["user:guest@example.com", STAFF]))];
    const added = ["chat/Service/Backend/IapUser user:guest@example.com"];
    expect(transition(before, after)).toEqual({ added, removed: [], changed: [], replaced: [] });
  });
});

test("the rulebook finds nothing wrong but that nothing fails over", () => {
  const { json } = api(Access.iap([STAFF]));
  expect(findingsOf(json as Json).map(({ rule, severity }) => `${severity} ${rule}`)).toEqual([
    "warning failover-mechanism",
  ]);
});
