import { Construct } from "constructs";
import { ProjectServices, Secret, ServerlessNeg, ServiceAccount } from "../../lib";
import { attributes, dependsOn, only, synth, testStack } from "../support";

test("enables an API once and never disables it, nor what depends on it", () => {
  const stack = testStack();
  ProjectServices.of(stack).require("run.googleapis.com");
  expect(attributes(only(synth(stack), "google_project_service"))).toEqual({
    service: "run.googleapis.com",
    disable_on_destroy: false,
    disable_dependent_services: false,
  });
});

test("gives everyone who needs an API the same resource to depend on", () => {
  const stack = testStack();
  const [first] = ProjectServices.of(stack).require("run.googleapis.com");
  const [second] = ProjectServices.of(new Construct(stack, "Inner")).require("run.googleapis.com");
  expect(second).toBe(first);
});

test("enables each API that constructs need once, whoever needs it", () => {
  const stack = testStack();
  for (const id of ["One", "Two"]) {
    new ServiceAccount(stack, `Account${id}`);
    new Secret(stack, `Secret${id}`);
    new ServerlessNeg(stack, `Neg${id}`, { region: "europe-west1", serviceName: "chat" });
  }
  const enabled = synth(stack)
    .ofType("google_project_service")
    .map(({ values }) => values.service);
  expect(enabled.toSorted()).toEqual(["compute.googleapis.com", "iam.googleapis.com", "secretmanager.googleapis.com"]);
});

test.each([
  ["google_service_account", "iam"],
  ["google_secret_manager_secret", "secretmanager"],
  ["google_secret_manager_secret_iam_member", "secretmanager"],
  ["google_compute_region_network_endpoint_group", "compute"],
  ["google_storage_bucket_iam_member", "storage"],
  ["google_project_iam_member", "cloudresourcemanager"],
])("%s waits for %s.googleapis.com", (type, api) => {
  const stack = testStack();
  const account = new ServiceAccount(stack, "Account");
  account.grantSecretAccess(new Secret(stack, "Secret"));
  account.grantBucketRole("my-models", "roles/storage.objectViewer");
  account.grantProjectRole("roles/aiplatform.user");
  new ServerlessNeg(stack, "Neg", { region: "europe-west1", serviceName: "chat" });
  const document = synth(stack);
  expect(dependsOn(only(document, type))).toContain(only(document, "google_project_service", `/${api}`).address);
});

test("enables nothing and leaves no edge where APIs are managed elsewhere", () => {
  const stack = testStack();
  ProjectServices.of(stack).manageElsewhere();
  new ServiceAccount(stack, "Account").grantBucketRole("my-models", "roles/storage.objectViewer");
  new ServerlessNeg(stack, "Neg", { region: "europe-west1", serviceName: "chat" });
  const document = synth(stack);
  expect(document.ofType("google_project_service")).toEqual([]);
  expect(document.resources.flatMap(dependsOn)).toEqual([]);
});

test("fails to leave the APIs to others once one is enabled", () => {
  const stack = testStack();
  ProjectServices.of(stack).require("run.googleapis.com");
  expect(() => ProjectServices.of(stack).manageElsewhere()).toThrow(
    '[test/ProjectServices] manageElsewhere: got "run enabled already", allowed is before the first construct of the stack that uses an API; call ProjectServices.of(stack).manageElsewhere() right after the provider',
  );
});
