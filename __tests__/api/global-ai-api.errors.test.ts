import { TerraformOutput, TerraformVariable } from "cdktf";
import { type AddServiceProps, ContainerImage, GlobalAiApi, type GlobalAiApiProps, Tls } from "../../lib";
import { testStack } from "../support";

const IMAGE = ContainerImage.fromReference("docker.io/acme/chat:1");
const PROPS: GlobalAiApiProps = {
  image: IMAGE,
  regions: ["europe-west1", "us-central1"],
  tls: Tls.managed(["api.example.com"]),
};

const api = (options: Partial<GlobalAiApiProps> = {}, stack = testStack(), id = "chat") =>
  new GlobalAiApi(stack, id, { ...PROPS, ...options });
const addService = (props: Partial<AddServiceProps>, id = "embeddings", of = api()) =>
  of.addService(id, { image: IMAGE, ...props });

test("fails for a second API in a stack without outputPrefix", () => {
  const stack = testStack();
  api({}, stack);
  expect(() => api({}, stack, "embeddings")).toThrow(
    '[test/embeddings] outputPrefix: got "", allowed is a prefix under which the stack has no output "url" yet; ' +
      'set it, for example outputPrefix: "chat_"',
  );
  expect(() => api({ outputPrefix: "rerank_" }, stack, "rerank")).not.toThrow();
});

test("fails for an output of the user's under the same name", () => {
  const stack = testStack();
  new TerraformOutput(stack, "chat_anycast_ipv4", { value: "203.0.113.7" });
  expect(() => api({ outputPrefix: "chat_" }, stack)).toThrow(
    '[test/chat] outputPrefix: got "chat_", allowed is a prefix under which the stack has no output "anycast_ipv4" yet',
  );
});

test("a variable or resource under the name of an output is no obstacle", () => {
  const stack = testStack();
  new TerraformVariable(stack, "url", {});
  expect(() => api({}, stack)).not.toThrow();
});

test.each(["1_", "a b", "a.", "é"])("fails for the outputPrefix %j", (outputPrefix) => {
  expect(() => api({ outputPrefix })).toThrow(
    `[test/chat] outputPrefix: got "${outputPrefix}", allowed is letters, digits, hyphens and underscores, not starting with a digit; ` +
      'set it, for example outputPrefix: "chat_"',
  );
});

test("fails for a service without any of what it could answer", () => {
  expect(() => addService({})).toThrow(
    '[test/chat] addService("embeddings"): got "neither paths, hosts, headers nor percent", allowed is at least one of them; ' +
      'set what it answers, for example paths: ["/v1/embeddings"]',
  );
});

test.each(["chat", "embeddings", "Routing"])("fails for a service %s, an id that is taken", (id) => {
  const first = api();
  addService({ paths: ["/v1/embeddings"] }, "embeddings", first);
  expect(() => addService({ paths: ["/v2"] }, id, first)).toThrow(
    `[test/chat] addService: got "${id}", allowed is an id that is not in use in the API; ` +
      "choose another: outputs and names are derived from it",
  );
});

test("fails for a service whose route is taken", () => {
  const first = api();
  addService({ paths: ["/v1/embeddings"] }, "embeddings", first);
  expect(() => addService({ paths: ["/v1/embeddings"] }, "other", first)).toThrow(
    '[test/chat/Routing] route: got ["*/v1/embeddings"], allowed is hosts and paths that have no route yet; remove one of the two routes',
  );
});

test("fails for a service that the API's draining regions leave without one", () => {
  const first = api({ drainingRegions: ["us-central1"] });
  expect(() => addService({ paths: ["/v1/x"], regions: ["us-central1"] }, "x", first)).toThrow(
    '[test/chat/x] drainingRegions: got ["us-central1"], allowed is at least one region that receives requests; ' +
      "leave one region out of drainingRegions",
  );
});

test("fails for TLS without a domain", () => {
  expect(() => api({ tls: Tls.managed([]) })).toThrow(
    "[test/chat/Frontend] domains: got [], allowed is at least one full domain name: api.example.com or *.example.com; " +
      "name the domain that clients use, or use Tls.none() for a trial without one",
  );
});
