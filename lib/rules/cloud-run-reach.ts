import { api, page, provider, unconfirmed } from "../google/source";
import type { Backend } from "../topology/backends";
import { behindExternal, invokersOf, isPublic, mayBeBehindNeg, targets, waysOut } from "../topology/cloud-run-reach";
import { blockOf } from "../topology/document";
import { locationOf } from "../topology/location";
import { booleanOf, isKnown, isUnset, textOf } from "../topology/value";
import { workloadsOf } from "../topology/workloads";
import { type Rule, rule } from "./rule";

const INGRESS = page("run/docs/securing/ingress");
const V1_IAM = ["member", "binding", "policy"].map((kind) => `google_cloud_run_service_iam_${kind}`);

const network: readonly Rule[] = [
  rule("run-same-region", (topology) => [...workloadsOf(topology), ...waysOut(topology)], {
    title: "connector, subnetwork and encryption key must be in the region of the workload",
    fix: "use a subnetwork, a connector or a key of the same region",
    source: unconfirmed("docs.cloud.google.com/run/docs/configuring/vpc-direct-vpc, functions/docs/securing/cmek"),
    judge({ region = "global", block }, blame, { document }) {
      for (const attribute of ["connector", "subnetwork", "encryption_key"]) {
        const location = locationOf(document, block[attribute]) ?? region;
        if (region !== "global" && location !== region) blame(attribute, block[attribute], location);
      }
    },
  }),
  rule("run-vpc-subnet-size", waysOut, {
    title: "a subnetwork for Direct VPC egress must have at least a /26 range",
    advice: true,
    why: "Instances keep their addresses for a while after they end: a smaller range soon has none left.",
    fix: "give the subnetwork a /26 or larger, better a /24",
    source: page("run/docs/configuring/vpc-direct-vpc"),
    judge({ block: { subnetwork } }, blame, { document }) {
      const range = /\/(\d+)$/.exec(textOf(document.target(subnetwork)?.values.ip_cidr_range) ?? "");
      if (Number(range?.[1]) > 26) blame("subnetwork", subnetwork, range![0]);
    },
  }),
];

const mayHaveIap = (backends: readonly Backend[]) =>
  backends.some(({ resource: { values } }) => {
    return !isUnset(values, "iap") && booleanOf(blockOf(values.iap)?.enabled) !== false;
  });

const callers: readonly Rule[] = [
  rule("run-ingress-bypass", targets, {
    title: "a service behind a load balancer must accept requests from the load balancer only",
    advice: true,
    why: "Its run.app address goes around Cloud CDN, Cloud Armor, IAP and the certificates of the load balancer.",
    fix: "set ingress = INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER, or default_uri_disabled = true",
    source: INGRESS,
    judge({ service: { values }, ingress, negs }, blame) {
      if (ingress !== "INGRESS_TRAFFIC_ALL" || negs.length === 0) return;
      if (isKnown(values.default_uri_disabled) && booleanOf(values.default_uri_disabled) !== true)
        blame("ingress", values.ingress);
    },
  }),
  rule("run-ingress-blocks", (topology) => topology.once(behindExternal), {
    title: "a service behind an external load balancer must accept requests from load balancers",
    why: "Every request of the load balancer is answered with 404.",
    fix: "set ingress = INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    source: INGRESS,
    judge({ ingress, backends }, blame) {
      if (ingress === "INGRESS_TRAFFIC_INTERNAL_ONLY")
        blame("ingress", ingress, `behind ${backends[0]!.resource.address}`);
    },
  }),
  rule(
    "run-invokers",
    (topology) => {
      const { document } = topology;
      const mayBeElsewhere = document.json.module !== undefined || V1_IAM.some((type) => document.ofType(type)[0]);
      return mayBeElsewhere ? [] : topology.once(behindExternal);
    },
    {
      title: "a service behind an external load balancer must have callers: public access or an invoker binding",
      advice: true,
      why: "The load balancer does not authenticate to Cloud Run: without a binding, which may be elsewhere, everybody gets 403.",
      fix: "set invoker_iam_disabled = true for public access, or bind roles/run.invoker to the callers",
      source: page("load-balancing/docs/negs/serverless-neg-concepts"),
      judge({ service: { values }, invokerCheckDisabled, invokerBindings, backends }, blame) {
        if (invokerCheckDisabled || !isKnown(values.invoker_iam_disabled) || !isUnset(values, "iap_enabled")) return;
        if (invokerBindings.length === 0 && !mayHaveIap(backends))
          blame("invoker_iam_disabled", values.invoker_iam_disabled);
      },
    },
  ),
  rule(
    "run-public-beside-load-balancer",
    (topology) => (topology.frontends.length > 0 && !mayBeBehindNeg(topology) ? targets(topology) : []),
    {
      title: "in a stack with a load balancer, no service must be public around it",
      advice: true,
      why: "Anyone reaches its run.app address, without the Cloud CDN and Cloud Armor of the load balancer.",
      fix: "add a serverless NEG for it to the load balancer and limit its ingress, or name the callers",
      source: INGRESS,
      judge(target, blame) {
        const { values } = target.service;
        if (target.negs.length > 0 || target.ingress !== "INGRESS_TRAFFIC_ALL" || !isPublic(target)) return;
        if (booleanOf(values.default_uri_disabled) !== true) blame("ingress", values.ingress);
      },
    },
  ),
  rule(
    "run-invoker-redundant",
    ({ cloudRunTargets }) =>
      cloudRunTargets
        .filter(({ invokerCheckDisabled }) => invokerCheckDisabled)
        .flatMap((target) => invokersOf(target).map((resource) => ({ resource, service: target.service }))),
    {
      title: "a service without invoker check must have no invoker bindings",
      advice: true,
      why: "invoker_iam_disabled lets anyone call, so bindings of roles/run.invoker limit nothing.",
      fix: "remove the binding, or set invoker_iam_disabled = false",
      source: api("Cloud Run Admin API v2")("Service.invokerIamDisabled"),
      judge({ service }, blame) {
        blame("role", "roles/run.invoker", service.address);
      },
    },
  ),
  rule(
    "run-uri-disabled",
    (topology) =>
      topology.cloudRunTargets
        .filter(({ service }) => booleanOf(service.values.default_uri_disabled) === true)
        .flatMap(({ service: { address } }) =>
          topology.referrers(address).map((resource) => ({ resource, service: address })),
        ),
    {
      title: "nothing must use the address of a service whose default address is disabled",
      why: "The run.app address is not resolved: what calls it fails.",
      fix: "set default_uri_disabled = false, or call the service through its load balancer",
      source: provider("google_cloud_run_v2_service 7.45.0"),
      judge({ resource, service }, blame, { document }) {
        const uses = document
          .references(resource.values)
          .some(({ address, attribute }) => address === service && /^(uri|urls)\b/.test(attribute));
        if (uses && !resource.isData) blame("", `${service}.uri`);
      },
    },
  ),
];

/** How a Cloud Run workload reaches its network, and who reaches it. */
export const cloudRunReachRules: readonly Rule[] = [...network, ...callers];
