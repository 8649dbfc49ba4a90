import { TerraformDocument } from "../../lib/topology/document";
import { changed, describeGroup, findingsOf, ids, type Json, on, resourceAt } from "./rule-support";

const TOPIC = "google_pubsub_topic.jobs";
const other = { alias: "other", project: "other-project" };

function valid(): Json {
  return {
    terraform: {
      required_providers: { google: { source: "hashicorp/google", configuration_aliases: ["google.passed"] } },
    },
    provider: {
      google: [{ project: "my-project" }, other, { alias: "${var.alias}" }, { alias: "${var.alias}" }],
      docker: [{}, { alias: "remote", host: "ssh://builder" }],
    },
    resource: {
      google_pubsub_topic: {
        jobs: { name: "jobs" },
        other: { name: "other", provider: "google.other" },
        passed: { name: "passed", provider: "google.passed" },
        beta: { name: "beta", provider: "google-beta" },
        each: { name: "each", provider: 'google.other["eu"]' },
      },
      docker_image: { chat: { name: "chat", provider: "docker.remote" } },
    },
    data: { google_project: { other: { provider: "google.other" } } },
    module: { child: { source: "./child", providers: { google: "google.other", "google.peer": "google" } } },
  };
}

const google =
  (...more: Json[]) =>
  (document: Json) => {
    ((document.provider as Json).google as Json[]).push(...more);
  };

describeGroup("provider", valid, [
  changed("provider-twice", "provider.google", google({ region: "europe-west1" }), { at: "alias" }),
  changed("provider-twice", "provider.google.other", google({ ...other }), { at: "alias" }),
  changed("provider-twice", "provider.docker.remote", (document) => {
    ((document.provider as Json).docker as Json[]).push({ alias: "remote" });
  }),
  ...on(
    TOPIC,
    ["provider-unknown", "provider", "google.othr"],
    ["provider-unknown", "provider", "google-beta.other"],
    ["provider-unknown", "provider", 'google.othr["eu"]'],
  ),
  ...on("docker_image.chat", ["provider-unknown", "provider", "docker.local"]),
  changed("provider-unknown", "data.google_project.other", (document) => {
    ((document.data as Json).google_project as Json).other = { provider: "google.gone" };
  }),
  changed(
    "provider-unknown",
    "module.child",
    (document) => {
      ((document.module as Json).child as Json).providers = { google: "google.gone" };
    },
    { at: "providers.google" },
  ),
]);

test("names the configurations that there are", () => {
  const document = valid();
  resourceAt(document, TOPIC).provider = "google.gone";
  expect(findingsOf(document)[0]!.message).toContain("(there are google, google.other, google.passed)");
});

test("says nothing of an alias where the document has no provider block at all", () => {
  const { resource } = valid();
  expect(ids({ resource })).toEqual([]);
});

test("a resource without provider has the default configuration of its type's provider", () => {
  const document = TerraformDocument.parse(valid());
  const blockFor = (address: string) => document.providerOf(document.at(address)!);
  expect(blockFor(TOPIC)).toEqual({ project: "my-project" });
  expect(blockFor("google_pubsub_topic.each")).toEqual(other);
  expect(blockFor("docker_image.chat")).toEqual({ alias: "remote", host: "ssh://builder" });
  expect(blockFor("google_pubsub_topic.beta")).toBeUndefined();
});
