import { Access, ServiceAccount } from "../../lib";
import { attributes, only, synth, testStack } from "../support";
import { addRegion, construct, INVOKER, SERVICE } from "./cloud-run/region-stack";

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

test("fails for an empty list of members, which would shut out everyone", () => {
  expect(construct({ access: Access.members([]) })).toThrow(
    "[test/Chat] access: got [], allowed is at least one member; name who may call the service, or use Access.public()",
  );
});

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

test("fails for a member known only at apply", () => {
  const stack = testStack();
  const { iamMember } = new ServiceAccount(stack, "Caller");
  expect(() => addRegion(stack, { access: Access.members([iamMember]) })).toThrow(
    /^\[test\/Chat] access member: got "a value known only at apply", allowed is a literal known at synth; pass the literal value/,
  );
});
