import { Access, type GlobalAiApi, type GlobalAiApiProps, ServiceAccount, Tls } from "../../lib";
import { buildApi, CHAT } from "../api/global-ai-api-support";
import { attributes, dependsOn, only, synth, testStack } from "../support";
import { obstacles, transition } from "../transition-support";
import { addRegion, construct, INVOKER, NEG, SERVICE, service } from "./cloud-run/region-stack";

const CALLER = "serviceAccount:caller@p.iam.gserviceaccount.com";
const MEMBERS = [
  "user:someone@example.com",
  CALLER,
  "group:team@example.com",
  "domain:example.com",
  "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s",
  "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/group/g",
  "allAuthenticatedUsers",
];

test.each([
  ["by default", undefined],
  ["with Access.public()", Access.public()],
])("anyone may call %s: Cloud Run's own check is off and there is no binding to wait for", (_what, access) => {
  const stack = testStack();
  addRegion(stack, { access });
  const document = synth(stack);
  expect(only(document, SERVICE).values.invoker_iam_disabled).toBe(true);
  expect(document.ofType(INVOKER)).toEqual([]);
});

test("members only: Cloud Run checks, and each kind of member has a binding", () => {
  const stack = testStack();
  addRegion(stack, { access: Access.members(MEMBERS) });
  const document = synth(stack);
  const { address, values } = only(document, SERVICE);
  expect(values.invoker_iam_disabled).toBe(false);
  expect(document.ofType(INVOKER).map(attributes)).toEqual(
    MEMBERS.map((member) => ({
      name: `\${${address}.name}`,
      location: `\${${address}.location}`,
      role: "roles/run.invoker",
      member,
    })),
  );
});

test("a member named twice has one binding", () => {
  const stack = testStack();
  addRegion(stack, { access: Access.members([CALLER, CALLER]) });
  expect(synth(stack).ofType(INVOKER)).toHaveLength(1);
});

test("says itself whether it is public", () => {
  expect(Access.public()).toMatchObject({ isPublic: true, invokers: [] });
  expect(Access.members([CALLER])).toMatchObject({ isPublic: false, invokers: [CALLER] });
  expect(Access.members([]).isPublic).toBe(false);
});

const KINDS = "allowed is user:…, serviceAccount:…, group:…, domain:…, principal://… or principalSet://…;";

test("fails for allUsers and points to public access", () => {
  expect(construct({ access: Access.members([CALLER, "allUsers"]) })).toThrow(
    `[test/Chat] access member: got "allUsers", ${KINDS} use Access.public(), which needs no binding`,
  );
});

test.each([
  "caller@p.iam.gserviceaccount.com",
  "serviceaccount:a@b",
  "user:",
  "user:a b@c",
  "domain:",
  "principal://",
  "",
])("fails for the malformed member %p", (member) => {
  expect(construct({ access: Access.members([member]) })).toThrow(
    `[test/Chat] access member: got "${member}", ${KINDS} write the member with its kind in front, as IAM does`,
  );
});

test("fails for a malformed member that is granted later", () => {
  const region = addRegion(testStack());
  expect(() => region.grantInvoke("allUsers")).toThrow('[test/Chat] access member: got "allUsers", allowed is user:…');
});

test("an account of the stack is a member: its binding refers to it, so it is created first", () => {
  const stack = testStack();
  const caller = new ServiceAccount(stack, "Caller");
  const region = addRegion(stack, { access: Access.members([caller.iamMember]) });
  region.grantInvoke(caller.iamMember);
  const document = synth(stack);
  const account = only(document, "google_service_account", "Caller/Resource").address;
  const [binding, ...others] = document.ofType(INVOKER);
  expect(others).toEqual([]);
  expect(binding!.values.member).toBe(`\${${account}.member}`);
  expect(binding!.path).toBe(`test/Chat/Invoker ${account}.member`);
  expect(dependsOn(only(document, NEG))).toContain(binding!.address);
});

test("an empty list of members admits nobody until someone is granted", () => {
  const stack = testStack();
  const region = addRegion(stack, { access: Access.members([]) });
  region.grantInvoke(CALLER);
  const document = synth(stack);
  expect(only(document, SERVICE).values.invoker_iam_disabled).toBe(false);
  expect(document.ofType(INVOKER).map(({ values }) => values.member)).toEqual([CALLER]);
});

describe("audiences of identity tokens", () => {
  const audiences = (options: Partial<GlobalAiApiProps>, then?: (api: GlobalAiApi) => void) =>
    buildApi(options, then)
      .ofType(SERVICE)
      .map(({ values }) => values.custom_audiences);
  const members = Access.members([CALLER]);
  const DOMAIN = "https://api.example.com";

  test("members may name each domain of the API in every region; nobody asks for a wildcard", () => {
    const tls = Tls.managed(["api.example.com", "*.example.com", "Chat.Example.com"]);
    const expected = [DOMAIN, "https://chat.example.com"];
    expect(audiences({ access: members, tls })).toEqual([expected, expected]);
  });

  test("others are added, in one region too, and each is named once", () => {
    const regionOverrides = { "us-central1": { customAudiences: ["batch-us", DOMAIN] } };
    expect(audiences({ access: members, customAudiences: ["batch"], regionOverrides })).toEqual([
      [DOMAIN, "batch"],
      [DOMAIN, "batch", "batch-us"],
    ]);
  });

  test("a further service accepts the API's domains if it is for members, and regional endpoints count", () => {
    const residency = { "europe-west1": { tls: Tls.managed(["eu.example.com"]) } };
    expect(
      audiences({ residency }, (api) =>
        api.addService("Batch", { image: CHAT, regions: ["europe-west1"], paths: ["/batch"], access: members }),
      ),
    ).toEqual([undefined, undefined, [DOMAIN, "https://eu.example.com"]]);
  });

  test("without members there are none but the given ones", () => {
    expect(audiences({})).toEqual([undefined, undefined]);
    expect(audiences({ access: Access.iap([CALLER]) })).toEqual([undefined, undefined]);
    expect(service({ customAudiences: ["mine"] }).custom_audiences).toEqual(["mine"]);
  });

  test("another domain changes the services in place", () => {
    const before = buildApi({ access: members });
    const after = buildApi({ access: members, tls: Tls.managed(["api.example.com", "new.example.com"]) });
    const { changed, replaced } = transition(before, after);
    expect(changed).toEqual(expect.arrayContaining(["chat/Service/europe-west1", "chat/Service/us-central1"]));
    expect(replaced).toEqual([]);
    expect(obstacles(before, after)).toEqual([]);
  });

  test("fails for more than Cloud Run stores", () => {
    expect(construct({ customAudiences: ["x".repeat(32768)] })).toThrow(
      /customAudiences: got .+, allowed is at most 32768 characters as a JSON list/,
    );
  });
});
