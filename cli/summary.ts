import { blockOf, blocksOf, type Resource, type TerraformDocument } from "../lib/topology/document";

/** What an environment will be, in a few lines, read from its Terraform JSON alone. */
export function summarize(name: string, document: TerraformDocument, jsonPath: string): string {
  const rows: [string, string[]][] = [
    ["regions", regions(document)],
    ["services", services(document)],
    ["routes", routes(document)],
    ["addresses", addresses(document)],
    ["resources", [resourceCounts(document)]],
    ["JSON", [jsonPath]],
  ];
  const lines = rows.flatMap(([label, values]) =>
    (values.length > 0 ? values : ["none"]).map(
      (value, index) => `  ${(index === 0 ? label : "").padEnd(10)} ${value}`,
    ),
  );
  return [name, ...lines].join("\n");
}

function regions(document: TerraformDocument): string[] {
  const served = new Set(
    document
      .ofType("google_compute_backend_service")
      .flatMap((backend) => blocksOf(backend.values.backend).map((block) => document.target(block.group)))
      .flatMap((neg) => (neg ? [text(neg.values.region)] : [])),
  );
  const all = new Set(document.ofType("google_cloud_run_v2_service").map((service) => text(service.values.location)));
  const names = [...all].sort().map((region) => (served.has(region) ? region : `${region} (draining)`));
  return names.length > 0 ? [names.join(", ")] : [];
}

function services(document: TerraformDocument): string[] {
  const byDescription = new Map<string, string[]>();
  for (const service of document.ofType("google_cloud_run_v2_service")) {
    const description = describeService(service);
    byDescription.set(description, [...(byDescription.get(description) ?? []), text(service.values.location)]);
  }
  return [...byDescription].map(([description, places]) => `${description} in ${places.sort().join(", ")}`);
}

function describeService({ values }: Resource): string {
  const template = blockOf(values.template);
  const container = blockOf(template?.containers);
  const limits = blockOf(blockOf(container?.resources)?.limits);
  const scaling = blockOf(template?.scaling);
  const gpu = blockOf(template?.node_selector)?.accelerator;
  const least = Number(blockOf(values.scaling)?.min_instance_count ?? 0) || Number(scaling?.min_instance_count ?? 0);
  const size = [`${text(limits?.cpu)} CPU`, text(limits?.memory), ...(gpu ? [text(gpu)] : [])].join(", ");
  return `${text(values.name)}: ${shortImage(text(container?.image))}; ${size}; ${least} to ${text(scaling?.max_instance_count)} instances`;
}

function shortImage(image: string): string {
  return image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, "$1…");
}

function routes(document: TerraformDocument): string[] {
  return document.ofType("google_compute_url_map").flatMap((map) => {
    const redirect = blockOf(map.values.default_url_redirect);
    if (redirect)
      return [
        `http://* → ${redirect.https_redirect ? "https://" : "elsewhere"} (${text(redirect.redirect_response_code)})`,
      ];
    const backend = (value: unknown) => text(document.target(value)?.values.name ?? value);
    const matchers = new Map(blocksOf(map.values.path_matcher).map((matcher) => [matcher.name, matcher]));
    const matched = blocksOf(map.values.host_rule).flatMap((rule) => {
      const matcher = matchers.get(rule.path_matcher);
      const hosts = list(rule.hosts).join(", ");
      return [
        ...blocksOf(matcher?.path_rule).map(
          (path) => `${hosts} ${list(path.paths).join(", ")} → ${backend(path.service)}`,
        ),
        `${hosts} /* → ${backend(matcher?.default_service)}`,
      ];
    });
    return [
      ...matched,
      `${matched.length > 0 ? "other hosts" : "every host"} → ${backend(map.values.default_service)}`,
    ];
  });
}

function addresses(document: TerraformDocument): string[] {
  const found = new Map<string, string[]>();
  for (const rule of document.ofType("google_compute_global_forwarding_rule")) {
    const address = document.target(rule.values.ip_address);
    const key = address
      ? `${text(address.values.ip_version ?? "IPV4")} ${text(address.values.name)}`
      : text(rule.values.ip_address);
    const scheme = document.target(rule.values.target)?.type === "google_compute_target_https_proxy" ? "https" : "http";
    found.set(key, [...(found.get(key) ?? []), `${scheme} ${text(rule.values.port_range)}`]);
  }
  return [...found].map(([address, listeners]) => `${address}: ${listeners.join(", ")}`);
}

function resourceCounts(document: TerraformDocument): string {
  const managed = document.resources.filter((resource) => !resource.isData);
  const kinds = new Set(managed.map((resource) => resource.type));
  return `${managed.length} of ${kinds.size} types`;
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function text(value: unknown): string {
  return value === undefined ? "?" : String(value);
}
