import { cloudRunContainerRules } from "../../../lib/rules/cloud-run/cloud-run-container";
import { describeRules, findingsOf, type Json, resourceAt, wrongValues } from "../rule-support";
import { API, JOB, POOL, SMALL, WEB, workloads } from "./cloud-run-document";

const C = "template.containers.0";

describeRules(cloudRunContainerRules, workloads, [
  ...wrongValues(
    "run-image-host",
    WEB,
    `${C}.image`,
    "quay.io/org/model:1",
    "registry.gitlab.com/a/b@sha256:".concat("0".repeat(64)),
    "localhost:5000/model",
  ),
  ...wrongValues("run-image-ghcr", WEB, `${C}.image`, "ghcr.io/org/model:1"),
  ...wrongValues("run-env-reserved", WEB, `${C}.env.0.name`, "PORT", "K_SERVICE"),
  ...wrongValues("run-env-reserved", SMALL, `${C}.env`, [{ name: "PORT", value: "80" }]),
  ...wrongValues("run-env-reserved", JOB, "template.template.containers.0.env", [{ name: "CLOUD_RUN_TASK_INDEX" }]),
  ...wrongValues("run-env-prefix", WEB, `${C}.env.0.name`, "X_GOOGLE_TARGET"),
  ...wrongValues("run-env-duplicate", WEB, `${C}.env.0.name`, "TOKEN"),
  ...wrongValues("run-env-source", WEB, `${C}.env.1.value`, "x"),
  ...wrongValues("run-ingress-container", WEB, `${C}.ports`, undefined, []),
  ...wrongValues("run-ingress-container", WEB, "template.containers.1.ports", { container_port: 9901 }),
  ...wrongValues("run-container-names", WEB, "template.containers.1.name", "web"),
  ...wrongValues("run-depends-on", WEB, `${C}.depends_on`, ["redis"], ["web"]),
  ...wrongValues("run-depends-on", WEB, "template.containers.1.depends_on", ["web"]),
  ...wrongValues("run-depends-on-probe", WEB, "template.containers.1.startup_probe", undefined),
  ...wrongValues(
    "run-service-account-email",
    WEB,
    "template.service_account",
    "${google_service_account.chat.member}",
    "${google_service_account.chat.name}",
    "serviceAccount:${google_service_account.chat.email}",
    "projects/p/serviceAccounts/a@p.iam.gserviceaccount.com",
    "chat-runtime",
  ),
  ...wrongValues("run-service-account", POOL, "template.service_account", undefined),
  ...wrongValues("run-service-account", JOB, "template.template.service_account", undefined, ""),
  ...wrongValues("run-http2-port-name", API, `${C}.readiness_probe`, { grpc: {} }),
]);

const silent: readonly (readonly [string, (container: Json, template: Json) => void])[] = [
  [
    "an image without a host",
    (container) => Object.assign(container, { image: `ollama/ollama@sha256:${"0".repeat(64)}` }),
  ],
  [
    "an image of gcr.io in a region",
    (container) => Object.assign(container, { image: `eu.gcr.io/p/i@sha256:${"0".repeat(64)}` }),
  ],
  ["an image that Terraform computes", (container) => Object.assign(container, { image: "${var.host}/model:1" })],
  [
    "names of variables that Terraform computes",
    (container) => Object.assign(container, { env: [{ name: "${var.a}" }, { name: "${var.a}" }] }),
  ],
  ["a dependency that Terraform computes", (container) => Object.assign(container, { depends_on: ["${var.sidecar}"] })],
  [
    "ports in dynamic blocks",
    (container) => {
      delete container.ports;
      container.dynamic = { ports: { for_each: "${var.ports}", content: {} } };
    },
  ],
  [
    "dependencies on containers of a name that is not known",
    (_container, template) => {
      (template.containers as Json[])[1]!.name = "${var.sidecar}";
    },
  ],
  [
    "a service account by data source",
    (_container, template) => Object.assign(template, { service_account: "${data.google_service_account.x.email}" }),
  ],
];

test.each(silent)("says nothing of %s", (_title, change) => {
  const document = workloads();
  const template = resourceAt(document, WEB).template as Json;
  change((template.containers as Json[])[0]!, template);
  const ids = cloudRunContainerRules.map((rule) => rule.id);
  expect(findingsOf(document).filter((finding) => ids.includes(finding.rule))).toEqual([]);
});
